"""Whose order it is: decided once, when the order is placed, and stored with the losers (business.md 3).

Precedence: a coupon that belongs to a distributor → the `code` in the order → the visitor's click
inside the window. (A binding will stand after the coupon.) Pure: what is known comes in, a decision
goes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from models.catalog.coupons import coupon_code
from models.funnel.clicks import VisitorClick
from models.funnel.links import Link, LinkState, read_code
from models.plans.document import Attribution, AttributionModel
from models.plans.rules import Binding


class Rule(StrEnum):
    COUPON = "coupon"
    BINDING = "binding"
    CODE = "code"
    LAST_CLICK = "last_click"
    FIRST_CLICK = "first_click"


class Verdict(StrEnum):
    WON = "won"
    LOST = "lost"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One claim on an order: by which rule, with which word (a code, a coupon), whose, and what became of it."""

    rule: Rule
    word: str
    distributor_id: int | None
    link_id: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """The winner, or none, and every candidate in the order in which they were heard."""

    winner: Candidate | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """What an order says about where it came from."""

    coupon: str | None
    code: str | None
    visitor: str | None
    placed_at: datetime
    bound: Bound | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Whose the buyer is, since when (the start of both numbers)."""

    distributor_id: int
    since: datetime

    def is_protected(self, terms: Binding, moment: datetime) -> bool:
        """Whether nobody can take the customer over at a moment."""
        return self.since <= moment < self.since + timedelta(days=terms.protect_days)

    def is_valid(self, terms: Binding, moment: datetime) -> bool:
        """Whether the binding holds at a moment."""
        return self.since <= moment < self.since + timedelta(days=terms.valid_days)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows: coupon owners, links by code, clicks by visitor (oldest first)."""

    coupons: Mapping[str, int]
    links: Mapping[str, Link]
    clicks: Mapping[str, Sequence[VisitorClick]]


def decide(claims: Claims, known: Known, terms: Attribution, binding: Binding | None = None) -> Decision:
    """Hear every claim, the strongest rule first; the first good one wins and the others lose to it.

    A protected binding stands before codes and clicks, and where the plan says so before coupons; a valid one
    behind all of them. The binder's own claims stand before the bare binding, so that the order has its link.
    """
    heard = [*_by_coupon(claims, known), *_by_code(claims, known), *_by_click(claims, known, terms)]
    if binding is not None and claims.bound is not None:
        heard = _with_binding(heard, claims.bound, binding, claims.placed_at)
    winner = next((candidate for candidate in heard if candidate.verdict is Verdict.WON), None)
    return Decision(
        winner,
        tuple(
            replace(candidate, verdict=Verdict.LOST)
            if candidate.verdict is Verdict.WON and candidate is not winner
            else candidate
            for candidate in heard
        ),
    )


def _with_binding(
    heard: Sequence[Candidate], bound: Bound, terms: Binding, placed_at: datetime
) -> list[Candidate]:
    valid = bound.is_valid(terms, placed_at)
    verdict = Verdict.WON if valid else Verdict.TOO_OLD
    itself = Candidate(Rule.BINDING, "", bound.distributor_id, None, verdict)
    if not bound.is_protected(terms, placed_at):
        return [*heard, itself]
    before = [one for one in heard if one.rule is Rule.COUPON and not terms.before_coupon]
    rest = [one for one in heard if one not in before]
    own = [one for one in rest if one.distributor_id == bound.distributor_id]
    others = [one for one in rest if one.distributor_id != bound.distributor_id]
    return [*before, *own, itself, *others]


def _by_coupon(claims: Claims, known: Known) -> list[Candidate]:
    if not claims.coupon:
        return []
    word = coupon_code(claims.coupon)
    owner = known.coupons.get(word)
    # A coupon without an owner is the shop's own and no claim; it is kept among the candidates as unknown.
    return [Candidate(Rule.COUPON, word, owner, None, Verdict.WON if owner is not None else Verdict.UNKNOWN)]


def _by_code(claims: Claims, known: Known) -> list[Candidate]:
    if not claims.code:
        return []
    word = read_code(claims.code)
    link = known.links.get(word) if word else None
    if link is None:
        return [Candidate(Rule.CODE, (word or claims.code)[:40], None, None, Verdict.UNKNOWN)]
    verdict = Verdict.WON if link.state is LinkState.ACTIVE else Verdict.PAUSED
    return [Candidate(Rule.CODE, link.code, link.distributor_id, link.id, verdict)]


def _by_click(claims: Claims, known: Known, terms: Attribution) -> list[Candidate]:
    """Each link that the visitor came by is one candidate, judged by its first or last click as the plan says."""
    last = terms.model is AttributionModel.LAST_CLICK
    rule = Rule.LAST_CLICK if last else Rule.FIRST_CLICK
    opens = claims.placed_at - timedelta(days=terms.window_days)
    clicks = [click for click in known.clicks.get(claims.visitor or "", ()) if click.at <= claims.placed_at]
    inside = [click for click in clicks if click.at > opens]
    seen: set[int] = set()
    candidates = []
    for click in reversed(inside) if last else inside:
        if click.link.id in seen:
            continue
        seen.add(click.link.id)
        verdict = Verdict.WON if click.link.state is LinkState.ACTIVE else Verdict.PAUSED
        candidates.append(Candidate(rule, click.link.code, click.link.distributor_id, click.link.id, verdict))
    for click in clicks:
        if click.link.id not in seen:
            seen.add(click.link.id)
            candidates.append(
                Candidate(rule, click.link.code, click.link.distributor_id, click.link.id, Verdict.TOO_OLD)
            )
    return candidates
