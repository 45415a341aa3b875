"""What is turned from outside: faults, the clock, BotFather's switches; and the journal to read."""

from __future__ import annotations

from dataclasses import asdict, fields

from aiohttp import web

from bot.sandbox.chat.acts.spot import NotPossibleError
from bot.sandbox.chat.control.verb import Route
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.faults import Fault, FaultKind, Scope
from bot.sandbox.chat.params import Params
from bot.sandbox.wire import Json


class SwitchVerbs:
    """The side of the server that neither people nor the bot see."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server

    def routes(self) -> tuple[Route, ...]:
        """Method, path and verb of each."""
        return (
            ("GET", "/control/faults", self.list_faults),
            ("POST", "/control/faults", self.plan_fault),
            ("DELETE", "/control/faults", self.clear_faults),
            ("DELETE", "/control/faults/{number}", self.cancel_fault),
            ("GET", "/control/journal", self.read_journal),
            ("GET", "/control/clock", self.read_clock),
            ("POST", "/control/clock", self.move_clock),
            ("GET", "/control/inline", self.read_inline),
            ("POST", "/control/inline", self.turn_inline),
        )

    async def list_faults(self, request: web.Request, params: Params) -> Json:
        """The faults in force."""
        del request, params
        return [{"number": number, **asdict(fault)} for number, fault in self._server.faults.listed().items()]

    async def plan_fault(self, request: web.Request, params: Params) -> Json:
        """Make calls fail: the fields of `Fault`."""
        del request
        return {"number": self._server.faults.plan(_fault(params))}

    async def cancel_fault(self, request: web.Request, params: Params) -> Json:
        """Take one fault back."""
        del params
        number = request.match_info["number"]
        self._server.faults.cancel(int(number) if number.isdecimal() else 0)
        return True

    async def clear_faults(self, request: web.Request, params: Params) -> Json:
        """Take all faults back."""
        del request, params
        self._server.faults.clear()
        return True

    async def read_journal(self, request: web.Request, params: Params) -> Json:
        """Requests of the bot: of one `method`, `after` a number; the `last` so many, newest first."""
        del request
        journal = self._server.journal
        entries = journal.entries(params.text("method") or None, after=params.number("after") or 0)
        last = params.number("last")
        if last is not None:
            entries = entries[::-1][: max(0, last)]
        return [entry.as_json() for entry in entries]

    async def read_clock(self, request: web.Request, params: Params) -> Json:
        """Now, and how far the clock was moved."""
        del request, params
        clock = self._server.clock
        return {"now": clock.now(), "offset": clock.offset}

    async def move_clock(self, request: web.Request, params: Params) -> Json:
        """Move the clock: `forward` seconds, to `now`, or `reset`."""
        clock = self._server.clock
        if params.flag("reset"):
            clock.reset()
        elif "now" in params.values:
            clock.set(_seconds(params, "now"))
        else:
            clock.forward(_seconds(params, "forward"))
        return await self.read_clock(request, params)

    async def read_inline(self, request: web.Request, params: Params) -> Json:
        """BotFather's switches of inline mode."""
        del request, params
        bot = self._server.bot
        return {"enabled": bot.inline, "feedback": bot.inline_feedback}

    async def turn_inline(self, request: web.Request, params: Params) -> Json:
        """Turn them: `enabled`, `feedback`."""
        bot = self._server.bot
        if "enabled" in params.values:
            bot.inline = params.flag("enabled")
        if "feedback" in params.values:
            bot.inline_feedback = params.flag("feedback")
        return await self.read_inline(request, params)


def _seconds(params: Params, name: str) -> float:
    try:
        return float(params.text(name))
    except ValueError as error:
        raise NotPossibleError(f"{name} takes seconds") from error


def _fault(params: Params) -> Fault:
    unknown = set(params.values) - {field.name for field in fields(Fault)}
    if unknown:
        raise NotPossibleError(f"a fault has no {', '.join(sorted(unknown))}")
    plain = Fault(FaultKind.FORBIDDEN)
    try:
        kind = FaultKind(params.text("kind"))
        scope = Scope(params.text("scope") or plain.scope)
        share = float(params.text("share") or plain.share)
    except ValueError as error:
        raise NotPossibleError(str(error)) from error
    return Fault(
        kind=kind,
        method=params.text("method") or plain.method,
        times=params.number("times"),
        share=share,
        seed=params.number("seed") or plain.seed,
        retry_after=params.number("retry_after") or plain.retry_after,
        scope=scope,
        code=params.number("code") or plain.code,
        description=params.text("description") or plain.description,
        chat_id=params.number("chat_id"),
    )
