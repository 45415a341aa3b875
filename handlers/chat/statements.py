"""Statements in chat: a month's sums, another month, and the file to keep."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import date

from bot.cards.card import Card, Toast
from bot.cards.statements import (
    MOST_PRINTED,
    StatementForm,
    months_card,
    statement_card,
    statement_columns,
    statement_file_card,
    statement_paper,
    statement_rows,
    too_long_card,
)
from bot.context import ChatContext
from bot.gateway.errors import Then
from bot.gateway.gateway import Work
from bot.gateway.speed import Lane
from bot.media.papers import printed
from bot.media.sheets import SheetForm, sheet
from bot.voice.catalogue import Voice
from handlers.chat.errands import Place
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key, seats, take_seat
from models.errors import NotFound
from models.money.statements import Statement, statement
from models.plans.periods import day_of

MONTHS = 12
"""How many months there are to choose from."""
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


async def show(visit: Visit) -> Answer:
    """This month, at the current shop."""
    return await _month(visit, await current_seat(visit), None)


async def show_of(visit: Visit) -> Answer:
    """This month, at the shop that a notice came from."""
    return await _month(visit, await _seat(visit, visit.subject), None)


async def show_month(visit: Visit) -> Answer:
    """One month; `subject` is the month and the shop."""
    month, _, shop = visit.subject.partition(":")
    return await _month(visit, await _seat(visit, shop), _first_of(month))


async def pick(visit: Visit) -> Answer:
    """Which month."""
    seat = await _seat(visit, visit.subject)
    return Answer(months_card(_months(visit, seat)[:MONTHS], seat.merchant.id, visit.voice))


async def make_file(visit: Visit) -> Answer:
    """A month as a file, as a message of its own; `subject` is form, month and shop."""
    form, _, rest = visit.subject.partition(":")
    month, _, shop = rest.partition(":")
    if form not in set(StatementForm):
        raise NotFound("form", form)
    seat = await _seat(visit, shop)
    found = await _statement(visit, seat, _first_of(month))
    wish = StatementFile(found, seat.merchant.id, StatementForm(form))
    return Answer(toast=Toast(visit.voice.plain("⏳ Writing your file…")), errand=wish, anew=True)


async def _seat(visit: Visit, shop: str) -> Seat:
    """The person's place at a shop that a button names, which becomes the current one. Raises NotFound."""
    wanted = read_key(shop, "shop")
    for seat in await seats(visit):
        if seat.merchant.id == wanted:
            await take_seat(visit, seat)
            return seat
    raise NotFound("shop", shop)


async def _month(visit: Visit, seat: Seat, month: date | None) -> Answer:
    months = _months(visit, seat)
    found = await _statement(visit, seat, month or months[0])
    shown = sorted({*months[:2], found.first}, reverse=True)
    return Answer(statement_card(found, shown, seat.merchant.id, visit.voice))


async def _statement(visit: Visit, seat: Seat, month: date) -> Statement:
    return await statement(visit.session, seat.merchant, seat.distributor, month, _next(month), visit.now)


def _months(visit: Visit, seat: Seat) -> list[date]:
    """The first days of the months so far, this one first."""
    first = day_of(visit.now, seat.merchant.zone).replace(day=1)
    months = [first]
    while len(months) < MONTHS:
        number = months[-1].year * 12 + months[-1].month - 2
        months.append(date(number // 12, number % 12 + 1, 1))
    return months


def _next(month: date) -> date:
    number = month.year * 12 + month.month
    return date(number // 12, number % 12 + 1, 1)


def _first_of(month: str) -> date:
    found = _MONTH.fullmatch(month)
    if found is None:
        raise NotFound("month", month)
    return date(int(found[1]), int(found[2]), 1)


@dataclass(frozen=True, slots=True)
class StatementFile:
    """The errand of writing a statement down; what it says was read with the tap."""

    statement: Statement
    shop_id: int
    form: StatementForm

    @property
    def key(self) -> str:
        """One file of a form and month at a time."""
        return f"statement:{self.shop_id}:{self.statement.distributor}:{self.form}:{self.statement.first}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Write and send it. Beside the loop, as exports are."""
        await context.gateway.working(place.chat_id, Work.FILE)
        card = await asyncio.to_thread(self._card, voice)
        outcome = await context.gateway.send(place.chat_id, card, lane=Lane.REPLY)
        return outcome.then is Then.DONE

    def _card(self, voice: Voice) -> Card:
        entries = sum(len(section.entries) for section in self.statement.sections)
        if self.form is StatementForm.CSV:
            rows = list(statement_rows(self.statement, voice))
            content = sheet(SheetForm.CSV, statement_columns(voice), rows)
        elif entries > MOST_PRINTED:
            return too_long_card(self.shop_id, self.statement, voice)
        else:
            content = printed(statement_paper(self.statement, voice))
        return statement_file_card(self.statement, content, self.form, voice)
