"""Money as people type it: `50`, `£50`, `50 GBP`, `￥50`, `50元`, `1,000.00`; exact, or refused."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from babel.numbers import get_currency_symbol

from bot.voice.languages import Language
from models.errors import Invalid
from models.store.currency import is_currency, minor_digits, to_minor

_DOLLARS: Final = frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"})
_SIGNS: Final[dict[str, frozenset[str]]] = {
    "£": frozenset({"GBP"}),
    "€": frozenset({"EUR"}),
    "$": _DOLLARS,
    "us$": frozenset({"USD"}),
    "hk$": frozenset({"HKD"}),
    "nt$": frozenset({"TWD"}),
    "a$": frozenset({"AUD"}),
    "c$": frozenset({"CAD"}),
    "s$": frozenset({"SGD"}),
    "¥": frozenset({"CNY", "JPY"}),
    "₩": frozenset({"KRW"}),
    "₹": frozenset({"INR"}),
    "₽": frozenset({"RUB"}),
    "฿": frozenset({"THB"}),
    "₫": frozenset({"VND"}),
    "₱": frozenset({"PHP"}),
    "rmb": frozenset({"CNY"}),
    "人民币": frozenset({"CNY"}),
    "元": frozenset({"CNY", "HKD", "TWD"}),
    "块": frozenset({"CNY", "HKD", "TWD"}),
    "円": frozenset({"JPY"}),
    "日元": frozenset({"JPY"}),
    "英镑": frozenset({"GBP"}),
    "镑": frozenset({"GBP"}),
    "欧元": frozenset({"EUR"}),
    "美元": frozenset({"USD"}),
    "美金": frozenset({"USD"}),
    "港元": frozenset({"HKD"}),
    "港币": frozenset({"HKD"}),
    "新台币": frozenset({"TWD"}),
}
"""What stands before or behind an amount, in its plain form, and whose it may be."""
_SIGNED = re.compile(r"(?P<before>[^\d]*?)\s*(?P<number>\d(?:[\d., ]*\d)?)\s*(?P<after>[^\d]*)")
_GROUPED = re.compile(r"\d{1,3}(?P<gap>[ ,.])\d{3}(?:(?P=gap)\d{3})*(?P<rest>[.,]\d+)?")
_PLACES = 3
"""A point with as many digits behind it parts thousands in one country and decimals in another."""


class OtherCurrency(Invalid):
    """The amount carries another currency's sign than the shop's."""

    code = "other_currency"

    def __init__(self, text: str, currency: str) -> None:
        super().__init__(f"{text!r} is in another currency than {currency}.")
        self.currency = currency


def read_money(text: str, currency: str) -> int:
    """Minor units of an amount that somebody typed to a shop with this currency.

    Raises OtherCurrency, and Invalid where it can be read in two ways or in none.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    found = _SIGNED.fullmatch(written)
    if found is None or not found["number"].isascii():
        raise Invalid(f"{text!r} is no amount.")
    for sign in (found["before"].strip(), found["after"].strip()):
        _check_sign(sign, currency, text)
    return to_minor(_plain(found["number"], currency), currency)


def _check_sign(sign: str, currency: str, text: str) -> None:
    if not sign or sign.casefold() in _own_signs(currency):
        return
    known = _SIGNS.get(sign.casefold())
    if known is None and not is_currency(sign.upper()):
        raise Invalid(f"{text!r} is no amount.")
    if known is None or currency not in known:
        raise OtherCurrency(text, currency)


def _own_signs(currency: str) -> frozenset[str]:
    """The code, and what the product itself writes."""
    symbols = (get_currency_symbol(currency, locale=language.locale) for language in Language)
    return frozenset({currency.casefold(), *(symbol.casefold() for symbol in symbols)})


def _plain(number: str, currency: str) -> str:
    """The figures without gaps between thousands, with a point before decimals. Raises Invalid."""
    grouped = _GROUPED.fullmatch(number)
    if grouped is None:
        pointed = number.replace(",", ".") if "." not in number else number
        if len(pointed.partition(".")[2]) > max(minor_digits(currency), 2):
            raise Invalid(f"{number!r} has more decimal places than {currency} knows.")
        return pointed
    gap, rest = grouped["gap"], grouped["rest"] or ""
    is_unclear = not rest and gap != " " and number.count(gap) == 1
    if (is_unclear and (gap == "." or minor_digits(currency) >= _PLACES)) or rest.startswith(gap):
        raise Invalid(f"{number!r} can be read in two ways.")
    whole = number.removesuffix(rest)
    return whole.replace(gap, "") + rest.replace(",", ".")
