"""A shop's past as the events it would have sent, in order of time, with a count of every treatment."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from pathlib import Path

from bot.imports.cancellations import Refund, match_cancellations
from bot.imports.events import ShopEventJson, paid_event, refunded_event
from bot.imports.invoices import Invoice, Ledger, gather
from bot.imports.order_lines import LineKind
from bot.imports.order_map import OrderMap, Treatment
from bot.imports.tables import BadRow


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """Gives each customer one of these codes for ever, for rehearsals with a history that has no links."""

    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.codes:
            raise ValueError("spreading orders over links needs at least one code")

    def code_for(self, customer_or_invoice: str) -> str:
        """CRC-32 of the UTF-8 text, modulo the number of different codes, picks from them sorted as text."""
        codes = sorted(set(self.codes))
        return codes[zlib.crc32(customer_or_invoice.encode()) % len(codes)]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of an export. The line counts, bad rows included, sum to its rows."""

    orders: int
    refunds_of_orders: int
    refunds_without_order: int
    goods_lines: int
    postage_lines: int
    refunded_lines: int
    refunded_lines_without_order: int
    cancelled_postage_lines: int
    adjustment_lines: int
    zero_quantity_lines: int
    negative_price_lines: int
    negative_stock_lines: int
    cancel_above_zero_lines: int
    zero_price_lines: int
    lines_without_customer_dropped: int
    bad_rows: int
    orders_without_goods: int
    cancels_without_goods: int
    orders_without_customer: int
    orders_with_repeated_sku: int
    invoices_with_several_times: int
    skus: int
    skus_that_differ_only_in_case: int


@dataclass(frozen=True, slots=True)
class Events:
    """The events in order of time, made while one walks over them; their number is known before."""

    orders: Sequence[Invoice]
    refunds: Sequence[Refund]
    order_map: OrderMap
    codes: CodeChoice | None

    def __len__(self) -> int:
        return len(self.orders) + len(self.refunds)

    def __iter__(self) -> Iterator[ShopEventJson]:
        return merge(self._paid(), self._refunded(), key=_moment)

    def _paid(self) -> Iterator[ShopEventJson]:
        for order in self.orders:
            spread = self.codes.code_for(order.customer or order.number) if self.codes else None
            yield paid_event(order, order.code or spread, self.order_map)

    def _refunded(self) -> Iterator[ShopEventJson]:
        for refund in self.refunds:
            yield refunded_event(refund, self.order_map)


@dataclass(frozen=True, slots=True)
class History:
    """An export, read: events in order of (time, invoice number), counts, and the rows left out."""

    events: Events
    counts: Counts
    bad_rows: tuple[BadRow, ...]


def read_history(path: Path, order_map: OrderMap, codes: CodeChoice | None = None) -> History:
    """Read an order export through its map. Raises TableError for an unreadable file or wrong columns.

    An order's `code` is the shop's own where the map names such a column; else, with `codes`, the one chosen
    for its customer, or for its invoice number where there is no customer; else none.
    """
    ledger = gather(path, order_map)
    keep_all = order_map.without_customer is Treatment.KEEP
    sales = [order for order in ledger.sales if keep_all or order.customer is not None]
    refunds = match_cancellations(sales, ledger.cancels)
    counts = _count(ledger, sales, refunds)
    return History(Events(sales, refunds, order_map, codes), counts, ledger.bad_rows)


def _moment(event: ShopEventJson) -> str:
    return event["occurred_at"]


def _count(ledger: Ledger, sales: Sequence[Invoice], refunds: Sequence[Refund]) -> Counts:
    kinds = ledger.line_kinds
    goods = sum(len(order.lines) for order in sales)
    skus = {line.sku for order in sales for line in order.lines}
    spellings = Counter(sku.casefold() for sku in skus)
    lost = sum(len(refund.lines) for refund in refunds if not refund.found)
    return Counts(
        orders=len(sales),
        refunds_of_orders=sum(refund.found for refund in refunds),
        refunds_without_order=sum(not refund.found for refund in refunds),
        goods_lines=goods,
        postage_lines=kinds[LineKind.POSTAGE],
        refunded_lines=kinds[LineKind.CANCELLED_GOODS] - lost,
        refunded_lines_without_order=lost,
        cancelled_postage_lines=kinds[LineKind.CANCELLED_POSTAGE],
        adjustment_lines=kinds[LineKind.ADJUSTMENT],
        zero_quantity_lines=kinds[LineKind.ZERO_QUANTITY],
        negative_price_lines=kinds[LineKind.NEGATIVE_PRICE],
        negative_stock_lines=kinds[LineKind.NEGATIVE_STOCK],
        cancel_above_zero_lines=kinds[LineKind.CANCEL_ABOVE_ZERO],
        zero_price_lines=kinds[LineKind.ZERO_PRICE],
        lines_without_customer_dropped=kinds[LineKind.GOODS] - goods,
        bad_rows=len(ledger.bad_rows),
        orders_without_goods=ledger.sales_without_goods,
        cancels_without_goods=ledger.cancels_without_goods,
        orders_without_customer=sum(order.customer is None for order in sales),
        orders_with_repeated_sku=sum(
            len({line.sku for line in order.lines}) < len(order.lines) for order in sales
        ),
        invoices_with_several_times=ledger.invoices_with_several_times,
        skus=len(skus),
        skus_that_differ_only_in_case=sum(spellings[sku.casefold()] > 1 for sku in skus),
    )
