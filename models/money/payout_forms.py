"""What people type as the place where their money goes, checked as far as a checksum exists."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from enum import StrEnum

from models.errors import Invalid

FIELD_CHARS = 80
"""The longest name of a holder or bank."""
WORDS_CHARS = 200
"""The longest account in free words."""
_SPACES = re.compile(r"[\s.\-–—_/]+")
_NUMBER = re.compile(r"[0-9]{6,34}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_LOOKS_LIKE_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]*")
_CARD_DIGITS = range(16, 20)
_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
_SHOWN = 4
_HIDDEN = "••••"
_HIDDEN_WORDS = "•••"


class AccountKind(StrEnum):
    """How an account is written: a bank's, with holder, bank and number, or in the person's own words."""

    BANK = "bank"
    OTHER = "other"


class AccountFault(StrEnum):
    """Why an account is not taken."""

    THREE_LINES = "three_lines"
    HOLDER = "holder"
    BANK = "bank"
    NUMBER = "number"
    IBAN = "iban"
    CARD = "card"
    WORDS = "words"


_SENTENCES = {
    AccountFault.THREE_LINES: "Write three lines: the holder's name, the bank, and the number.",
    AccountFault.HOLDER: f"The holder's name has 2 to {FIELD_CHARS} letters.",
    AccountFault.BANK: f"The bank's name has 2 to {FIELD_CHARS} letters and no number in it.",
    AccountFault.NUMBER: "The number is an IBAN, or 6 to 34 digits.",
    AccountFault.IBAN: "This IBAN does not add up: a letter or digit of it is wrong or missing.",
    AccountFault.CARD: "This card number does not add up: a digit of it is wrong or missing.",
    AccountFault.WORDS: f"Write 6 to {WORDS_CHARS} characters, such as: PayPal mei@example.com",
}


class AccountRefused(Invalid):
    """What was typed is no account that money could be sent to."""

    code = "payout_account_refused"

    def __init__(self, fault: AccountFault) -> None:
        super().__init__(_SENTENCES[fault])
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PayoutDetails:
    """An account in clear: only ever in memory, in a file for the bank, or in an alert to whoever pays by hand.

    `holder` and `bank` are empty where the account is in free words, which then are the `number`.
    """

    kind: AccountKind
    holder: str
    bank: str
    number: str

    @property
    def masked(self) -> str:
        """The account as everybody else sees it: its last four; of an e-mail address, its first letter and domain."""
        emails = _EMAIL.findall(self.number) if self.kind is AccountKind.OTHER else []
        if emails:
            letter, domain = emails[-1]
            return f"{letter}{_HIDDEN_WORDS}@{domain}"
        tail = self.number[-_SHOWN:]
        return f"{self.bank} {_HIDDEN} {tail}" if self.bank else f"{_HIDDEN} {tail}"

    @property
    def bare(self) -> str:
        """What tells two accounts apart, whatever their holder is called."""
        return _SPACES.sub("", self.number).casefold()

    def to_text(self) -> str:
        """One text, to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> PayoutDetails:
        """What `to_text` wrote."""
        read = json.loads(text)
        return cls(AccountKind(read["kind"]), read["holder"], read["bank"], read["number"])


def read_account(kind: AccountKind, typed: str) -> PayoutDetails:
    """The account that somebody typed. Raises AccountRefused."""
    text = unicodedata.normalize("NFKC", typed)
    if kind is AccountKind.OTHER:
        words = _field(text)
        if not 6 <= len(words) <= WORDS_CHARS:
            raise AccountRefused(AccountFault.WORDS)
        return PayoutDetails(kind, "", "", words)
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 3:
        raise AccountRefused(AccountFault.THREE_LINES)
    holder, bank = (_field(line) for line in lines[:2])
    if not 2 <= len(holder) <= FIELD_CHARS or not any(map(str.isalpha, holder)):
        raise AccountRefused(AccountFault.HOLDER)
    # The bank's name is shown; a number that slipped into it would be, too.
    if (
        not 2 <= len(bank) <= FIELD_CHARS
        or not any(map(str.isalpha, bank))
        or sum(map(str.isdigit, bank)) > 4
    ):
        raise AccountRefused(AccountFault.BANK)
    return PayoutDetails(kind, holder, bank, checked_number(lines[2]))


def _field(typed: str) -> str:
    """One line that prints: control and format characters go."""
    shown = "".join(
        " " if char.isspace() else char
        for char in typed
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join(shown.split())


def checked_number(typed: str) -> str:
    """An IBAN (ISO 13616), a card number (16 to 19 digits, ISO/IEC 7812) or another account number, without spaces.

    Only the first two have a checksum. A number of 16 to 19 digits that begins as no card does (with 0, 1 or 7 to 9)
    is taken as it stands. Raises AccountRefused.
    """
    number = _SPACES.sub("", _field(typed)).upper()
    if _LOOKS_LIKE_IBAN.fullmatch(number):
        if not _IBAN.fullmatch(number) or _iban_rest(number) != 1:
            raise AccountRefused(AccountFault.IBAN)
        return number
    if not _NUMBER.fullmatch(number) or not number.isascii():
        raise AccountRefused(AccountFault.NUMBER)
    if len(number) in _CARD_DIGITS and number[0] in "23456" and not _luhn_holds(number):
        raise AccountRefused(AccountFault.CARD)
    return number


def _iban_rest(iban: str) -> int:
    """The remainder of ISO 7064 mod 97-10; 1 for a right IBAN."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97


def _luhn_holds(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
