"""Integer money: minor units of an ISO 4217 currency, and exact ways in and out of it (business.md 2)."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal
from functools import cache

from babel.numbers import list_currencies

from models.errors import Invalid

# ISO 4217 list one. Babel's own digits are CLDR's habits of cash (HUF, IQD and others differ), which a ledger
# can't use. What isn't named has two.
_WITHOUT_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"}
    | {"XAF", "XOF", "XPF"}
)
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_FOUR_DECIMALS = frozenset({"CLF", "UYW"})

MOST_MINOR = 10**15
"""No single amount of ours is larger; what is larger is a mistake."""
AMOUNT_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,4})?$"
"""How an amount is written; its digits are ASCII."""
_AMOUNT = re.compile(AMOUNT_PATTERN)


def minor_digits(currency: str) -> int:
    """Decimal places of the currency's minor unit (ISO 4217): 2 for GBP, 0 for JPY, 3 for KWD."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    return 4 if currency in _FOUR_DECIMALS else 2


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def is_currency(code: str) -> bool:
    """Whether this is a currency code that exists, in capitals."""
    return code in _currencies()


def decimal_amount(text: str) -> Decimal:
    """An amount as people write it, `12` or `12.3456`, never negative. Raises Invalid."""
    if not _AMOUNT.fullmatch(text):
        raise Invalid(f'{text!r} is no amount; write it like "12.50", without sign, symbol or separators.')
    return Decimal(text)


def to_minor(text: str, currency: str) -> int:
    """Minor units of an exact amount. Raises Invalid when it has more places than the currency."""
    scaled = decimal_amount(text).scaleb(minor_digits(currency))
    minor = int(scaled)
    if minor != scaled:
        raise Invalid(f"{text} has more decimal places than {currency} knows.")
    if minor > MOST_MINOR:
        raise Invalid(f"{text} {currency} is too large an amount.")
    return minor


def floor_to_minor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount, rounded down: quantity × price is floored once a line."""
    return int(amount.scaleb(minor_digits(currency)).to_integral_value(rounding=ROUND_FLOOR))


def to_decimal(minor: int, currency: str) -> Decimal:
    """The amount as an exact decimal, for spreadsheets."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def amount_text(minor: int, currency: str) -> str:
    """The amount for machines: `-12.50`, always with the currency's places."""
    return format(Decimal(minor).scaleb(-minor_digits(currency)), "f")
