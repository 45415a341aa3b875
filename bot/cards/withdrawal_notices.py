"""Messages about withdrawals that come by themselves."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.cards.card import Card, Tap
from bot.cards.withdrawal_words import account_shown, note_line, sums_of
from bot.cards.withdrawals import StatusFacts, status_card
from bot.cards.words import NAME_COLUMNS, dated, home_button, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import person_name
from models.money.told import AtShop, OfWithdrawal
from models.money.withdrawal_news import AccountNews, RequestNews, ShownNews, StateNews
from models.money.withdrawal_states import Withdrawal, WithdrawalState


def withdrawal_notice(facts: OfWithdrawal, voice: Voice) -> Card:
    """The notice as its reader sees it."""
    match facts.news:
        case RequestNews():
            return _asked(facts, facts.news, voice)
        case StateNews():
            return _moved(facts, facts.news.withdrawal, voice)
        case ShownNews():
            return _status(facts, facts.news, voice)
        case AccountNews():
            return _account(facts, facts.news.masked, voice)


def live_status(facts: OfWithdrawal, voice: Voice) -> tuple[int, Card] | None:
    """The message that follows the withdrawal, and what it shows from now on."""
    news = facts.news
    if not isinstance(news, StateNews) or news.live_message_id is None:
        return None
    return news.live_message_id, _status(facts, news, voice)


def _status(facts: OfWithdrawal, news: StateNews | ShownNews, voice: Voice) -> Card:
    return status_card(
        StatusFacts(facts.shop.name, facts.shop.zone, news.withdrawal, list(news.moves)), voice
    )


def _asked(facts: OfWithdrawal, news: RequestNews, voice: Voice) -> Card:
    one, shop = news.withdrawal, facts.shop
    who = person_name(news.distributor, NAME_COLUMNS, voice.plain("a distributor"))
    amount = money(one.amount_minor, one.currency, voice.language)
    head = (
        voice.say("👥 <b>{who} withdraws {amount}</b>: a second person must agree", who=who, amount=amount)
        if news.is_second
        else voice.say("💸 <b>{who} asks for {amount}</b>", who=who, amount=amount)
    )
    lines = [
        head,
        shop_name(shop.name, voice),
        *sums_of(one, voice),
        escape(moment(one.requested_at, shop.zone, voice.language)),
    ]
    decide = Tap(voice.plain("👀 Look and decide"), f"payout:show:{one.id}")
    return Card(
        Markup("\n").join(lines), ((decide,), (Tap(voice.plain("💸 Withdrawals"), "withdraw:inbox"),))
    )


def _moved(facts: OfWithdrawal, one: Withdrawal, voice: Voice) -> Card:
    shop = facts.shop
    lines = [_head(one, shop, voice), *sums_of(one, voice)]
    note = note_line(one, voice)
    if note is not None:
        lines.append(note)
    if one.state is WithdrawalState.APPROVED:
        lines.append(voice.say("Expected by {date}", date=dated(one.due_at, shop.zone, voice)))
    elif one.state is not WithdrawalState.PAID:
        lines.append(voice.say("The whole amount is available again."))
    lines.append(escape(moment(facts.at, shop.zone, voice.language)))
    return Card(
        Markup("\n").join(lines),
        (
            (Tap(voice.plain("💸 This withdrawal"), f"withdraw:show:{one.id}"),),
            (Tap(voice.plain("💰 Earnings"), f"earn:of:{shop.merchant_id}"),),
        ),
    )


def _head(one: Withdrawal, shop: AtShop, voice: Voice) -> Markup:
    name = shop_name(shop.name, voice)
    arrives = money(one.arrives_minor, one.currency, voice.language)
    amount = money(one.amount_minor, one.currency, voice.language)
    match one.state:
        case WithdrawalState.PAID:
            return voice.say("✅ <b>{amount} has been paid out</b> by {shop}", amount=arrives, shop=name)
        case WithdrawalState.APPROVED:
            return voice.say(
                "👍 <b>Your withdrawal of {amount} is approved</b> by {shop}", amount=amount, shop=name
            )
        case WithdrawalState.REFUSED:
            return voice.say(
                "🚫 <b>Your withdrawal of {amount} was refused</b> by {shop}", amount=amount, shop=name
            )
        case _:
            return voice.say("✖️ <b>The payment of {amount} failed</b> at {shop}", amount=arrives, shop=name)


def _account(facts: OfWithdrawal, masked: str, voice: Voice) -> Card:
    lines = [
        voice.say(
            "🏦 <b>Your payout account at {shop} has been set</b>", shop=shop_name(facts.shop.name, voice)
        ),
        voice.say("Your money goes to <b>{account}</b>.", account=account_shown(masked)),
        voice.say("Was this not you? Set it anew and tell the shop."),
        escape(moment(facts.at, facts.shop.zone, voice.language)),
    ]
    return Card(
        Markup("\n").join(lines),
        ((Tap(voice.plain("🏦 Payout account"), "account:open"), home_button(voice)),),
    )
