"""How the chat server says no: the codes and sentences of the real one."""

from __future__ import annotations

from bot.sandbox.wire import Json, present


class RefusedError(Exception):
    """A request that the server refuses; carries the HTTP status and the sentence of the real server."""

    def __init__(
        self,
        code: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def as_json(self) -> dict[str, Json]:
        """The error envelope of the Bot API."""
        body: dict[str, Json] = {"ok": False, "error_code": self.code, "description": self.description}
        parameters = present(retry_after=self.retry_after, migrate_to_chat_id=self.migrate_to_chat_id)
        if parameters:
            body["parameters"] = parameters
        return body


def bad_request(reason: str) -> RefusedError:
    """400 with the prefix that the real server puts before its reasons."""
    return RefusedError(400, f"Bad Request: {reason}")


def unparsable(reason: str) -> RefusedError:
    """400 for text whose markup can't be read."""
    return bad_request(f"can't parse entities: {reason}")


def forbidden(reason: str) -> RefusedError:
    """403: the state of a chat, never worth a retry."""
    return RefusedError(403, f"Forbidden: {reason}")


def migrated(chat_id: int) -> RefusedError:
    """400 with the id of the supergroup that a group has become."""
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return RefusedError(400, words, migrate_to_chat_id=chat_id)


def too_many(retry_after: int) -> RefusedError:
    """429 with the seconds to wait."""
    description = f"Too Many Requests: retry after {retry_after}"
    return RefusedError(429, description, retry_after=retry_after)


def conflict(reason: str) -> RefusedError:
    """409: two ways of reading updates at once."""
    return RefusedError(409, f"Conflict: {reason}")


UNAUTHORIZED = RefusedError(401, "Unauthorized")
UNKNOWN_METHOD = RefusedError(404, "Not Found: method not found")
TOO_LARGE = RefusedError(413, "Request Entity Too Large")
BLOCKED = "bot was blocked by the user"
NEVER_STARTED = "bot can't initiate conversation with a user"
DEACTIVATED = "user is deactivated"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
