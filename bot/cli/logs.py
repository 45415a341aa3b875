"""Where a command's logs go: standard error, with secrets masked (operations.md F9)."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping

import structlog

_SECRETS = re.compile(r"(?<!\d)\d{5,}:[\w-]{20,}|whsec_[\w+/=-]+|tk_[\w-]{20,}")
MASK = "***"


def masked(text: str) -> str:
    """The text without bot tokens, webhook secrets and API keys."""
    return _SECRETS.sub(MASK, text)


class _Masking(logging.Formatter):
    """Masks a whole line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def _mask(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


def start_logs(level: str) -> None:
    """Log from `level` on; other libraries only from warnings on, since they would log addresses with tokens."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Masking("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
