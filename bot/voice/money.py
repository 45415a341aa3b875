"""Money as people read it: integers in minor units, formatted at this edge alone."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache

from babel.numbers import format_currency, get_currency_symbol

from bot.voice.languages import Language
from models.store.currency import minor_digits

# A shop has one currency, so nobody mistakes its sign (chat.md 2, rule 17).
_OWN_SIGNS = {"CNY": "¥"}


@lru_cache(maxsize=4096)  # the same amounts are shown again and again
def money(minor: int, currency: str, language: Language) -> str:
    """An amount of minor units for people: `¥12.34`, `-£1,200.00`."""
    return format_currency(
        _exact(minor, currency),
        currency,
        format=_pattern(currency, language, minor_digits(currency)),
        locale=language.locale,
        currency_digits=False,
    )


def signed_money(minor: int, currency: str, language: Language) -> str:
    """A change of an amount, with its sign: `+¥12.34`, `-¥12.34`; nothing is `¥0.00`."""
    plus = "+" if minor > 0 else ""
    return plus + money(minor, currency, language)


def approx_money(minor: int, currency: str, language: Language) -> str:
    """An estimate: `≈ ¥8.98`, which no line break parts."""
    return f"≈\N{NO-BREAK SPACE}{money(minor, currency, language)}"


def price_each(price: Decimal, currency: str, language: Language) -> str:
    """A price for one piece, which may be finer than what can be paid: `£2.55`, `£0.3333`."""
    exponent = price.normalize().as_tuple().exponent
    finer = -exponent if isinstance(exponent, int) else 0
    return format_currency(
        price,
        currency,
        format=_pattern(currency, language, max(finer, minor_digits(currency))),
        locale=language.locale,
        currency_digits=False,
    )


def _exact(minor: int, currency: str) -> Decimal:
    # From digits and exponent: arithmetic would round to the thread's decimal context.
    digits = tuple(int(digit) for digit in str(abs(minor)))
    return Decimal((int(minor < 0), digits, -minor_digits(currency)))


@cache
def _pattern(currency: str, language: Language, digits: int) -> str:
    """The pattern that both languages use, with so many decimals and a gap after a sign of letters."""
    sign = _OWN_SIGNS.get(currency) or get_currency_symbol(currency, locale=language.locale)
    gap = "\N{NO-BREAK SPACE}" if sign[-1].isalpha() else ""
    shown = sign if currency in _OWN_SIGNS else "¤"
    return f"{shown}{gap}#,##0" + ("." + "0" * digits if digits else "")
