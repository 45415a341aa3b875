"""Offers as a chat client draws them."""

from __future__ import annotations

from bot.sandbox.chat.inline.result import InlineAnswer, InlineResult
from bot.sandbox.wire import Json, present


def answer_view(answer: InlineAnswer | None) -> dict[str, Json]:
    """An answer, or that there is none yet."""
    if answer is None:
        return {"results": [], "next_offset": "", "button": None, "answered": False}
    button = answer.button
    return {
        "results": [result_view(result) for result in answer.results],
        "next_offset": answer.next_offset,
        "button": present(text=button.text, start_parameter=button.start_parameter, web_app=button.web_app)
        if button
        else None,
        "answered": True,
    }


def result_view(result: InlineResult) -> dict[str, Json]:
    """One offer."""
    return {
        "id": result.id,
        "type": result.kind,
        "title": result.title,
        "description": result.description,
        "thumbnail": result.thumbnail,
        "photo": result.photo,
    }
