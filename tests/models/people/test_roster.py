"""Who works for a shop: one-time links, roles that change, the last owner, and what is written down and told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.errors import NotFound
from models.people.merchants import lock_merchant
from models.people.permissions import posts
from models.people.persons import Person
from models.people.roster import StaffFault, StaffRefused, change_role, members, remove_staff
from models.people.staff import (
    INVITATION_LASTS,
    Role,
    Staff,
    accept_invitation,
    invite_staff,
    open_invitations,
    revoke_invitation,
)
from models.store.audit import COMMAND, Actor, audit_of, broken_links
from models.store.engine import Store
from models.store.outbox import NoticeRow, Topic
from models.store.sql import table_of
from tests.builders import Shop, open_shop


async def invited(shop: Shop, role: Role, by: Person | None = None) -> str:
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        payload = await invite_staff(
            session,
            merchant_id=shop.merchant.id,
            role=role,
            now=shop.now,
            actor=Actor.person(by.id) if by is not None else COMMAND,
            invited_by=by.id if by is not None else None,
        )
    return payload.removeprefix("s_")


async def came_in(shop: Shop, token: str, person: Person) -> Staff | None:
    async with shop.store.write() as session:
        return await accept_invitation(session, token=token, person_id=person.id, now=shop.now)


async def hired(shop: Shop, chat_id: int, name: str, role: Role) -> Staff:
    person = await shop.person(chat_id, name)
    staff = await came_in(shop, await invited(shop, role), person)
    assert staff is not None
    return staff


async def roled(shop: Shop, staff: Staff, role: Role, by: Actor = COMMAND) -> Staff:
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        return await change_role(
            session, merchant_id=shop.merchant.id, staff_id=staff.id, role=role, actor=by, now=shop.now
        )


async def removed(shop: Shop, staff: Staff, by: Actor = COMMAND) -> Staff:
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        return await remove_staff(
            session, merchant_id=shop.merchant.id, staff_id=staff.id, actor=by, now=shop.now
        )


async def roles(shop: Shop) -> dict[str, Role]:
    async with shop.store.read() as session:
        return {member.name: member.role for member in await members(session, shop.merchant.id)}


async def acts(shop: Shop) -> list[tuple[str, str, object, object]]:
    async with shop.store.read() as session:
        assert await broken_links(session, shop.merchant.id) == []
        entries = await audit_of(session, shop.merchant.id)
    return [(entry.actor, entry.act, entry.before, entry.after) for entry in reversed(entries)]


async def told(shop: Shop) -> list[tuple[int, object, object]]:
    """Who was told what, about whom."""
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        rows = (
            await session.execute(
                select(table).where(table.c.merchant_id == shop.merchant.id).order_by(table.c.id)
            )
        ).all()
    assert {row.topic for row in rows} <= {Topic.SECURITY}
    return [(row.person_id, row.facts["news"], row.facts["person_id"]) for row in rows]


async def test_from_an_invitation_to_leaving_all_is_written_down_and_told(shop: Shop) -> None:
    olga = await hired(shop, 1, "Olga", Role.OWNER)
    finn = await shop.person(2, "Finn")
    token = await invited(shop, Role.VIEWER, await shop.person(1, "Olga"))
    me = Actor.person(olga.person_id)

    joined = await came_in(shop, token, finn)
    assert joined is not None
    await roled(shop, joined, Role.FINANCE, me)
    await roled(shop, joined, Role.FINANCE, me)
    assert await roles(shop) == {"Olga": Role.OWNER, "Finn": Role.FINANCE}
    await removed(shop, joined, me)

    assert await roles(shop) == {"Olga": Role.OWNER}
    olga_did, finn_did = f"person {olga.person_id}", f"person {finn.id}"
    assert await acts(shop) == [
        ("command", "invite_staff", None, "owner"),
        (olga_did, "join_staff", None, "owner"),
        (olga_did, "invite_staff", None, "viewer"),
        (finn_did, "join_staff", None, "viewer"),
        (olga_did, "change_role", "viewer", "finance"),
        (olga_did, "remove_staff", "finance", None),
    ]
    assert await told(shop) == [
        (olga.person_id, "joined", finn.id),
        (finn.id, "role_changed", finn.id),
        (finn.id, "removed", finn.id),
    ]
    # And the link that Finn used does not bring him back
    assert await came_in(shop, token, finn) is None


async def test_an_invitation_is_for_one_person_seven_days_and_can_be_taken_back(shop: Shop) -> None:
    first, second, third = [await invited(shop, Role.VIEWER) for _ in range(3)]
    mei, lee = await shop.person(1, "Mei"), await shop.person(2, "Lee")
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        newest, *_ = await open_invitations(session, shop.merchant.id, shop.now)
        for expected in (True, False):
            revoked = await revoke_invitation(
                session,
                merchant_id=shop.merchant.id,
                invitation_id=newest.id,
                actor=COMMAND,
                now=shop.now,
            )
            assert revoked is expected

    assert await came_in(shop, third, mei) is None
    assert await came_in(shop, first, mei) is not None
    assert await came_in(shop, first, lee) is None
    # Whoever is in already leaves the next one open
    again = await came_in(shop, second, mei)
    assert again is not None
    assert again.role is Role.VIEWER
    async with shop.store.read() as session:
        assert [one.token for one in await open_invitations(session, shop.merchant.id, shop.now)] == [second]
        assert not await open_invitations(session, shop.merchant.id, shop.now + INVITATION_LASTS)
    shop.now += INVITATION_LASTS
    assert await came_in(shop, second, lee) is None
    shop.now -= timedelta(microseconds=1)
    assert await came_in(shop, second, lee) is not None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.FINANCE, Role.VIEWER, None])
async def test_the_last_owner_stays_and_nobody_changes_themselves(shop: Shop, role: Role | None) -> None:
    olga = await hired(shop, 1, "Olga", Role.OWNER)
    otto = await hired(shop, 2, "Otto", Role.OWNER)

    async def lower(staff: Staff, by: Actor) -> Staff:
        return await removed(shop, staff, by) if role is None else await roled(shop, staff, role, by)

    with pytest.raises(StaffRefused) as oneself:
        await lower(olga, Actor.person(olga.person_id))
    await lower(otto, Actor.person(olga.person_id))
    with pytest.raises(StaffRefused) as last:
        await lower(olga, COMMAND)

    assert oneself.value.fault is StaffFault.ONESELF
    assert last.value.fault is StaffFault.LAST_OWNER
    assert (await roles(shop))["Olga"] is Role.OWNER


async def test_two_owners_who_remove_each_other_at_once_leave_one(shop: Shop) -> None:
    olga = await hired(shop, 1, "Olga", Role.OWNER)
    otto = await hired(shop, 2, "Otto", Role.OWNER)

    ended = await asyncio.gather(
        removed(shop, olga, Actor.person(otto.person_id)),
        removed(shop, otto, Actor.person(olga.person_id)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in ended) == ["Staff", "StaffRefused"]
    assert list((await roles(shop)).values()) == [Role.OWNER]


async def test_another_shops_staff_and_invitations_are_not_found(shop: Shop, store: Store) -> None:
    other = await open_shop(store, shop.now)
    theirs = await hired(other, 1, "Olga", Role.OWNER)
    await hired(other, 2, "Otto", Role.OWNER)
    await invited(other, Role.VIEWER)

    with pytest.raises(NotFound):
        await roled(shop, theirs, Role.VIEWER)
    with pytest.raises(NotFound):
        await removed(shop, theirs)
    async with store.write() as session:
        [waiting] = await open_invitations(session, other.merchant.id, shop.now)
        assert not await revoke_invitation(
            session, merchant_id=shop.merchant.id, invitation_id=waiting.id, actor=COMMAND, now=shop.now
        )
        assert [role for _, role in await posts(session, theirs.person_id)] == [Role.OWNER]
