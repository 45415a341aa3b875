"""A bank that pays whatever it is told of, as often as it is told, and may drop the line instead of answering."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from models.money.payouts import PayoutAnswer, PayoutOrder, Sent


@dataclass
class Bank:
    """What it paid: references and minor units, in order."""

    port: int = 0
    drops_the_line: bool = False
    paid: list[tuple[str, int]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One order a connection."""
        reference, amount = (await reader.readline()).decode().split()
        self.paid.append((reference, int(amount)))
        if not self.drops_the_line:
            writer.write(f"B-{len(self.paid)}\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def open_bank(*, drops_the_line: bool = False) -> AsyncIterator[Bank]:
    """A bank on a port of its own."""
    bank = Bank(drops_the_line=drops_the_line)
    server = await asyncio.start_server(bank.serve, "127.0.0.1", 0)
    bank.port = server.sockets[0].getsockname()[1]
    async with server:
        yield bank


@dataclass(frozen=True)
class Teller:
    """The provider that speaks with it."""

    port: int
    name: str = "bank"
    patience: timedelta = timedelta(seconds=20)

    async def pay(self, order: PayoutOrder) -> PayoutAnswer:
        """Send the order and wait for the answer. Raises when there is none."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"{order.reference} {order.amount_minor}\n".encode())
        await writer.drain()
        said = (await reader.readline()).decode().strip()
        writer.close()
        if not said:
            raise ConnectionResetError("the bank dropped the line")
        return Sent(said)
