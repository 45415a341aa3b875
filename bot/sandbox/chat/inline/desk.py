"""Queries that wait for the bot, answers that are kept, and the names of messages sent through it."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.sandbox.chat.inline.result import InlineAnswer, InlineResult
from bot.sandbox.chat.refusals import OLD_QUERY, bad_request
from bot.sandbox.wire import random_name

LIFETIME = 10.0
"""Seconds in which a query can be answered."""
NAME = re.compile(r"^[A-Za-z0-9_-]{27,64}$")
"""The form of an inline_message_id."""


@dataclass(slots=True)
class InlineQuery:
    """What one person typed after the bot's name in one chat."""

    id: str
    person_id: int
    chat_id: int
    text: str
    offset: str
    chat_type: str
    at: float
    answered: asyncio.Future[InlineAnswer]

    @property
    def answer(self) -> InlineAnswer | None:
        """The bot's answer, once it is there."""
        return self.answered.result() if self.answered.done() else None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that one person may send to chats of some kinds until a time."""

    person_id: int
    result: InlineResult
    kinds: frozenset[str]
    until: float


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: InlineAnswer
    until: float


@dataclass(slots=True)
class InlineDesk:
    """Everything of inline mode that outlives one request."""

    _queries: dict[str, InlineQuery] = field(default_factory=dict)
    _cache: dict[tuple[int, str, str, str], _Kept] = field(default_factory=dict)
    """By person (0 for everybody), type of chat, text and offset."""
    _messages: dict[str, tuple[int, int]] = field(default_factory=dict)
    _prepared: dict[str, Prepared] = field(default_factory=dict)
    _apps: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Person and chat of an opened Mini App, by the number that it may answer once."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def open(
        self, person_id: int, chat_id: int, text: str, offset: str, chat_type: str, now: float
    ) -> InlineQuery:
        """A person's query; it is answered at once if an answer to the same words is kept."""
        number = f"{person_id}{next(self._numbers):09d}"
        answered: asyncio.Future[InlineAnswer] = asyncio.get_running_loop().create_future()
        query = InlineQuery(number, person_id, chat_id, text, offset, chat_type, now, answered)
        self._queries[number] = query
        kept = self._kept(query, now)
        if kept is not None:
            answered.set_result(kept)
        return query

    def query(self, number: str) -> InlineQuery | None:
        """A query by its number."""
        return self._queries.get(number)

    def answer(self, number: str, answer: InlineAnswer, now: float) -> InlineQuery:
        """Answer a query; raises 400 when it is unknown, answered or too old."""
        query = self._queries.get(number)
        if query is None or query.answered.done() or now - query.at > LIFETIME:
            raise bad_request(OLD_QUERY)
        told = replace(answer, results=tuple(replace(result, query=query.text) for result in answer.results))
        if told.cache_time > 0:
            # Whoever types the same words is shown this answer, unless it is for one person alone.
            owner = query.person_id if told.is_personal else 0
            self._cache[_words(owner, query)] = _Kept(told, now + told.cache_time)
        query.answered.set_result(told)
        return query

    def result(self, query: InlineQuery, result_id: str) -> InlineResult | None:
        """One of the results that a query was answered with."""
        results = query.answer.results if query.answer else ()
        return next((result for result in results if result.id == result_id), None)

    def new_name(self) -> str:
        """A new inline_message_id."""
        return f"AgAAA{random_name(27)}"

    def remember(self, name: str, chat_id: int, message_id: int) -> None:
        """Note which message a name means."""
        self._messages[name] = (chat_id, message_id)

    def find(self, name: str) -> tuple[int, int]:
        """Chat and message of a name; raises 400 for an unknown one."""
        if not NAME.match(name):
            raise bad_request("invalid inline message identifier specified")
        found = self._messages.get(name)
        if found is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return found

    def prepare(self, prepared: Prepared) -> str:
        """Keep a prepared message; its number is what a Mini App hands to the client."""
        number = random_name(16)
        self._prepared[number] = prepared
        return number

    def prepared(self, number: str) -> Prepared | None:
        """A prepared message by its number."""
        return self._prepared.get(number)

    def open_app(self, person_id: int, chat_id: int) -> str:
        """Note that somebody opened a Mini App; the number lets it send one message for them."""
        number = f"AA{random_name(22)}"
        self._apps[number] = (person_id, chat_id)
        return number

    def close_app(self, number: str) -> tuple[int, int]:
        """Take the right to answer: person and chat; raises 400 when there is none."""
        found = self._apps.pop(number, None)
        if found is None:
            raise bad_request(OLD_QUERY)
        return found

    def _kept(self, query: InlineQuery, now: float) -> InlineAnswer | None:
        for owner in (query.person_id, 0):
            kept = self._cache.get(_words(owner, query))
            if kept is not None and now < kept.until:
                return kept.answer
        return None


def _words(owner: int, query: InlineQuery) -> tuple[int, str, str, str]:
    """What is the same query: spaces around it don't matter, where it was typed does."""
    return (owner, query.chat_type, query.text.strip(), query.offset)
