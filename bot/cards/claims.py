"""Claims as their claimant sees them: writing one, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.cards.card import Card, Row, Tap
from bot.cards.words import back_button, home_button, order_ref, shop_name
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import day, moment
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.money.claims import NOTE_CHARS, TEXT_CHARS, Claim, ClaimState

CLAIM_STATES = {
    ClaimState.OPEN: Phrase("⏳ Waits for the shop"),
    ClaimState.GRANTED: Phrase("✅ Granted"),
    ClaimState.REFUSED: Phrase("✖️ Refused"),
    ClaimState.WITHDRAWN: Phrase("↩️ Withdrawn"),
}
_SHOWN_COLUMNS = 600
_LABEL_COLUMNS = 24


@dataclass(frozen=True, slots=True)
class ClaimShop:
    """Where a claim was filed."""

    name: str
    currency: str
    zone: ZoneInfo


def ask_claim_card(number: str, voice: Voice, wrong: str = "", *, is_own: bool = False) -> Card:
    """The next message is the claim: words, or a picture with words under it; of one's own order, why it is wrong."""
    ask = (
        voice.say(
            "This order is yours. Tell me in one message what is wrong with what it earned, in at most {n} characters. "
            "You may send a picture instead, such as a screenshot, with words under it. The shop reads it and decides.",
            n=f"{TEXT_CHARS:,}",
        )
        if is_own
        else voice.say(
            "Tell me in one message why this order should be yours, in at most {n} characters. You may send a "
            "picture instead, such as a screenshot, with words under it. The shop reads it and decides.",
            n=f"{TEXT_CHARS:,}",
        )
    )
    parts = [
        voice.say("📣 <b>A claim about order {ref}</b>", ref=order_ref(number)),
        *([voice.say("✋ {wrong}", wrong=wrong)] if wrong else []),
        ask,
    ]
    return Card(Markup("\n\n").join(parts), ((back_button("ask:open", voice), home_button(voice)),))


def too_long(chars: int, voice: Voice) -> str:
    """Why the words of a claim can't be taken."""
    return voice.plain(
        "Your text has {chars} characters; a claim takes {n}. Nothing is lost: shorten it and send it again.",
        chars=f"{chars:,}",
        n=f"{TEXT_CHARS:,}",
    )


def nothing_said(voice: Voice) -> str:
    """Why an empty message is no claim."""
    return voice.plain("I need words, or a picture.")


def no_picture(voice: Voice) -> str:
    """Why a picture can't be taken."""
    return voice.plain(
        "That is no picture that I can take: JPEG, PNG or WebP, at most 5 MB and 25 megapixels. Send another."
    )


def ask_picture_card(claim: Claim, voice: Voice, wrong: str = "") -> Card:
    """The next picture stands beside the claim."""
    parts = [
        voice.say("🖼 <b>A picture for your claim about order {ref}</b>", ref=order_ref(claim.order_ref)),
        *([voice.say("✋ {wrong}", wrong=wrong)] if wrong else []),
        voice.say("Your claim is filed. Send a picture, and the shop sees it beside your words."),
    ]
    return Card(
        Markup("\n\n").join(parts), ((back_button(f"claim:show:{claim.id}", voice), home_button(voice)),)
    )


def no_more_claims_card(voice: Voice, *, about_order: bool) -> Card:
    """Why no further claim can be filed."""
    text = (
        voice.say("📣 The shop has answered your claims about this order; that stands.")
        if about_order
        else voice.say("📣 You have many open claims. Wait until the shop has answered one of them.")
    )
    return Card(text, ((Tap(voice.plain("📣 My claims"), "claim:mine"), home_button(voice)),))


def claim_card(claim: Claim, shop: ClaimShop, voice: Voice, *, is_new: bool = False) -> Card:
    """One's own claim: what was said, and what became of it."""
    lines = [
        voice.say(
            "📣 <b>Claim about order {ref}</b> at {shop}",
            ref=order_ref(claim.order_ref),
            shop=shop_name(shop.name, voice),
        ),
        escape(voice.phrase(CLAIM_STATES[claim.state])),
        voice.say("Filed {moment}", moment=moment(claim.filed_at, shop.zone, voice.language)),
    ]
    if claim.granted_minor is not None:
        amount = money(claim.granted_minor, shop.currency, voice.language)
        lines.append(voice.say("Goodwill: <b>{amount}</b>, available since then", amount=amount))
    if claim.decided_at is not None:
        lines.append(
            voice.say("Decided {moment}", moment=moment(claim.decided_at, shop.zone, voice.language))
        )
    parts = [Markup("\n").join(lines), *_words(claim, voice)]
    if claim.note:
        parts.append(voice.say("The shop says: {note}", note=person_name(claim.note, 2 * NOTE_CHARS, "")))
    if is_new:
        parts.append(voice.say("The shop's people have been told. Their answer comes here."))
    return Card(Markup("\n\n").join(parts), (*_open_rows(claim, voice), _back(voice)))


def _words(claim: Claim, voice: Voice) -> list[Markup]:
    said = [Markup("<i>{}</i>").format(person_name(claim.text, _SHOWN_COLUMNS, ""))] if claim.text else []
    return [*said, voice.say("🖼 With a picture")] if claim.has_picture else said


def _open_rows(claim: Claim, voice: Voice) -> tuple[Row, ...]:
    if claim.state is not ClaimState.OPEN:
        return ()
    return (
        (
            Tap(voice.plain("🖼 Add a picture"), f"claim:picture:{claim.id}"),
            Tap(voice.plain("↩️ Withdraw it"), f"claim:drop:{claim.id}"),
        ),
    )


def _back(voice: Voice) -> Row:
    return (back_button("claim:mine", voice), home_button(voice))


def my_claims_card(claims: Sequence[Claim], shop: ClaimShop, voice: Voice) -> Card:
    """One's own claims at a shop, the newest first."""
    head = voice.say("📣 <b>My claims</b> at {shop}", shop=shop_name(shop.name, voice))
    if not claims:
        text = (
            head
            + Markup("\n\n")
            + voice.say(
                "A claim says that an order should have been yours; you can file one where you ask about an order."
            )
        )
    else:
        lines = [
            voice.say(
                "<b>{number}.</b> {ref} · {state} · {date}",
                number=number,
                ref=order_ref(claim.order_ref),
                state=voice.phrase(CLAIM_STATES[claim.state]),
                date=day(claim.filed_at, shop.zone, voice.language),
            )
            for number, claim in enumerate(claims, 1)
        ]
        text = head + Markup("\n\n") + Markup("\n").join(lines)
    buttons = [
        Tap(f"{number}. {plain_name(claim.order_ref, _LABEL_COLUMNS, '?')}", f"claim:show:{claim.id}")
        for number, claim in enumerate(claims, 1)
    ]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    rows.append((Tap(voice.plain("🔎 Ask about an order"), "ask:open"),))
    return Card(text, (*rows, (back_button("earn:open", voice), home_button(voice))))
