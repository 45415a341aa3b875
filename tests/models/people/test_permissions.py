"""What each role may do, at which of a person's shops."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.errors import NotFound
from models.people.permissions import MAY, Act, NotAllowed, check, post_at, posts
from models.people.staff import Role, accept_invitation, invite_staff
from models.store.engine import Store
from tests.builders import Shop, open_shop

EDITORS = {Role.OWNER, Role.OPERATOR}
MAY_DO = {
    Act.SEE_SHOP: set(Role),
    Act.EDIT_GOODS: EDITORS,
    Act.EDIT_LOOKS: EDITORS,
    Act.EDIT_SHOP: {Role.OWNER},
    Act.SEE_MONEY: {Role.OWNER, Role.FINANCE, Role.VIEWER},
    Act.PUBLISH_PLAN: {Role.OWNER},
    Act.REHEARSE_PLAN: {Role.OWNER, Role.OPERATOR, Role.FINANCE},
    Act.APPROVE_WITHDRAWAL: {Role.OWNER, Role.FINANCE},
    Act.MARK_PAID: {Role.OWNER, Role.FINANCE},
    Act.DECIDE_CASE: {Role.OWNER, Role.OPERATOR, Role.FINANCE},
    Act.DECIDE_CLAIM: {Role.OWNER, Role.OPERATOR, Role.FINANCE},
    Act.SET_LEVEL: EDITORS,
    Act.SET_PROFILE: EDITORS,
    Act.SET_SPONSOR: {Role.OWNER},
    Act.INVITE_STAFF: {Role.OWNER},
    Act.CHANGE_ROLE: {Role.OWNER},
    Act.REMOVE_STAFF: {Role.OWNER},
    Act.SEE_AUDIT: {Role.OWNER, Role.FINANCE},
}


async def hired(shop: Shop, person_id: int, role: Role) -> None:
    async with shop.store.write() as session:
        payload = await invite_staff(session, merchant_id=shop.merchant.id, role=role, now=shop.now)
        token = payload.removeprefix("s_")
        assert await accept_invitation(session, token=token, person_id=person_id, now=shop.now)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", list(Role))
def test_the_table(act: Act, role: Role) -> None:
    assert set(MAY) == set(Act)
    if role in MAY_DO[act]:
        check(role, act)
        return
    with pytest.raises(NotAllowed) as refusal:
        check(role, act)
    assert (refusal.value.role, refusal.value.act) == (role, act)


@pytest.mark.parametrize(
    ("role", "act", "who"),
    [
        (Role.VIEWER, Act.PUBLISH_PLAN, "owner"),
        (Role.OPERATOR, Act.APPROVE_WITHDRAWAL, "owner or finance"),
        (Role.VIEWER, Act.DECIDE_CASE, "owner, operator or finance"),
    ],
)
def test_a_refusal_names_who_may(role: Role, act: Act, who: str) -> None:
    with pytest.raises(NotAllowed, match=f"not for the role {role} to do .*, but for {who}[.]$"):
        check(role, act)


async def test_nobody_works_anywhere_until_hired(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now)
    mei = await shop.person(1)
    async with store.read() as session:
        assert await posts(session, mei.id) == []
        with pytest.raises(NotFound):
            await post_at(session, mei.id, shop.merchant.id, Act.SEE_SHOP)


async def test_the_shop_that_is_looked_at_counts_where_one_works_there(store: Store, now: datetime) -> None:
    # Given Olga, who owns one shop, looks at a second, and has nothing to do with a third
    first, second, third = [await open_shop(store, now) for _ in range(3)]
    olga = await first.person(1, "Olga")
    await hired(first, olga.id, Role.OWNER)
    await hired(second, olga.id, Role.VIEWER)

    async with store.read() as session:
        assert [role for _, role in await posts(session, olga.id)] == [Role.OWNER, Role.VIEWER]
        for current, works_at in ((None, first), (first, first), (second, second), (third, first)):
            merchant_id = current.merchant.id if current is not None else None
            post = await post_at(session, olga.id, merchant_id, Act.SEE_SHOP)
            assert post.id == works_at.merchant.id
        # Then her role at the one she looks at decides, not the best she has
        with pytest.raises(NotAllowed):
            await post_at(session, olga.id, second.merchant.id, Act.EDIT_GOODS)
        post = await post_at(session, olga.id, first.merchant.id, Act.EDIT_SHOP)
        assert post.id == first.merchant.id
