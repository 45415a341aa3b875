"""How Python itself runs under this program: two settings, each for a measured reason (docs/decisions)."""

from __future__ import annotations

import gc
import sys
from typing import Final

SWITCH_SECONDS: Final = 0.0005
"""The writer's thread and the event loop share one interpreter. At Python's 5 ms each would wait for the other
far longer than a commit takes."""


def tune() -> None:
    """To be called once everything is imported and built.

    What lives as long as the program is taken out of the garbage collector's sight: else each full
    collection walks through all of it, while nobody is answered.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
