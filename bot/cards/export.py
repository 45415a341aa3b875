"""Everything I earned, as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.cards.card import Card, Picture, Tap
from bot.cards.plan_changes import Setting, selector_words
from bot.cards.words import KINDS, REASONS, STATES, back_button, home_button, period_words, shop_name
from bot.media.sheets import SheetForm, Value
from bot.voice.catalogue import Voice
from bot.voice.moments import stamp
from bot.voice.names import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE
from models.money.commissions import CommissionKind, CommissionState, RateKind
from models.money.export import CommissionExported
from models.money.goodwill import Goodwill
from models.plans.document import PlanDocument
from models.plans.rules import BoostMode, Selector
from models.store.currency import to_decimal

MOST_ROWS = 50_000
"""A file of these is a few megabytes; whoever has more asks the shop."""


class ExportWords:
    """What rows of one shop name by keys, in words: products by their titles, rules as "why this amount" says them.

    `plans` by version; `titles` by product number.
    """

    def __init__(
        self,
        plans: Mapping[int, PlanDocument],
        titles: Mapping[str, str],
        currency: str,
        zone: ZoneInfo,
        voice: Voice,
    ) -> None:
        self.zone, self.voice, self.titles = zone, voice, titles
        self._settings = {
            version: Setting.of(currency, zone, plan, titles=titles) for version, plan in plans.items()
        }
        self._selectors: dict[int, dict[str, Selector]] = {
            version: {rate.rule: rate.selector for rate in plan.rates} for version, plan in plans.items()
        }

    def rule(self, row: CommissionExported) -> str:
        """What the rate is for that made a commission; a bonus or team reward is a rule of its own."""
        if row.rule == "none":
            return self.voice.plain("no rate")
        if row.kind is not CommissionKind.LINE:
            return self.voice.phrase(KINDS[row.kind])
        selector = self._selectors.get(row.plan_version, {}).get(row.rule)
        if selector is None:
            return row.rule
        words = selector_words(selector, self._settings[row.plan_version], self.voice).striptags()
        # A cell holds one text alone, which needs no marks around its names.
        return words.replace(FIRST_STRONG_ISOLATE, "").replace(POP_DIRECTIONAL_ISOLATE, "")


def export_card(orders: bool, voice: Voice) -> Card:  # noqa: FBT001 - a fact, not a mode
    """Which form."""
    if not orders:
        text = voice.say(
            "⬇️ <b>Export</b>\n\nOnce an order came through your links you get them all here as a file. "
            "👉 Share something to begin."
        )
        return Card(text, ((Tap(voice.plain("🛍 Goods"), "goods:open"), back_button("earn:open", voice)),))
    text = voice.say(
        "⬇️ <b>Export</b>\n\nEvery order line, bonus and goodwill of yours with its state, amount and dates. "
        "XLSX opens in any spreadsheet; CSV is for programs."
    )
    forms = (
        Tap(voice.plain("📊 XLSX"), f"export:make:{SheetForm.XLSX}"),
        Tap(voice.plain("📄 CSV"), f"export:make:{SheetForm.CSV}"),
    )
    return Card(text, (forms, (back_button("earn:open", voice), home_button(voice))))


def export_columns(voice: Voice) -> tuple[str, ...]:
    """The head of the table."""
    return (
        voice.plain("Order"),
        voice.plain("Kind"),
        voice.plain("Period"),
        voice.plain("Line"),
        voice.plain("Product"),
        voice.plain("Product title"),
        voice.plain("Quantity"),
        voice.plain("State"),
        voice.plain("Reason"),
        voice.plain("Base"),
        voice.plain("Rate"),
        voice.plain("Promotion"),
        voice.plain("Rule"),
        voice.plain("Cut"),
        voice.plain("Commission"),
        voice.plain("Taken back"),
        voice.plain("Left"),
        voice.plain("Currency"),
        voice.plain("Earned at"),
        voice.plain("Release"),
    )


def export_row(row: CommissionExported, words: ExportWords) -> tuple[Value, ...]:
    """One order line or bonus; times by the shop's clock."""
    voice, zone = words.voice, words.zone
    released = row.released_at or row.release_at
    return (
        row.order_id,
        voice.phrase(KINDS[row.kind]),
        period_words(row.period, voice) if row.period is not None else None,
        row.line_id,
        row.sku,
        words.titles.get(row.sku) if row.sku is not None else None,
        row.quantity,
        voice.phrase(STATES[row.state]),
        voice.phrase(REASONS[row.reason]) if row.reason is not None else None,
        to_decimal(row.base_minor, row.currency),
        row.rate,
        _boost(row, voice),
        words.rule(row),
        to_decimal(row.cut_minor, row.currency),
        to_decimal(row.amount_minor, row.currency),
        to_decimal(row.reversed_minor, row.currency),
        to_decimal(row.net_minor, row.currency),
        row.currency,
        stamp(row.earned_at, zone),
        stamp(released, zone) if released is not None else None,
    )


def goodwill_row(row: Goodwill, currency: str, zone: ZoneInfo, voice: Voice) -> tuple[Value, ...]:
    """What a claim brought, in the same columns; nothing figured it, and nothing is taken back."""
    amount, nothing = to_decimal(row.amount_minor, currency), to_decimal(0, currency)
    known: dict[str, Value] = {
        voice.plain("Order"): row.order_ref,
        voice.plain("Kind"): voice.plain("Goodwill"),
        voice.plain("State"): voice.phrase(STATES[CommissionState.AVAILABLE]),
        voice.plain("Commission"): amount,
        voice.plain("Taken back"): nothing,
        voice.plain("Left"): amount,
        voice.plain("Currency"): currency,
        voice.plain("Earned at"): stamp(row.granted_at, zone),
        voice.plain("Release"): stamp(row.granted_at, zone),
    }
    return tuple(known.get(column) for column in export_columns(voice))


def _boost(row: CommissionExported, voice: Voice) -> str | None:
    """What a promotion paid, a percentage or an amount a piece, and whether beside the rate."""
    if row.boost_rate is None:
        return None
    rate = f"{row.boost_rate}%" if row.boost_kind is RateKind.PERCENT else row.boost_rate
    if row.boost_mode is BoostMode.ADD:
        return voice.plain("{rate} on top", rate=rate)
    return voice.plain("{rate} instead", rate=rate)


def file_card(shop: str, rows: int, content: bytes, form: SheetForm, voice: Voice) -> Card:
    """The file as a message of its own."""
    text = voice.say(
        "⬇️ {lines} at {shop}. Estimates are marked by their state; only what is available can be withdrawn.",
        lines=voice.plural("{n} order line", "{n} order lines", rows),
        shop=shop_name(shop, voice),
    )
    file = Picture(content=content, filename=f"commissions.{form}", as_file=True)
    return Card(text, (), file)


def too_many_card(voice: Voice) -> Card:
    """More than fits a chat."""
    text = voice.say(
        "⬇️ You have more than {n} order lines: the shop can export them for you.", n=f"{MOST_ROWS:,}"
    )
    return Card(text, ((back_button("earn:open", voice), home_button(voice)),))
