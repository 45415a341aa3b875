"""The inbox of the shop's people: what waits for a decision, by kind (chat.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.words import back_button, home_button, shop_name
from bot.voice.catalogue import Phrase, Voice


class InboxKind(StrEnum):
    """What waits, by the button that leads there."""

    WITHDRAWALS = "withdraw:inbox"
    CASES = "case:inbox"
    CLAIMS = "claim:inbox"


_KINDS = {
    InboxKind.WITHDRAWALS: Phrase("💸 Withdrawals"),
    InboxKind.CASES: Phrase("🔎 Cases"),
    InboxKind.CLAIMS: Phrase("🙋 Claims"),
}


def inbox_card(shop: str, waits: Sequence[tuple[InboxKind, int]], voice: Voice) -> Card:
    """How much of each kind waits, and the way there."""
    head = voice.say("📥 <b>Inbox</b> of {shop}", shop=shop_name(shop, voice))
    up: Row = (back_button("manage:open", voice), home_button(voice))
    total = sum(count for _, count in waits)
    if not waits:
        text = voice.say("There is nothing here that your role decides.")
    elif total == 0:
        text = voice.say(
            "Nothing waits. Withdrawals to approve, cases to judge and claims of distributors come in here by "
            "themselves. 👉 What was decided before is behind each button."
        )
    else:
        text = voice.plural(
            "<b>{n} thing waits for a decision.</b>", "<b>{n} things wait for a decision.</b>", total
        )
    rows: list[Row] = [(Tap(f"{voice.phrase(_KINDS[kind])} ({count})", kind),) for kind, count in waits]
    return Card(Markup("\n\n").join((head, text)), (*rows, up))
