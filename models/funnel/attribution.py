"""Whose order it is: decided once, when the order is placed, and stored with the losers (business.md 3).

Precedence: a coupon that belongs to a distributor → the `code` in the order → the visitor's click
inside the window. (A binding will stand after the coupon.) Pure: what is known comes in, a decision
goes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.catalog.coupons import coupon_code
from models.funnel.clicks import VisitorClick
from models.funnel.links import Link, LinkState, read_code
from models.plans.document import Attribution, AttributionModel


class Rule(StrEnum):
    COUPON = "coupon"
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


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows: coupon owners, links by code, clicks by visitor (oldest first)."""

    coupons: Mapping[str, int]
    links: Mapping[str, Link]
    clicks: Mapping[str, Sequence[VisitorClick]]


def decide(claims: Claims, known: Known, terms: Attribution) -> Decision:
    """Hear every claim, the strongest rule first; the first good one wins and the others lose to it."""
    heard = [*_by_coupon(claims, known), *_by_code(claims, known), *_by_click(claims, known, terms)]
    winner: Candidate | None = None
    candidates = []
    for candidate in heard:
        if candidate.verdict is not Verdict.WON:
            candidates.append(candidate)
        elif winner is None:
            winner = candidate
            candidates.append(candidate)
        else:
            candidates.append(
                Candidate(
                    candidate.rule, candidate.word, candidate.distributor_id, candidate.link_id, Verdict.LOST
                )
            )
    return Decision(winner, tuple(candidates))


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
