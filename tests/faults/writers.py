"""Child processes for the faults' tests: `python -m tests.faults.writers JOB URL …`.

Each says `ready`, waits for a line on stdin, and then does its job, so that several start as one.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from models.people.merchants import lock_merchant
from models.store.deployment import Kept
from models.store.engine import Store, async_url
from models.store.migrate import migrate
from models.store.sql import table_of

COUNTER = "counter"


def start_signal() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


async def add_one(session: AsyncSession) -> None:
    """Read, add in Python, write: loses updates unless somebody keeps writers apart."""
    table = table_of(Kept)
    value = (await session.execute(select(table.c.value).where(table.c.key == COUNTER))).scalar_one()
    await session.execute(table.update().where(table.c.key == COUNTER).values(value=str(int(value) + 1)))


async def count(url: str, times: str, merchant_id: str) -> None:
    """Count up as the product writes: the store's own transactions, the merchant locked."""
    store = Store(url)
    start_signal()
    try:
        for _ in range(int(times)):
            async with store.write() as session:
                await lock_merchant(session, int(merchant_id))
                await add_one(session)
    finally:
        await store.close()


async def count_unguarded(url: str, times: str, _: str) -> None:
    """The guard: the driver's own transactions and no lock, as a program without our rules would write."""
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    start_signal()
    try:
        for _number in range(int(times)):
            async with AsyncSession(engine) as session, session.begin():
                await add_one(session)
    finally:
        await engine.dispose()


async def bring_up(url: str) -> None:
    """Migrate."""
    start_signal()
    done = await migrate(url)
    print(done.before, done.after, flush=True)


JOBS: dict[str, Callable[..., Awaitable[None]]] = {
    "count": count,
    "count_unguarded": count_unguarded,
    "bring_up": bring_up,
}


async def main() -> None:
    await JOBS[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    asyncio.run(main())
