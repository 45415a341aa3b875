"""How the bot gets its updates, and taps answered: long poll, web hook, answerCallbackQuery."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.methods.method import Method, Outcome
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import conflict
from bot.sandbox.chat.taps import Answer, answer_view
from bot.sandbox.chat.updates import DEFAULT_LIMIT, WEBHOOK_ACTIVE
from bot.sandbox.chat.webhook import Webhook
from bot.sandbox.wire import Json


async def get_updates(server: ChatServer, params: Params) -> Json:
    """Long poll; 409 while a web hook is set."""
    if server.courier.webhook is not None:
        raise conflict(WEBHOOK_ACTIVE)
    allowed = params.names("allowed_updates")
    if allowed is not None:
        server.updates.allowed = allowed
    updates = await server.updates.read(
        params.number("offset") or 0,
        params.number("limit") or DEFAULT_LIMIT,
        params.number("timeout") or 0,
    )
    return [update.as_json() for update in updates]


async def set_webhook(server: ChatServer, params: Params) -> Json | Outcome:
    """Deliver to an address from now on; an empty one ends it."""
    if not params.text("url"):
        return await delete_webhook(server, params)
    webhook = Webhook(params.text("url"), params.text("secret_token"), params.number("max_connections") or 40)
    allowed = params.names("allowed_updates")
    if allowed is not None:
        server.updates.allowed = allowed
    if params.flag("drop_pending_updates"):
        server.updates.clear()
    if webhook == server.courier.webhook:
        return Outcome(result=True, description="Webhook is already set")
    await server.courier.set(webhook)
    return Outcome(result=True, description="Webhook was set")


async def delete_webhook(server: ChatServer, params: Params) -> Json | Outcome:
    """Back to long polls."""
    if params.flag("drop_pending_updates"):
        server.updates.clear()
    if server.courier.webhook is None:
        return Outcome(result=True, description="Webhook is already deleted")
    await server.courier.set(None)
    return Outcome(result=True, description="Webhook was deleted")


async def get_webhook_info(server: ChatServer, params: Params) -> Json:
    """Where updates go, how many wait and what went wrong last."""
    del params
    return server.courier.info()


async def answer_callback_query(server: ChatServer, params: Params) -> Json:
    """Answer a tap with a toast, an alert or nothing."""
    answer = Answer(params.text("text"), params.flag("show_alert"), params.text("url"))
    keep = params.number("cache_time") or 0
    tap = server.taps.answer(params.text("callback_query_id"), answer, server.clock(), keep)
    server.feed.tell(Happening.ANSWER, tap.person_id, answer_view(tap.id, answer), tap.chat)
    return True


METHODS: dict[str, Method] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "answerCallbackQuery": answer_callback_query,
}
