"""What a chat handler is given and gives back: it reads and writes the store, and sends nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.card import Card, Toast
from bot.cards.posters import PosterWish
from bot.context import ChatContext
from bot.voice.catalogue import Voice
from models.errors import DomainError, NotFound
from models.people.distributors import Distributor, places
from models.people.merchants import Merchant
from models.people.persons import Person, choose_merchant

_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Visit:
    """One update of one person, inside its transaction. `subject` is what a button, command or link names."""

    context: ChatContext
    session: AsyncSession
    person: Person
    voice: Voice
    now: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person gets once the transaction is committed: a toast, then a card, then perhaps a poster."""

    card: Card | None = None
    toast: Toast | None = None
    poster: PosterWish | None = None


Screen = Callable[[Visit], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place at one merchant."""

    merchant: Merchant
    distributor: Distributor


class NoSeat(DomainError):
    """The person promotes no shop yet."""

    code = "no_seat"

    def __init__(self) -> None:
        super().__init__("You have not joined a shop yet.")


async def seats(visit: Visit) -> list[Seat]:
    """Every shop that the person belongs to, the current one first. Raises NoSeat."""
    found = [Seat(*place) for place in await places(visit.session, visit.person.id)]
    if not found:
        raise NoSeat
    return sorted(found, key=lambda seat: seat.merchant.id != visit.person.current_merchant_id)


async def current_seat(visit: Visit) -> Seat:
    """The shop that the person looks at. Raises NoSeat."""
    return (await seats(visit))[0]


async def take_seat(visit: Visit, seat: Seat) -> None:
    """What is shown from now on is this shop's."""
    if visit.person.current_merchant_id != seat.merchant.id:
        await choose_merchant(visit.session, visit.person.id, seat.merchant.id)


def read_key(text: str, noun: str) -> int:
    """A key out of a button, which may be old, foreign or made up. Raises NotFound."""
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > _LARGEST_KEY:
        raise NotFound(noun, text)
    return int(text[:20])
