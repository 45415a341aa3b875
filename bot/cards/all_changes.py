"""Every difference between two plans, page by page, where the card that tells of them has room for the first only."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.plan_changes import Setting, change_words
from bot.cards.words import back_button, home_button
from bot.voice.catalogue import Voice
from models.plans.changes import Change

PAGE = 10


def all_changes_button(place: str, count: int, voice: Voice) -> Tap:
    """The way to them; `place` names whose they are, such as `terms:all:7`."""
    return Tap(voice.plain("🔍 All changes ({n})", n=count), f"{place}:0")


def all_changes_card(
    changes: Sequence[Change], setting: Setting, page: int, *, place: str, back: str, voice: Voice
) -> Card:
    """One page of them, counted from 0; one that is not there (an old button's) is the nearest that is."""
    pages = max((len(changes) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 0), pages - 1)
    head = voice.say(
        "🔍 <b>All changes</b>: page {page} of {pages}, {n} in all",
        page=page + 1,
        pages=pages,
        n=len(changes),
    )
    shown = [change_words(change, setting, voice) for change in changes[page * PAGE : (page + 1) * PAGE]]
    turns: list[Tap] = []
    if page:
        turns.append(Tap(voice.plain("◀ Page before"), f"{place}:{page - 1}"))
    if page + 1 < pages:
        turns.append(Tap(voice.plain("Next ▶"), f"{place}:{page + 1}"))
    rows: list[Row] = [tuple(turns)] if turns else []
    return Card(Markup("\n").join([head, *shown]), (*rows, (back_button(back, voice), home_button(voice))))
