"""A statement as a card, as rows for a spreadsheet and as a paper to print: the same figures three times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from markupsafe import Markup

from bot.cards.card import Card, Picture, Row, Tap
from bot.cards.words import KINDS, back_button, goods_label, home_button, period_words, shop_name
from bot.media.papers import Column, Line, Paper, Part, Words
from bot.media.sheets import Value
from bot.media.typefaces import Weight
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import calendar_day, month_name, stamp
from bot.voice.money import money, signed_money
from bot.voice.names import plain_name
from models.money.ledger import AccountKind
from models.money.statements import Entry, EntryKind, Section, Statement
from models.store.currency import to_decimal

MOST_PRINTED = 2_000
"""Entries of a paper: some forty pages. Whoever has more takes the table."""
_TITLE_COLUMNS = 40
_NAMED = 5
"""How many withdrawals a sum names; the files name them all."""
_NAME_COLUMNS = 60


class StatementForm(StrEnum):
    """How a statement leaves as a file; the word is also the file's ending."""

    PDF = "pdf"
    CSV = "csv"


ENTRY_KINDS = {
    EntryKind.EARNED: Phrase("Earned"),
    EntryKind.RELEASED: Phrase("Hold is over"),
    EntryKind.BONUS: Phrase("Bonus"),
    EntryKind.REVERSED: Phrase("Taken back for a refund"),
    EntryKind.REFUSED: Phrase("Not paid after review"),
    EntryKind.WITHDRAWN: Phrase("Withdrawal"),
    EntryKind.PAID_OUT: Phrase("Paid out"),
    EntryKind.FEE: Phrase("Fee"),
    EntryKind.RETURNED: Phrase("Withdrawal came back"),
    EntryKind.ADJUSTED: Phrase("Adjustment"),
}
_SECTIONS = {
    AccountKind.AVAILABLE: Phrase("Available for withdrawal"),
    AccountKind.HELD: Phrase("Held: awaiting receipt, in hold or under review"),
    AccountKind.PAYING: Phrase("On its way to you"),
}
_SUMMED = (
    ("✅", EntryKind.RELEASED),
    ("🎁", EntryKind.BONUS),
    ("↩️", EntryKind.REVERSED),
    ("🏦", EntryKind.WITHDRAWN),
    ("↪️", EntryKind.RETURNED),
    ("⚙️", EntryKind.ADJUSTED),
    ("◌", EntryKind.EARNED),
    ("◌", EntryKind.REFUSED),
)
_COLUMNS = (Column(17), Column(45), Column(19, at_right=True), Column(19, at_right=True))


def statement_card(of: Statement, months: Sequence[date], shop_id: int, voice: Voice) -> Card:
    """The sums of a month. `months` are those to choose from, the latest first; the one shown is marked."""
    available = of.available
    lines = [
        voice.say("📄 <b>Statement</b> at {shop}", shop=shop_name(of.merchant, voice)),
        voice.say("{period} · what could be withdrawn", period=statement_period(of, voice)),
        Markup(""),
        voice.say(
            "Opening balance: {amount}", amount=money(available.opening_minor, of.currency, voice.language)
        ),
        *_sums(available, of.currency, voice),
        voice.say(
            "Closing balance: <b>{amount}</b>",
            amount=money(available.closing_minor, of.currency, voice.language),
        ),
    ]
    if of.before_joining:
        lines.append(voice.say("<i>You had not joined yet, so there is nothing in it.</i>"))
    elif not available.entries:
        lines.append(voice.say("<i>Nothing became available and nothing was withdrawn in this time.</i>"))
    lines += [
        Markup(""),
        *(
            _moved(of.section(account), of.currency, voice)
            for account in (AccountKind.HELD, AccountKind.PAYING)
        ),
        Markup(""),
        _sum_of(of, voice),
    ]
    return Card(Markup("\n").join(lines), _rows(of, months, shop_id, voice))


def statement_period(of: Statement, voice: Voice) -> str:
    """The first day and the last one that is inside."""
    first = calendar_day(of.first, voice.language)
    last = calendar_day(_last_day(of), voice.language)
    if of.runs:
        return voice.plain("{first} – {last}, so far", first=first, last=last)
    return voice.plain("{first} – {last}", first=first, last=last)


def _last_day(of: Statement) -> date:
    return of.until - timedelta(days=1)


def _sums(section: Section, currency: str, voice: Voice) -> Iterator[Markup]:
    for sign, kind in _SUMMED:
        entries = [entry for entry in section.entries if entry.kind is kind]
        if entries:
            total = voice.say(
                "{sign} {what} ({count}): {amount}",
                sign=sign,
                what=voice.phrase(ENTRY_KINDS[kind]),
                count=f"{len(entries):,}",
                amount=signed_money(section.total(kind), currency, voice.language),
            )
            yield Markup(" · ").join((total, *_withdrawals(entries, voice)))


def _withdrawals(entries: Sequence[Entry], voice: Voice) -> Iterator[Markup]:
    """The numbers of withdrawals, by which they are found on their own screen."""
    named = list(dict.fromkeys(entry.withdrawal for entry in entries if entry.withdrawal is not None))
    yield from (Markup("<code>{}</code>").format(each) for each in named[:_NAMED])
    if len(named) > _NAMED:
        yield voice.plural("… and {n} more", "… and {n} more", len(named) - _NAMED)


def _moved(section: Section, currency: str, voice: Voice) -> Markup:
    return voice.say(
        "{account}: {opening} → {closing}",
        account=voice.phrase(_SECTIONS[section.account]),
        opening=money(section.opening_minor, currency, voice.language),
        closing=money(section.closing_minor, currency, voice.language),
    )


def _rows(of: Statement, months: Sequence[date], shop_id: int, voice: Voice) -> tuple[Row, ...]:
    buttons = []
    for month in months:
        mark = "● " if month == of.first else ""
        buttons.append(
            Tap(mark + month_name(month, voice.language), f"statement:month:{month:%Y-%m}:{shop_id}")
        )
    files = tuple(
        Tap(f"⬇️ {form.upper()}", f"statement:file:{form}:{of.first:%Y-%m}:{shop_id}")
        for form in StatementForm
    )
    turns = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    more = (Tap(voice.plain("🗓 Another month"), f"statement:pick:{shop_id}"),)
    return (files, *turns, more, (back_button("earn:open", voice), home_button(voice)))


def months_card(months: Sequence[date], shop_id: int, voice: Voice) -> Card:
    """Which month."""
    buttons = [
        Tap(month_name(month, voice.language), f"statement:month:{month:%Y-%m}:{shop_id}") for month in months
    ]
    rows = tuple(tuple(buttons[start : start + 3]) for start in range(0, len(buttons), 3))
    back = (back_button(f"statement:of:{shop_id}", voice), home_button(voice))
    return Card(voice.say("🗓 Of which month do you want the statement?"), (*rows, back))


def statement_file_card(of: Statement, content: bytes, form: StatementForm, voice: Voice) -> Card:
    """The file as a message of its own."""
    name = shop_name(of.merchant, voice)
    text = Markup("\n").join(
        (
            voice.say("📄 Statement at {shop}, {period}.", shop=name, period=statement_period(of, voice)),
            _sum_of(of, voice),
        )
    )
    file = Picture(content=content, filename=f"statement-{of.first:%Y-%m}.{form}", as_file=True)
    return Card(text, ((home_button(voice),),), file)


def _sum_of(of: Statement, voice: Voice) -> Markup:
    return voice.say("<i>Check sum</i> <code>{digest}</code>", digest=of.sha256)


def too_long_card(shop_id: int, of: Statement, voice: Voice) -> Card:
    """More than a paper takes."""
    text = voice.say(
        "📄 This statement has more than {n} entries: take it as a table.", n=f"{MOST_PRINTED:,}"
    )
    table = Tap("⬇️ CSV", f"statement:file:{StatementForm.CSV}:{of.first:%Y-%m}:{shop_id}")
    return Card(text, ((table,), (home_button(voice),)))


def statement_columns(voice: Voice) -> tuple[str, ...]:
    """The head of the table."""
    return (
        voice.plain("Account"),
        voice.plain("Date"),
        voice.plain("Entry"),
        voice.plain("Kind"),
        voice.plain("Order"),
        voice.plain("Product"),
        voice.plain("Period"),
        voice.plain("Withdrawal"),
        voice.plain("Amount"),
        voice.plain("Balance"),
        voice.plain("Currency"),
    )


def statement_rows(of: Statement, voice: Voice) -> Iterator[tuple[Value, ...]]:
    """Every section with its opening balance, its entries and its closing balance; the check sum at the end."""
    for section in of.sections:
        account = voice.phrase(_SECTIONS[section.account])
        yield _edge(of, section, account, voice.plain("Opening balance"), section.opening_minor)
        balance = section.opening_minor
        for entry in section.entries:
            balance += entry.amount_minor
            yield (
                account,
                stamp(entry.at, of.zone),
                voice.phrase(ENTRY_KINDS[entry.kind]),
                _kinds(entry, voice),
                entry.order_ref,
                entry.goods.title if entry.goods is not None else None,
                period_words(entry.period, voice) if entry.period is not None else None,
                entry.withdrawal,
                to_decimal(entry.amount_minor, of.currency),
                to_decimal(balance, of.currency),
                of.currency,
            )
        yield _edge(of, section, account, voice.plain("Closing balance"), section.closing_minor)
    yield (voice.plain("Check sum"), None, of.sha256, *(None for _ in range(8)))


def _edge(of: Statement, section: Section, account: str, words: str, minor: int) -> tuple[Value, ...]:
    del section
    nothing = (None for _ in range(6))
    return (account, None, words, *nothing, to_decimal(minor, of.currency), of.currency)


def _kinds(entry: Entry, voice: Voice) -> str:
    return " + ".join(voice.phrase(KINDS[kind]) for kind in entry.for_kinds)


def statement_paper(of: Statement, voice: Voice) -> Paper:
    """The statement to print: the sums, then every entry of the three accounts."""
    head = voice.plain(
        "Statement of {name} ({id})",
        name=plain_name(of.name, _NAME_COLUMNS, of.distributor),
        id=of.distributor,
    )
    parts: list[Part] = [
        Words(plain_name(of.merchant, _NAME_COLUMNS, voice.plain("the shop")), 44),
        Words(head, 60, Weight.BOLD, above=10),
        Words(statement_period(of, voice), 42, above=6),
        Words(
            voice.plain(
                "Days are those of {zone}; amounts are in {currency}.", zone=of.zone.key, currency=of.currency
            )
        ),
    ]
    if of.before_joining:
        parts.append(Words(voice.plain("The distributor had not joined yet, so there is nothing in it.")))
    for section in of.sections:
        parts.extend(_printed(of, section, voice))
    parts.append(Words(voice.plain("Check sum (SHA-256): {digest}", digest=of.sha256), 32, above=50))
    foot = f"{of.distributor} · {of.first} – {_last_day(of)} · {of.sha256[:16]}"
    return Paper(tuple(parts), _COLUMNS, foot)


def _printed(of: Statement, section: Section, voice: Voice) -> Iterator[Part]:
    def amount(minor: int) -> str:
        return money(minor, of.currency, voice.language)

    yield Words(voice.phrase(_SECTIONS[section.account]), 46, Weight.BOLD, above=56)
    heads = (voice.plain("Date"), voice.plain("Entry"), voice.plain("Amount"), voice.plain("Balance"))
    yield Line(heads, Weight.BOLD, is_head=True)
    yield Line(("", voice.plain("Opening balance"), "", amount(section.opening_minor)), ruled=True)
    balance = section.opening_minor
    for entry in section.entries:
        balance += entry.amount_minor
        change = signed_money(entry.amount_minor, of.currency, voice.language)
        yield Line((stamp(entry.at, of.zone), _told(entry, voice), change, amount(balance)))
    closing = ("", voice.plain("Closing balance"), "", amount(section.closing_minor))
    yield Line(closing, Weight.BOLD, ruled=True)


def _told(entry: Entry, voice: Voice) -> str:
    """An entry in one line: what it is, for which order, period or withdrawal, about which goods."""
    parts = [voice.phrase(ENTRY_KINDS[entry.kind])]
    if entry.order_ref is not None:
        parts.append(plain_name(entry.order_ref, _TITLE_COLUMNS, "?"))
    if entry.period is not None:
        parts.append(period_words(entry.period, voice))
    if entry.withdrawal is not None:
        parts.append(entry.withdrawal)
    if entry.for_kinds:
        parts.append(_kinds(entry, voice))
    if entry.goods is not None:
        parts.append(goods_label(entry.goods, _TITLE_COLUMNS, voice))
    return " · ".join(parts)
