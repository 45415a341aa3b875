"""My data: taking it along, and deleting it with the numbers restated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from bot.cards.card import Card, Picture, Row, Tap
from bot.cards.words import back_button, home_button, shop_name
from bot.voice.catalogue import Voice
from bot.voice.money import money
from models.personal.erasure import Stake, seal_of

_MOST_SHOPS = 12


def own_data_card(voice: Voice) -> Card:
    """What can be done with it."""
    text = voice.say(
        "🗄 <b>My data</b>\n\nExport: a file with everything that I know about you at all your shops, for you and for "
        "programs.\n\nDelete: your name, your account, your choices and your words are wiped, and you leave all your "
        "shops. What was sold and paid stays in the shops' books, under nobody's name."
    )
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("⬇️ Export"), "data:export"), Tap(voice.plain("🗑 Delete"), "data:delete")),
        (back_button("settings:open", voice), home_button(voice)),
    )
    return Card(text, rows)


def own_data_file_card(content: bytes, voice: Voice) -> Card:
    """The file as a message of its own."""
    file = Picture(content=content, filename="my-data.json", as_file=True)
    return Card(
        voice.say("🗄 Everything that I know about you. Buyers and other people are left out."), (), file
    )


def too_much_data_card(voice: Voice) -> Card:
    """More than a chat takes."""
    text = voice.say("🗄 Your data is too large for a chat: ask the shop, it can export it for you.")
    return Card(text, ((back_button("data:open", voice), home_button(voice)),))


def delete_card(stakes: Sequence[Stake], voice: Voice) -> Card:
    """What would be lost, shop by shop; the safe button first, and giving up money said expressly."""
    parts = [voice.say("🗑 <b>Delete everything about you?</b> This can't be undone.")]
    parts += [_stake(stake, voice) for stake in stakes[:_MOST_SHOPS]]
    if len(stakes) > _MOST_SHOPS:
        rest = len(stakes) - _MOST_SHOPS
        parts.append(voice.plural("… and {n} more shop", "… and {n} more shops", rest))
    parts += _warnings(stakes, voice)
    gives_up = any(stake.money_minor for stake in stakes)
    go = voice.plain("🗑 Give the money up and delete") if gives_up else voice.plain("🗑 Delete everything")
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("◀ Keep my data"), "data:open"),),
        (Tap(go, f"data:erase:{seal_of(stakes)}"),),
        (home_button(voice),),
    )
    return Card(Markup("\n\n").join(parts), rows)


def _warnings(stakes: Sequence[Stake], voice: Voice) -> Iterator[Markup]:
    """What becomes of the money; to withdraw it first is said only where something can be withdrawn."""
    if any(stake.available_minor > 0 for stake in stakes):
        yield voice.say(
            "⚠️ There is money of yours. Withdraw it first; whoever deletes now gives it up for good."
        )
    elif any(stake.money_minor for stake in stakes):
        yield voice.say(
            "⚠️ There is money of yours that can't be withdrawn yet; whoever deletes now gives it up for good."
        )
    if any(stake.debt_minor for stake in stakes):
        yield voice.say(
            "⚠️ A balance below zero is a debt: nothing can be withdrawn at that shop until new commissions fill it. "
            "When you delete, the debt stays in the shop's books under nobody's name; should you ever come back, you "
            "begin at zero."
        )


def _stake(stake: Stake, voice: Voice) -> Markup:
    def shown(minor: int) -> str:
        return money(minor, stake.currency, voice.language)

    waiting = stake.unreleased
    lines = [
        voice.say("🏬 <b>{shop}</b>", shop=shop_name(stake.shop, voice)),
        voice.say("· Available: {amount}", amount=shown(stake.available_minor)),
        voice.say("· In hold: {amount}", amount=shown(waiting.held_minor)),
        voice.say("· Awaiting receipt: {amount}", amount=shown(waiting.awaiting_minor)),
    ]
    if waiting.review_minor:
        lines.append(voice.say("· Under review by the shop: {amount}", amount=shown(waiting.review_minor)))
    lines.append(
        voice.say(
            "· {links}, {coupons}, {members}",
            links=voice.plural("{n} link is paused", "{n} links are paused", stake.links),
            coupons=voice.plural("{n} coupon is lost", "{n} coupons are lost", stake.coupons),
            members=voice.plural("{n} team member is lost", "{n} team members are lost", stake.members),
        )
    )
    if stake.open_claims:
        lines.append(
            voice.plural(
                "· {n} open claim is withdrawn", "· {n} open claims are withdrawn", stake.open_claims
            )
        )
    return Markup("\n").join(lines)


def still_paying_card(shop: str, voice: Voice) -> Card:
    """A payout has to arrive first."""
    text = voice.say(
        "⏳ A payout of {shop} is on its way to you. Wait until it has arrived, then delete your data.",
        shop=shop_name(shop, voice),
    )
    return Card(text, ((back_button("data:open", voice), home_button(voice)),))


def last_owner_card(shop: str, voice: Voice) -> Card:
    """A shop needs an owner."""
    text = voice.say(
        "🏪 You are the only owner of {shop}. Invite another owner first, then delete your data.",
        shop=shop_name(shop, voice),
    )
    return Card(text, ((back_button("data:open", voice), home_button(voice)),))


def deleted_card(voice: Voice) -> Card:
    """Gone."""
    return Card(
        voice.say(
            "👋 Everything about you is deleted, and you have left your shops. Should you ever come back, "
            "send /start: you begin anew."
        )
    )
