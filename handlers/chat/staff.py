"""The staff in chat: the list, one-time links, roles and leaving."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.card import Toast
from bot.cards.staff import (
    OpenInvitation,
    Roster,
    choose_role_card,
    confirm_removal_card,
    confirm_role_card,
    fault_words,
    invitation_link_card,
    invitations_card,
    member_card,
    roles_card,
    roster_card,
)
from handlers.chat.duties import open_to
from handlers.chat.managing import go_to, post, post_that_has
from handlers.chat.visit import Answer, Visit, read_key
from models.errors import NotFound
from models.people.merchants import Merchant, lock_merchant
from models.people.permissions import MAY, Act, posts
from models.people.roster import Member, StaffRefused, change_role, member_named, members, remove_staff
from models.people.staff import (
    Role,
    StaffInvitation,
    invite_staff,
    open_invitations,
    revoke_invitation,
)
from models.store.audit import Actor

_DOUBLED = timedelta(minutes=1)
"""A second tap within this time shows the invitation that the first one made."""


async def show(visit: Visit) -> Answer:
    """Who works at the shop."""
    return await _roster(visit, await post(visit, Act.SEE_SHOP))


async def show_of(visit: Visit) -> Answer:
    """The same at the shop that a notice came from, which becomes the current one. Raises NotFound."""
    wanted = read_key(visit.subject, "shop")
    for shop, _ in await posts(visit.session, visit.person.id):
        if shop.id == wanted:
            await go_to(visit, shop)
            return await _roster(visit, shop)
    raise NotFound("shop", visit.subject)


async def _roster(visit: Visit, shop: Merchant, words: str = "") -> Answer:
    role = next(role for each, role in await posts(visit.session, visit.person.id) if each.id == shop.id)
    waiting = (
        await open_invitations(visit.session, shop.id, visit.now) if role in MAY[Act.INVITE_STAFF] else ()
    )
    facts = Roster(
        shop=shop.name,
        zone=shop.zone,
        members=await members(visit.session, shop.id),
        me=visit.person.id,
        opens=open_to(role),
        invitations=len(waiting),
    )
    return Answer(roster_card(facts, visit.voice), Toast(words) if words else None)


async def show_roles(visit: Visit) -> Answer:
    """What each role may do."""
    await post(visit, Act.SEE_SHOP)
    return Answer(roles_card(visit.voice))


async def _member(visit: Visit, act: Act, key: str) -> tuple[Merchant, Member]:
    """Whom of the staff a button names. Raises NotFound and NotAllowed."""
    staff_id = read_key(key, "member of the staff")
    return await post_that_has(
        visit, act, "member of the staff", key, lambda shop: member_named(visit.session, shop.id, staff_id)
    )


def _role(word: str) -> Role:
    if word not in set(Role):
        raise NotFound("role", word)
    return Role(word)


async def show_member(visit: Visit) -> Answer:
    """One of the staff, to change or remove."""
    shop, one = await _member(visit, Act.CHANGE_ROLE, visit.subject)
    return Answer(member_card(one, shop.zone, visit.voice))


async def confirm_role(visit: Visit) -> Answer:
    """What another role would mean."""
    key, _, word = visit.subject.partition(":")
    shop, one = await _member(visit, Act.CHANGE_ROLE, key)
    role = _role(word)
    if role is one.role:
        return Answer(member_card(one, shop.zone, visit.voice), _so_already(visit))
    return Answer(confirm_role_card(one, role, visit.voice))


async def give_role(visit: Visit) -> Answer:
    """Another role, from now on."""
    key, _, word = visit.subject.partition(":")
    shop, before = await _member(visit, Act.CHANGE_ROLE, key)
    role = _role(word)
    await lock_merchant(visit.session, shop.id)
    try:
        await change_role(
            visit.session,
            merchant_id=shop.id,
            staff_id=before.staff_id,
            role=role,
            actor=Actor.person(visit.person.id),
            now=visit.now,
        )
    except StaffRefused as refused:
        return Answer(toast=Toast(fault_words(refused.fault, visit.voice), alert=True))
    if before.role is role:
        return Answer(member_card(before, shop.zone, visit.voice), _so_already(visit))
    return await _roster(visit, shop, visit.voice.plain("The role is changed."))


def _so_already(visit: Visit) -> Toast:
    return Toast(visit.voice.plain("That is so already."))


async def confirm_removal(visit: Visit) -> Answer:
    """What leaving means."""
    _, one = await _member(visit, Act.REMOVE_STAFF, visit.subject)
    return Answer(confirm_removal_card(one, visit.voice))


async def remove(visit: Visit) -> Answer:
    """Somebody leaves the staff."""
    shop, one = await _member(visit, Act.REMOVE_STAFF, visit.subject)
    await lock_merchant(visit.session, shop.id)
    try:
        await remove_staff(
            visit.session,
            merchant_id=shop.id,
            staff_id=one.staff_id,
            actor=Actor.person(visit.person.id),
            now=visit.now,
        )
    except StaffRefused as refused:
        return Answer(toast=Toast(fault_words(refused.fault, visit.voice), alert=True))
    return await _roster(visit, shop, visit.voice.plain("Removed."))


async def choose_role(visit: Visit) -> Answer:
    """Invite: in which role?"""
    await post(visit, Act.INVITE_STAFF)
    return Answer(choose_role_card(visit.voice))


async def invite(visit: Visit) -> Answer:
    """A one-time link in a role; a doubled tap shows the one that the first made."""
    shop, role = await post(visit, Act.INVITE_STAFF), _role(visit.subject)
    await lock_merchant(visit.session, shop.id)
    made = await _just_made(visit, shop, role)
    if made is None:
        await invite_staff(
            visit.session,
            merchant_id=shop.id,
            role=role,
            now=visit.now,
            actor=Actor.person(visit.person.id),
            invited_by=visit.person.id,
        )
        made = await _just_made(visit, shop, role)
    assert made is not None  # made above, or there before
    return Answer(invitation_link_card(_link(visit, made), shop.zone, visit.voice))


async def _just_made(visit: Visit, shop: Merchant, role: Role) -> StaffInvitation | None:
    waiting = await open_invitations(visit.session, shop.id, visit.now)
    return next(
        (
            one
            for one in waiting
            if one.role is role
            and one.invited_by == visit.person.id
            and one.created_at > visit.now - _DOUBLED
        ),
        None,
    )


def _link(visit: Visit, one: StaffInvitation) -> OpenInvitation:
    url = f"https://t.me/{visit.context.bot_username}?start={one.payload}"
    return OpenInvitation(one.id, one.role, url, one.ends_at)


async def show_open(visit: Visit) -> Answer:
    """Invitations that can still be used."""
    return await _open(visit, await post(visit, Act.INVITE_STAFF))


async def _open(visit: Visit, shop: Merchant, words: str = "") -> Answer:
    waiting = [_link(visit, one) for one in await open_invitations(visit.session, shop.id, visit.now)]
    return Answer(invitations_card(waiting, shop.zone, visit.voice), Toast(words) if words else None)


async def revoke(visit: Visit) -> Answer:
    """Take an invitation back; one that is used, over or another shop's stays as it is."""
    shop = await post(visit, Act.INVITE_STAFF)
    await lock_merchant(visit.session, shop.id)
    revoked = await revoke_invitation(
        visit.session,
        merchant_id=shop.id,
        invitation_id=read_key(visit.subject, "invitation"),
        actor=Actor.person(visit.person.id),
        now=visit.now,
    )
    if not revoked:
        return await _open(visit, shop, visit.voice.plain("That one is not open any more."))
    return await _open(visit, shop, visit.voice.plain("Taken back: its link opens nothing any more."))
