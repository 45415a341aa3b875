"""What every part of a plan is made of. Percentages and amounts are strings, so that no float ever touches them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from models.errors import Sentence
from models.files.faults import Misfit

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?")


def _percent(text: str) -> str:
    if not _PERCENT.fullmatch(text) or Decimal(text) > 100:
        raise Misfit(Sentence('a percentage is a string from "0" to "100" with at most two decimals'))
    return text


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise Misfit(Sentence('an amount is a string such as "0.30"'))
    return text


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Percent = Annotated[str, AfterValidator(_percent)]
Amount = Annotated[str, AfterValidator(_amount)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Key = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9_-]+$")]
Days = Annotated[int, Field(ge=0, le=365)]


def basis_points(percent: str) -> int:
    """Hundredths of a percent, exactly: "12.5" is 1250."""
    return int(Decimal(percent) * 100)


class Part(BaseModel):
    """Frozen, and closed to keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Part):
    """A name in the product's languages."""

    zh: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]
