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
    if not url.isascii():
        raise TargetRefused(
            "An address is written in ASCII: percent-encode the path, and give the host as xn--…."
        )
    if host is None or host not in hosts:
        allowed = ", ".join(sorted(hosts))
        raise TargetRefused(f"Links lead only to the shop's own hosts ({allowed}), not to {host or url!r}.")
    return url


def around_trace(url: str) -> tuple[str, str]:
    """What stands before and behind our two parameters in a target; earlier values of ours are dropped."""
    parts = urlsplit(url)
    query = parts.query
    if CODE_PARAMETER in query or VISITOR_PARAMETER in query:
        kept = [
            (key, value)
            for key, value in parse_qsl(query, keep_blank_values=True)
            if key not in {CODE_PARAMETER, VISITOR_PARAMETER}
        ]
        query = urlencode(kept)
    head = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    tail = f"#{parts.fragment}" if parts.fragment else ""
    return f"{head}?{query}&" if query else f"{head}?", tail
