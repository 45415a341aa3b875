"""Who sent an event: the Standard Webhooks scheme (operations.md B1).

Signed is `{webhook-id}.{webhook-timestamp}.{raw body}` with HMAC-SHA256 under the merchant's secret
(`whsec_` and base64). Any of several signatures may fit, under the secret of now or the one before it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.web.problems import Unauthorised

TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"


class BadSignature(Unauthorised):
    """The signature does not fit; nothing of the request is looked at."""

    code = "bad_signature"


def check_signature(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Raises BadSignature unless one of the signatures fits the raw body and the time is within 300 s."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not message_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise BadSignature("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadSignature("webhook-timestamp is more than five minutes from now; is the shop's clock right?")
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    expected = [_signature(secret, signed) for secret in secrets]
    given = [
        part[3:].encode() for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")
    ]
    fits = [hmac.compare_digest(one, other) for one in expected for other in given]
    if not any(fits):
        raise BadSignature(
            "The signature does not fit the body; sign the raw bytes with this merchant's secret."
        )


def _signature(secret: str, signed: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise BadSignature("The merchant's secret is damaged; make a new one.") from error
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
