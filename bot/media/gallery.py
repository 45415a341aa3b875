"""Products' pictures: where they are, and the latest of those at shops' own addresses, fetched once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.media.errors import MediaError
from bot.media.fetch import PictureFetcher
from bot.media.pictures import take_in
from models.catalog.pictures import picture_content
from models.catalog.products import Product
from models.people.merchants import Merchant
from models.store.engine import Store

log = structlog.get_logger(__name__)

FETCH_SECONDS: Final = 4.0
"""How long somebody waits for a card because of its picture."""
MISSING_FOR: Final = timedelta(minutes=10)
KEPT_BYTES: Final = 12 * 1024 * 1024

_Wanted = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shot:
    """Where one product's picture is: our own number of it, or an address at one of the shop's hosts."""

    merchant_id: int
    picture_id: int | None
    address: str
    hosts: tuple[str, ...]

    @property
    def key(self) -> str:
        """What names the picture at the chat server."""
        if self.picture_id is not None:
            return f"picture:{self.picture_id}"
        return f"picture:{hashlib.blake2b(self.address.encode(), digest_size=20).hexdigest()}"


def shot_of(merchant: Merchant, product: Product) -> Shot | None:
    """The product's picture; None for a product without one."""
    if product.picture_id is None and not product.image:
        return None
    return Shot(merchant.id, product.picture_id, product.image or "", merchant.picture_hosts)


class Gallery:
    """Pictures by address, re-encoded; bounded by their bytes. Many who ask at once are one who asks.

    What can't be had is remembered by address and allowed hosts: another shop may have it from its own.
    """

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._missing: dict[_Wanted, datetime] = {}
        self._fetching: dict[_Wanted, asyncio.Task[bytes | None]] = {}
        self._set_aside: dict[str, datetime] = {}

    async def picture(self, address: str, hosts: Iterable[str], now: datetime) -> bytes | None:
        """The picture as our own JPEG; None when it can't be had now, which is logged once in a while."""
        kept = self._pictures.get(address)
        if kept is not None:
            self._pictures.move_to_end(address)
            return kept
        self._missing = {
            each: since for each, since in self._missing.items() if abs(now - since) < MISSING_FOR
        }
        wanted = (address, tuple(hosts))
        if wanted in self._missing:
            return None
        fetching = self._fetching.get(wanted)
        if fetching is None:
            fetching = self._fetching[wanted] = asyncio.create_task(self._fetched(wanted, now))
        # Whoever gives up waiting leaves the others their picture.
        return await asyncio.shield(fetching)

    async def _fetched(self, wanted: _Wanted, now: datetime) -> bytes | None:
        address, hosts = wanted
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                content = await asyncio.to_thread(take_in, await PictureFetcher(hosts).fetch(address))
        except (MediaError, TimeoutError) as error:
            log.warning("picture.not_had", address=address, reason=str(error) or "too slow")
            self._missing[wanted] = now
            return None
        finally:
            del self._fetching[wanted]
        self._keep(address, content)
        return content

    async def developed(self, store: Store, shot: Shot | None, now: datetime) -> bytes | None:
        """A product's picture; None when there is none, or none to be had now."""
        if shot is None:
            return None
        if shot.picture_id is None:
            return await self.picture(shot.address, shot.hosts, now)
        async with store.read() as session:
            return await picture_content(session, shot.merchant_id, shot.picture_id)

    def set_aside(self, shot: Shot, now: datetime) -> None:
        """The chat server refuses this picture: others have their turn first."""
        self._set_aside = {
            key: since for key, since in self._set_aside.items() if abs(now - since) < MISSING_FOR
        }
        self._set_aside[shot.key] = now

    def lacks(self, shot: Shot, now: datetime) -> bool:
        """Whether a picture was looked for in vain, or set aside, a moment ago."""
        tried = [self._set_aside.get(shot.key)]
        if shot.picture_id is None:
            tried.append(self._missing.get((shot.address, shot.hosts)))
        return any(since is not None and abs(now - since) < MISSING_FOR for since in tried)

    def _keep(self, address: str, content: bytes) -> None:
        self._held_bytes += len(content) - len(self._pictures.pop(address, b""))
        self._pictures[address] = content
        while self._held_bytes > self._most_bytes and len(self._pictures) > 1:
            _, dropped = self._pictures.popitem(last=False)
            self._held_bytes -= len(dropped)
