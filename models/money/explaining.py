"""Why a commission is what it is, from its stored facts alone (business.md 4, "why did I get this")."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from models.funnel.orders import OrderLine
from models.money.commissions import Commission, CommissionKind, CommissionState, RateKind, Reason
from models.store.currency import amount_text, to_minor


class Ground(StrEnum):
    """What an amount was figured from."""

    PERCENT = "percent"
    FIXED = "fixed"
    FIXED_CAPPED = "fixed_capped"
    NO_RATE = "no_rate"
    OWN_PURCHASE = "own_purchase"


def ground(commission: Commission, currency: str) -> Ground:
    """Which of the ways made this amount; an own purchase that the plan doesn't pay was never figured."""
    if commission.rate_kind is None:
        return Ground.NO_RATE
    skipped = commission.reason is Reason.SELF_PURCHASE and commission.amount_minor == 0
    if skipped and commission.state is CommissionState.VOID:
        return Ground.OWN_PURCHASE
    if commission.rate_kind is RateKind.PERCENT:
        return Ground.PERCENT
    whole = to_minor(commission.rate, currency) * commission.quantity
    return Ground.FIXED_CAPPED if whole > commission.base_minor else Ground.FIXED


def parts_of_base(line: OrderLine, currency: str) -> str:
    """How the base came about, in figures: `6 × 2.55 − 0.00`, with the share of the order's discount if any."""
    price = f"{Decimal(line.unit_price):f}"
    parts = f"{line.quantity} × {price} − {amount_text(line.discount_minor, currency)}"
    if line.order_discount_minor:
        parts += f" − {amount_text(line.order_discount_minor, currency)}"
    return parts


def why(commission: Commission, line: OrderLine | None, currency: str) -> str:
    """One or two plain English sentences with every number that made the amount, and what became of it."""
    made = _made(commission, line, currency) if line is not None else _bonus(commission, currency)
    return " ".join(filter(None, [made, _became(commission, line, currency)]))


def _made(commission: Commission, line: OrderLine, currency: str) -> str:
    amount = f"{amount_text(commission.amount_minor, currency)} {currency}"
    base = f"{amount_text(commission.base_minor, currency)} {currency} ({parts_of_base(line, currency)})"
    rule = f"rule {commission.rule} of plan version {commission.plan_version}"
    match ground(commission, currency):
        case Ground.PERCENT:
            return f"{commission.rate}% of {base}, {rule}, rounded down: {amount}."
        case Ground.FIXED:
            return f"{commission.rate} {currency} for each of {commission.quantity}, {rule}: {amount}."
        case Ground.FIXED_CAPPED:
            each = f"{commission.rate} {currency} for each of {commission.quantity}"
            return f"{each}, {rule}, but at most the base of {base}: {amount}."
        case Ground.NO_RATE:
            version = f"plan version {commission.plan_version}"
            return f"Nothing: {version} has no rate for {line.sku} at level {commission.level}."
        case Ground.OWN_PURCHASE:
            version = f"plan version {commission.plan_version}"
            return f"Nothing: the buyer is the distributor, and {version} doesn't pay own purchases."


_BONUS_FOR = {
    CommissionKind.FIRST_ORDER: "The customer's first order at this shop",
    CommissionKind.INVITE_CASHBACK: "The first order of somebody you invited was released",
    CommissionKind.LADDER: "Your sales of {period} reached the ladder",
    CommissionKind.TEAM_TARGET: "The sales of your direct members of {period} reached a target",
}


def _bonus(commission: Commission, currency: str) -> str:
    amount = f"{amount_text(commission.amount_minor, currency)} {currency}"
    cause = _BONUS_FOR[commission.kind].format(period=commission.period)
    sales = f" ({amount_text(commission.base_minor, currency)} {currency})" if commission.base_minor else ""
    return f"{cause}{sales}, rule {commission.rule} of plan version {commission.plan_version}: {amount}."


def _became(commission: Commission, line: OrderLine | None, currency: str) -> str:
    taken = f"{amount_text(commission.reversed_minor, currency)} {currency}"
    if commission.reason is Reason.ORDER_CANCELLED:
        back = f" and {taken} was taken back" if commission.reversed_minor else ""
        return f"Void: the order was cancelled{back}."
    if commission.state is CommissionState.REFUNDED:
        return f"Refunded: {taken} was taken back, for everything was refunded."
    sentences = []
    if commission.state is CommissionState.REVIEW:
        sentences.append("Under review: the buyer seems to be the distributor.")
    if commission.reversed_minor and line is None:
        sentences.append(f"{taken} of it was taken back.")
    elif commission.reversed_minor and line is not None:
        refunded = f"{amount_text(line.refunded_minor, currency)} {currency}"
        sentences.append(f"{taken} of it was taken back, for {refunded} of the base was refunded.")
    return " ".join(sentences)
