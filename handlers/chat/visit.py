"""What a chat handler is given and gives back: it reads and writes the store, and sends nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.card import Card, Toast
from bot.context import ChatContext
from bot.voice.catalogue import Voice
from handlers.chat.errands import Errand
from models.errors import DomainError, NotFound
from models.people.distributors import Distributor, places
from models.people.merchants import Merchant
from models.people.persons import Person, choose_merchant

_LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture or file that the person sent: the chat server's id of it and, of a file, its name."""

    file_id: str
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One update of one person, inside its transaction. `subject` is what a button, command or link names.

    `text` and `upload` are there when the person answers a question.
    """

    context: ChatContext
    session: AsyncSession
    person: Person
    voice: Voice
    now: datetime
    subject: str
    text: str = ""
    upload: Upload | None = None
    tapped: int | None = None
    """The message whose button was tapped: the answer's card takes its place."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person gets once the transaction is committed: a toast, a card, then what takes longer.

    `anew`: the card comes as a message of its own, for the one that was tapped is to stay.
    """

    card: Card | None = None
    toast: Toast | None = None
    errand: Errand | None = None
    anew: bool = False


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
