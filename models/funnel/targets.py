"""Where a link may lead: http(s) addresses on the merchant's own hosts, nothing else (operations.md F1).

One function decides, at saving and again at redirecting.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from models.errors import Invalid

_LONGEST = 2000
CODE_PARAMETER = "tk_code"
VISITOR_PARAMETER = "tk_visitor"


class TargetRefused(Invalid):
    """The address is not one that links of this merchant may lead to."""

    code = "target_refused"


def checked_target(url: str, hosts: Collection[str]) -> str:
    """The address, when links may lead there. Raises TargetRefused with the reason."""
    if len(url) > _LONGEST or any(ord(char) <= 32 or ord(char) == 127 for char in url) or "\\" in url:
        raise TargetRefused(
            "An address has no spaces, control characters or backslashes and at most 2,000 characters."
        )
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError as error:
        raise TargetRefused(f"{url!r} is no address.") from error
    if parts.scheme not in {"http", "https"}:
        raise TargetRefused("An address begins with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise TargetRefused("An address carries no user name or password.")
    if host is None or host not in hosts:
        allowed = ", ".join(sorted(hosts))
        raise TargetRefused(f"Links lead only to the shop's own hosts ({allowed}), not to {host or url!r}.")
    return url


def with_trace(url: str, code: str, visitor: str) -> str:
    """The target with what the shop sends back with an order; earlier values of ours are replaced."""
    parts = urlsplit(url)
    ours = urlencode({CODE_PARAMETER: code, VISITOR_PARAMETER: visitor})
    if not parts.query:
        query = ours
    elif CODE_PARAMETER not in parts.query and VISITOR_PARAMETER not in parts.query:
        query = f"{parts.query}&{ours}"
    else:
        kept = [
            (key, value)
            for key, value in parse_qsl(parts.query, keep_blank_values=True)
            if key not in {CODE_PARAMETER, VISITOR_PARAMETER}
        ]
        query = "&".join(filter(None, [urlencode(kept), ours]))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
