"""The evidence of a case in plain words and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from bot.cards.case_words import SIGNALS
from bot.cards.words import order_ref
from bot.voice.catalogue import Phrase, Voice
from models.money.cases.cases import Case
from models.money.cases.signals import Ground, Signal, SignalKind

_MOST_REFS = 3
_MANY_SIGNALS = 5
"""Beyond them, each names one order only, so that the card has room."""
CAUSES = {
    Ground.CIRCLE: Phrase("a few people buy who know each other, as in an office"),
    Ground.TIMING: Phrase("a program places the orders"),
}
"""What signals of a ground have in common, of grounds with several."""


def evidence_parts(case: Case, voice: Voice) -> list[Markup]:
    """Every signal that the case stands on, and which of them are one kind of evidence."""
    signals = case.evidence
    refs = _MOST_REFS if len(signals) <= _MANY_SIGNALS else 1
    return [*(_evidence(signal, refs, voice) for signal in signals), *_kinds(signals, voice)]


def _kinds(signals: Sequence[Signal], voice: Voice) -> list[Markup]:
    """Signals of one ground have one cause in common: they are counted once (docs/cases.md)."""
    parts = []
    for ground, cause in CAUSES.items():
        names = [voice.phrase(SIGNALS[signal.kind]) for signal in signals if signal.ground is ground]
        if len(names) > 1:
            parts.append(
                voice.say(
                    "🧩 Counted as one kind of evidence: {signals}. One cause can explain them all: {cause}.",
                    signals=voice.plain(", ").join(names),
                    cause=voice.phrase(cause),
                )
            )
    return parts


def _evidence(signal: Signal, most: int, voice: Voice) -> Markup:
    """A signal in words and numbers, with some of its orders."""
    said = _said(signal, voice)
    if not signal.orders:
        return said
    refs = voice.listed(order_ref(ref) for ref in signal.orders[:most])
    return Markup("\n").join((said, voice.say("Such as {orders}", orders=refs)))


def _said(signal: Signal, voice: Voice) -> Markup:
    # The numbers of the signal's kind, whatever a later version keeps there.
    numbers = {name: f"{value:,}" for name, value in signal.numbers.items()}
    return escape(voice.phrase(_EVIDENCE[signal.kind], **{**_NO_NUMBERS, **numbers}))


_NO_NUMBERS = dict.fromkeys(
    (
        *("own", "of", "orders", "customers", "seconds", "minutes"),
        *("percent", "usual_percent", "visitors", "days", "distributors"),
    ),
    "?",
)
_EVIDENCE = {
    SignalKind.OWN_CONTACT: Phrase(
        "🪞 Own contact data: {own} of {of} orders were bought by the distributor or their sponsor."
    ),
    SignalKind.ONE_ADDRESS: Phrase(
        "🏠 One address: {orders} of {of} orders came from an internet address that hardly anybody else "
        "buys from (customers there: {customers})."
    ),
    SignalKind.ONE_CUSTOMER: Phrase("👤 One customer made {orders} of {of} orders."),
    SignalKind.FEW_CUSTOMERS: Phrase(
        "👥 Few customers: {orders} of {of} orders are by a few who come again and again (customers: {customers})."
    ),
    SignalKind.QUICK: Phrase(
        "⚡ Too quick: {orders} of {of} orders were placed within {seconds} seconds of the click."
    ),
    SignalKind.EVEN: Phrase(
        "📏 Like clockwork: {orders} orders in a row came every {seconds} seconds, nearly evenly."
    ),
    SignalKind.BURST: Phrase(
        "🌊 Burst: {orders} orders within {minutes} minutes, by few people (customers: {customers})."
    ),
    SignalKind.REFUNDS: Phrase(
        "↩️ Much comes back: {orders} of {of} orders ({percent}%); of the shop's others {usual_percent}%."
    ),
    SignalKind.SAME_RETURNS: Phrase(
        "🔁 The same ones send back: {orders} orders came back, from few people (customers: {customers})."
    ),
    SignalKind.SPIKE: Phrase(
        "🚀 Sudden: new for {days} days and {orders} orders already, though hardly anybody came by the links "
        "(visitors: {visitors})."
    ),
    SignalKind.SHARED_ACCOUNT: Phrase(
        "🏦 Shared payout account: {distributors} distributors are paid out to the same one."
    ),
}
