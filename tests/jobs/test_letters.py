"""Letters are written for a windowful at once, each as if it were alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncSession

from jobs.letters import Later, Letter, write_letters
from models.people.persons import choose_language, mark_unreachable
from models.store.engine import Store
from models.store.outbox import NoticeKind
from tests.builders import Shop
from tests.jobs.letters import all_notices, queue


@contextmanager
def statements(session: AsyncSession) -> Iterator[list[str]]:
    """What is asked of the session's store meanwhile."""
    asked: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def written(letters: Mapping[int, Letter | Later]) -> dict[int, Letter]:
    """Those that go out now."""
    return {key: letter for key, letter in letters.items() if isinstance(letter, Letter)}


async def test_many_letters_take_no_more_statements_than_one(shop: Shop, store: Store) -> None:
    people = [await shop.person(number) for number in range(1, 31)]
    await queue(shop, people, kind=NoticeKind.RELEASED)
    notices = list((await all_notices(store)).values())

    async with store.read() as session:
        with statements(session) as for_one:
            await write_letters(session, notices[:1], shop.now)
        with statements(session) as for_many:
            letters = await write_letters(session, notices, shop.now)

    assert {letter.chat_id for letter in written(letters).values()} == set(range(1, 31))
    assert [asked for asked in for_one if asked.startswith("SELECT")]
    assert len(for_many) <= len(for_one)


async def test_each_reader_gets_their_own_language_and_nobody_unreachable_gets_any(
    shop: Shop, store: Store
) -> None:
    english, chinese, away = [await shop.person(number) for number in (1, 2, 3)]
    async with store.write() as session:
        await choose_language(session, chinese.id, "zh")
        await mark_unreachable(session, away.id, shop.now)
    await queue(shop, [english, chinese, away])
    notices = await all_notices(store)

    async with store.read() as session:
        letters = await write_letters(session, list(notices.values()), shop.now)

    assert set(letters) == {notices["n:1"].id, notices["n:2"].id}
    assert "Your balance" in str(written(letters)[notices["n:1"].id].card.text)
    assert "Your balance" not in str(written(letters)[notices["n:2"].id].card.text)
