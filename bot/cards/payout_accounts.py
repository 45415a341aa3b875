"""Where a distributor's money goes: shown in part, set by a message (chat.md 3, Settings)."""

from __future__ import annotations

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.withdrawal_words import account_shown, fault_words
from bot.cards.words import back_button, home_button, shop_name
from bot.voice.catalogue import Voice
from models.money.payout_forms import AccountFault, AccountKind

FROM_WITHDRAWING = "withdraw"
"""The word in a button's data that says where one came from: one goes back there, not to the settings."""


def account_card(
    shop: str, masked: str | None, voice: Voice, *, is_new: bool = False, came_from: str = ""
) -> Card:
    """The account, or how to set one."""
    parts = [voice.say("🏦 <b>Payout account</b> at {shop}", shop=shop_name(shop, voice))]
    if masked is None:
        parts.append(
            voice.say("Nobody knows yet where your money should go. 👉 Choose how you want to be paid.")
        )
    else:
        shown = account_shown(masked)
        parts.append(
            voice.say("✅ Kept: <b>{account}</b>", account=shown)
            if is_new
            else voice.say("Your money goes to <b>{account}</b>.", account=shown)
        )
    parts.append(
        voice.say(
            "It is kept encrypted and only a part of it is ever shown. What you asked for before goes where it was "
            "asked for."
        )
    )
    way = _way(came_from)
    rows: list[Row] = [
        (Tap(voice.plain("🏦 Bank account"), f"account:ask:{AccountKind.BANK}{way}"),),
        (Tap(voice.plain("✏️ Something else"), f"account:ask:{AccountKind.OTHER}{way}"),),
    ]
    if masked is not None:
        rows.insert(0, (Tap(voice.plain("💸 Withdraw"), "withdraw:open"),))
    back = "withdraw:open" if came_from == FROM_WITHDRAWING else "settings:open"
    return Card(Markup("\n\n").join(parts), (*rows, (back_button(back, voice), home_button(voice))))


def _way(came_from: str) -> str:
    return f":{FROM_WITHDRAWING}" if came_from == FROM_WITHDRAWING else ""


def ask_account_card(
    kind: AccountKind, voice: Voice, fault: AccountFault | None = None, *, came_from: str = ""
) -> Card:
    """The next text is the account; `fault` says why the last one was none."""
    if kind is AccountKind.BANK:
        ask = voice.say(
            "🏦 Send me three lines: the holder's name, the bank, and the IBAN, card or account number.\n\n"
            "<code>Mei Chen\nBank of London\nGB29 NWBK 6016 1331 9268 19</code>"
        )
    else:
        ask = voice.say(
            "✏️ Say in your own words where your money should go, such as <code>PayPal mei@example.com</code>."
        )
    after = voice.say("You can delete your message afterwards.")
    parts = [ask, after]
    if fault is not None:
        parts.insert(0, Markup("✋ {}").format(fault_words(fault, voice)))
    back = back_button(f"account:open{_way(came_from)}", voice)
    return Card(Markup("\n\n").join(parts), ((back, home_button(voice)),))
