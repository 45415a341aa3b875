"""Short words about cases: how they stand, kinds of evidence, and the numbers from which on they speak."""

from __future__ import annotations

from bot.voice.catalogue import Phrase, Voice
from models.money.cases.cases import CaseKind, CaseState
from models.money.cases.signals import SignalKind

_STATES = {
    CaseState.WATCH: Phrase("👀 Watched"),
    CaseState.HOLD: Phrase("⏸ On hold"),
    CaseState.SUSPENDED: Phrase("⛔ Suspended"),
    CaseState.CLEARED: Phrase("✅ Cleared"),
    CaseState.REFUSED: Phrase("✖️ Not paid"),
    CaseState.EXPIRED: Phrase("⌛ Over"),
}
_PAID = Phrase("✅ To be paid")


def case_state(state: CaseState, kind: CaseKind, voice: Voice) -> str:
    """How a case stands. An own purchase is no suspicion, so it is not cleared but paid."""
    if kind is CaseKind.OWN_PURCHASE and state is CaseState.CLEARED:
        return voice.phrase(_PAID)
    return voice.phrase(_STATES[state])


SIGNALS = {
    SignalKind.OWN_CONTACT: Phrase("own contact data"),
    SignalKind.ONE_ADDRESS: Phrase("one address"),
    SignalKind.ONE_CUSTOMER: Phrase("one customer"),
    SignalKind.FEW_CUSTOMERS: Phrase("few customers"),
    SignalKind.QUICK: Phrase("too quick"),
    SignalKind.EVEN: Phrase("like clockwork"),
    SignalKind.BURST: Phrase("burst"),
    SignalKind.REFUNDS: Phrase("much comes back"),
    SignalKind.SAME_RETURNS: Phrase("the same ones send back"),
    SignalKind.SPIKE: Phrase("sudden sales of somebody new"),
    SignalKind.SHARED_ACCOUNT: Phrase("shared payout account"),
}
"""The evidence by name; the whole of it, with its numbers, is in `cases.py`."""
THRESHOLDS = {
    "window_days": Phrase("days looked back"),
    "own_orders": Phrase("orders with own contact data"),
    "own_percent": Phrase("percent of orders with own contact data"),
    "address_orders": Phrase("orders of one address"),
    "address_percent": Phrase("percent of orders of one address"),
    "customer_orders": Phrase("orders of one customer"),
    "customer_percent": Phrase("percent of orders of one customer"),
    "few_each": Phrase("orders of each of few customers"),
    "few_orders": Phrase("orders of few customers together"),
    "quick_seconds": Phrase("seconds after the click that are too quick"),
    "quick_orders": Phrase("orders that are too quick"),
    "quick_percent": Phrase("percent of quick orders that may be chance"),
    "even_orders": Phrase("orders like clockwork"),
    "even_percent": Phrase("percent by which clockwork may stray"),
    "burst_orders": Phrase("orders of a burst"),
    "burst_minutes": Phrase("minutes of a burst"),
    "burst_percent": Phrase("percent of orders in a burst"),
    "refund_orders": Phrase("orders that came back"),
    "refund_percent": Phrase("percent of orders that came back"),
    "refund_times": Phrase("times the shop's own share that came back"),
    "returns_orders": Phrase("orders sent back by the same ones"),
    "new_days": Phrase("days for which somebody is new"),
    "spike_orders": Phrase("orders of somebody new"),
    "spike_visitors_percent": Phrase("visitors of somebody new, in percent of orders"),
    "account_distributors": Phrase("distributors with one payout account"),
    "watch_days": Phrase("days watched"),
    "decide_days": Phrase("days to decide"),
    "hold_days": Phrase("days on hold"),
}
"""Every number of `Thresholds` by name."""
