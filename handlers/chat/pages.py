"""A page of the catalogue behind a cursor out of a button, which may be old, foreign or made up."""

from __future__ import annotations

from handlers.chat.visit import Visit, read_key
from models.catalog.shelves import ProductPage, Shelf, shelf_page
from models.errors import NotFound

PAGE = 6
"""Products on one card."""


async def page_behind(visit: Visit, merchant_id: int, shelf: Shelf, cursor: str) -> tuple[ProductPage, bool]:
    """The page, and whether it is the first: that one stands in where nothing is behind the cursor any more."""
    found = await _behind(visit, merchant_id, shelf, cursor) if cursor else None
    if found is not None and found.items:
        return found, False
    return await shelf_page(visit.session, merchant_id, shelf, None, PAGE), True


async def _behind(visit: Visit, merchant_id: int, shelf: Shelf, cursor: str) -> ProductPage | None:
    try:
        read_key(cursor, "product")
        return await shelf_page(visit.session, merchant_id, shelf, cursor, PAGE)
    except NotFound:
        return None
