"""Money as people and interfaces read it: integers in minor units, formatted at this edge alone."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from babel.numbers import format_currency, get_currency_symbol

from bot.voice.languages import Language

# ISO 4217 list one. Babel's own digits are CLDR's habits of cash (HUF, IQD and others differ), which a ledger
# can't use. What isn't named has two.
_WITHOUT_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"}
    | {"XAF", "XOF", "XPF"}
)
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_FOUR_DECIMALS = frozenset({"CLF", "UYW"})

# A shop has one currency, so nobody mistakes its sign (chat.md 2, rule 17).
_OWN_SIGNS = {"CNY": "¥"}

_LARGEST_MINOR = 2**63 - 1


class UnreadableAmount(ValueError):
    """The text is not an amount in this currency."""

    def __init__(self, text: str, currency: str) -> None:
        self.text = text
        self.currency = currency
        digits = minor_digits(currency)
        super().__init__(f"{text[:40]!r} is not an amount of {currency} with at most {digits} decimals")


def minor_digits(currency: str) -> int:
    """Decimals of a currency (ISO 4217 code, upper case): 2 for CNY, 0 for JPY, 3 for KWD."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    return 4 if currency in _FOUR_DECIMALS else 2


def money(minor: int, currency: str, language: Language) -> str:
    """An amount of minor units for people: `¥12.34`, `-£1,200.00`."""
    return format_currency(
        _exact(minor, currency),
        currency,
        format=_pattern(currency, language),
        locale=language.locale,
        currency_digits=False,
    )


def signed_money(minor: int, currency: str, language: Language) -> str:
    """A change of an amount, with its sign: `+¥12.34`, `-¥12.34`; nothing is `¥0.00`."""
    plus = "+" if minor > 0 else ""
    return plus + money(minor, currency, language)


def approx_money(minor: int, currency: str, language: Language) -> str:
    """An estimate: `≈ ¥8.98`."""
    return f"≈ {money(minor, currency, language)}"


def amount_string(minor: int, currency: str) -> str:
    """An amount for interfaces and files: `12.34`, `-0.05`, always with all the currency's decimals."""
    return f"{_exact(minor, currency):f}"


def minor_units(text: str, currency: str) -> int:
    """Minor units of `12.34`: ASCII digits, at most the currency's decimals, no sign but `-`, 64 bits.

    Raises UnreadableAmount.
    """
    found = re.fullmatch(r"(-?)([0-9]{1,19})(?:\.([0-9]+))?", text)
    if found is None:
        raise UnreadableAmount(text, currency)
    sign, whole, fraction = found[1], found[2], found[3] or ""
    digits = minor_digits(currency)
    if len(fraction) > digits:
        raise UnreadableAmount(text, currency)
    minor = int(sign + whole + fraction.ljust(digits, "0"))
    if abs(minor) > _LARGEST_MINOR:
        raise UnreadableAmount(text, currency)
    return minor


def _exact(minor: int, currency: str) -> Decimal:
    # From digits and exponent: arithmetic would round to the thread's decimal context.
    digits = tuple(int(digit) for digit in str(abs(minor)))
    return Decimal((int(minor < 0), digits, -minor_digits(currency)))


@cache
def _pattern(currency: str, language: Language) -> str:
    """The pattern that both languages use, with the currency's decimals and a gap after a sign of letters."""
    sign = _OWN_SIGNS.get(currency) or get_currency_symbol(currency, locale=language.locale)
    gap = "\N{NO-BREAK SPACE}" if sign[-1].isalpha() else ""
    shown = sign if currency in _OWN_SIGNS else "¤"
    digits = minor_digits(currency)
    return f"{shown}{gap}#,##0" + ("." + "0" * digits if digits else "")
