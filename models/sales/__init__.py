"""The one story that crosses rooms: a shop's event arrives and everything that follows from it happens.

event → order → attribution → commission → ledger → notices, in one transaction that the caller opens
and commits. Many events are told at once: what they need is read in bulk (`scene.py`), each is applied
in memory (`buying.py`, `undoing.py`), what changed is written in bulk. An event that can't be applied
is answered as such and changes nothing.
"""

from models.sales.telling import park, receive, retry, told_again

__all__ = ["park", "receive", "retry", "told_again"]
