"""Why a commission is what it is, from its stored facts alone (business.md 4, "why did I get this")."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.funnel.orders import OrderLine
from models.money.commissions import Commission, CommissionKind, CommissionState, RateKind, Reason
from models.plans.rules import BoostMode
from models.store.currency import amount_text, to_minor


class Ground(StrEnum):
    """What an amount was figured from."""

    PERCENT = "percent"
    FIXED = "fixed"
    FIXED_CAPPED = "fixed_capped"
    BOOSTED = "boosted"
    NO_RATE = "no_rate"
    OWN_PURCHASE = "own_purchase"


@dataclass(frozen=True, slots=True)
class Term:
    """One rule that an amount was made of: the plan's rate, or what a promotion put on it or in its place."""

    kind: RateKind
    rate: str
    rule: str
    is_promotion: bool = False


def ground(commission: Commission, currency: str) -> Ground:
    """Which of the ways made this amount; an own purchase that the plan doesn't pay was never figured."""
    found = terms(commission)
    if not found:
        return Ground.NO_RATE
    skipped = commission.reason is Reason.SELF_PURCHASE and commission.amount_minor == 0
    if skipped and commission.state is CommissionState.VOID:
        return Ground.OWN_PURCHASE
    if any(term.is_promotion for term in found):
        return Ground.BOOSTED
    if commission.rate_kind is RateKind.PERCENT:
        return Ground.PERCENT
    whole = to_minor(commission.rate, currency) * commission.quantity
    return Ground.FIXED_CAPPED if whole > commission.base_minor else Ground.FIXED


def terms(commission: Commission) -> tuple[Term, ...]:
    """The rules that made the amount, which add up; none where the plan had none."""
    rate = (
        (Term(commission.rate_kind, commission.rate, commission.rule),)
        if commission.rate_kind is not None
        else ()
    )
    boost = boost_of(commission)
    if boost is None:
        return rate
    term, mode = boost
    return (term,) if mode is BoostMode.REPLACE else (*rate, term)


def boost_of(commission: Commission) -> tuple[Term, BoostMode] | None:
    """The promotion that held when the commission was made, and whether it added to the rate or took its place."""
    kept = commission.boost
    if kept is None:
        return None
    term = Term(RateKind(str(kept["kind"])), str(kept["rate"]), str(kept["rule"]), is_promotion=True)
    return term, BoostMode(str(kept["mode"]))


def figured_minor(commission: Commission) -> int:
    """What the rules made before caps cut it, in minor units."""
    return commission.amount_minor + commission.cut_minor


def adds_to_ladder(commission: Commission) -> bool:
    """Whether it is what an order of a closed period added to the ladder, not what the whole period's sales pay."""
    return commission.kind is CommissionKind.LADDER and commission.order_id is not None


def cuts_of(commission: Commission) -> list[tuple[str, int]]:
    """Which cap took how much (minor units) before the commission was made."""
    return [
        (str(cut["cap"]), taken) for cut in commission.cuts if isinstance(taken := cut["amount_minor"], int)
    ]


def parts_of_base(line: OrderLine, currency: str) -> str:
    """How the base came about, in figures: `6 × 2.55 − 1.00`."""
    price = f"{Decimal(line.unit_price):f}"
    taken_off = (amount_text(minor, currency) for minor in discounts_of(line))
    return " − ".join((f"{line.quantity} × {price}", *taken_off))


def discounts_of(line: OrderLine) -> tuple[int, ...]:
    """What was taken off the line's price, in minor units: its own discount and its share of the order's."""
    return tuple(filter(None, (line.discount_minor, line.order_discount_minor)))


def why(commission: Commission, line: OrderLine | None, currency: str) -> str:
    """A few plain English sentences with every number that made the amount, and what became of it."""
    made = _made(commission, line, currency) if line is not None else _bonus(commission, currency)
    told = (_occasion(commission), made, *_cut(commission, currency), _became(commission, line, currency))
    return " ".join(filter(None, told))


def _occasion(commission: Commission) -> str:
    if commission.kind is not CommissionKind.TEAM:
        return ""
    if commission.depth == 1:
        return "Team reward for a sale of a direct member."
    return f"Team reward for a sale {commission.depth} levels below."


def _made(commission: Commission, line: OrderLine, currency: str) -> str:
    amount = f"{amount_text(figured_minor(commission), currency)} {currency}"
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
        case Ground.BOOSTED:
            parts = " + ".join(_term(term, commission.quantity, currency) for term in terms(commission))
            version = f"plan version {commission.plan_version}"
            return f"{parts}, {version}, on {base}, rounded down and at most the base: {amount}."
        case Ground.NO_RATE:
            version = f"plan version {commission.plan_version}"
            return f"Nothing: {version} has no rate for {line.sku} at level {commission.level}."
        case Ground.OWN_PURCHASE:
            version = f"plan version {commission.plan_version}"
            return f"Nothing: the buyer is the distributor, and {version} doesn't pay own purchases."


def _term(term: Term, quantity: int, currency: str) -> str:
    whence = f"promotion {term.rule}" if term.is_promotion else f"rule {term.rule}"
    if term.kind is RateKind.PERCENT:
        return f"{term.rate}% ({whence})"
    return f"{term.rate} {currency} for each of {quantity} ({whence})"


_BONUS_FOR = {
    CommissionKind.FIRST_ORDER: "The customer's first order at this shop",
    CommissionKind.INVITE_CASHBACK: "The first order of somebody you invited was released",
    CommissionKind.LADDER: "Your sales of {period} reached the ladder",
    CommissionKind.TEAM_TARGET: "The sales of your direct members of {period} reached a target",
}


def _bonus(commission: Commission, currency: str) -> str:
    amount = f"{amount_text(figured_minor(commission), currency)} {currency}"
    rule = f"rule {commission.rule} of plan version {commission.plan_version}"
    if adds_to_ladder(commission):
        reached = f"{amount_text(commission.base_minor, currency)} {currency}"
        came = f"After {commission.period} was closed, your sales of it came to {reached}"
        return f"{came}, {rule}: {amount} more than the ladder had paid for it."
    cause = _BONUS_FOR.get(commission.kind, "A line that is no longer in the order")
    sales = f" ({amount_text(commission.base_minor, currency)} {currency})" if commission.base_minor else ""
    said = cause.format(period=commission.period)
    return f"{said}{sales}, {rule}: {amount}."


_CAPS = {
    "order_percent": "the cap on one order",
    "margin": "the margin guard",
    "day": "the cap on one day",
    "budget": "the month's budget",
}


def _cut(commission: Commission, currency: str) -> list[str]:
    cuts = cuts_of(commission)
    if not cuts:
        return []
    told = [f"{amount_text(taken, currency)} {currency} by {_CAPS.get(cap, cap)}" for cap, taken in cuts]
    left = f"{amount_text(commission.amount_minor, currency)} {currency}"
    return [f"Cut: {', '.join(told)}; made: {left}."]


def _became(commission: Commission, line: OrderLine | None, currency: str) -> str:
    taken = f"{amount_text(commission.reversed_minor, currency)} {currency}"
    if commission.reason is Reason.ORDER_CANCELLED:
        back = f" and {taken} was taken back" if commission.reversed_minor else ""
        return f"Void: the order was cancelled{back}."
    if commission.state is CommissionState.REFUNDED:
        return _refunded(commission, taken)
    sentences = []
    if commission.state is CommissionState.REVIEW:
        sentences.append(_REVIEWED[commission.reason is Reason.CASE])
    if commission.reversed_minor and commission.kind is CommissionKind.LADDER:
        sentences.append(f"{taken} of it was taken back, for your sales of {commission.period} fell.")
    elif commission.reversed_minor and line is None:
        sentences.append(f"{taken} of it was taken back.")
    elif commission.reversed_minor and line is not None:
        refunded = f"{amount_text(line.refunded_minor, currency)} {currency}"
        sentences.append(f"{taken} of it was taken back, for {refunded} of the base was refunded.")
    return " ".join(sentences)


def _refunded(commission: Commission, taken: str) -> str:
    """Nothing is left of it. A ladder follows its period's sales, of which much may be left."""
    if commission.reversed_minor == 0:
        return "Refunded: there was nothing to take back."
    if commission.kind is CommissionKind.LADDER:
        return f"All of it, {taken}, was taken back, for your sales of {commission.period} fell."
    return f"Refunded: {taken} was taken back, for everything was refunded."


_REVIEWED = {
    False: "Under review: the buyer seems to be the distributor.",
    True: "Under review: the shop looks into a case.",
}
