"""Domain errors as `application/problem+json` (RFC 9457), in one place."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web

from models.errors import Conflict, DomainError, Invalid, NotFound, StoreBusy

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2


class Unauthorised(DomainError):
    """The caller did not prove who they are."""

    code = "unauthorised"


class TooLarge(DomainError):
    """The body is over the limit."""

    code = "too_large"


class ChatBusy(DomainError):
    """The chat server could not do its part; trying again is right."""

    code = "chat_busy"


class Malformed(DomainError):
    """The request can't be read at all."""

    code = "malformed"


_STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Unauthorised, HTTPStatus.UNAUTHORIZED),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Malformed, HTTPStatus.BAD_REQUEST),
    (Conflict, HTTPStatus.CONFLICT),
    (StoreBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (ChatBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
)


def problem(status: HTTPStatus, code: str, detail: str) -> web.Response:
    """A problem document; its `detail` is a sentence for a person."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
    }
    response = web.Response(status=status.value, text=json.dumps(body), content_type=CONTENT_TYPE)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_error(error: DomainError) -> web.Response:
    """The problem document of a domain error."""
    status = next(
        (status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return problem(status, error.code, str(error))


@web.middleware
async def speak_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves the house as a problem document; what nobody foresaw is logged and answered with 500."""
    try:
        return await handler(request)
    except DomainError as error:
        return of_error(error)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        status = HTTPStatus(error.status)
        answer = problem(status, status.name.lower(), f"{status.phrase}: {request.method} {request.path}")
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        log.exception("request_failed", method=request.method, route=str(request.match_info.route.resource))
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "Something of ours failed; it was written down."
        )
