"""Files and a shop for stories about imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.imports.into_store import Intake
from bot.imports.tables import BadRow

PRODUCTS = "sku,title,price,category,url,image,stock,cost"
DISTRIBUTORS = "external_id,name,telegram_id,sponsor,level,email,phone"
COUPONS = "code,distributor"


@dataclass
class Named:
    """An intake, and the rows that it named."""

    rows: list[BadRow] = field(default_factory=list)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake(self.rows.append)

    @property
    def sentences(self) -> list[str]:
        """What was said, each with its line."""
        return [str(row) for row in self.rows]


def table(folder: Path, header: str, rows: Sequence[str], encoding: str = "utf-8") -> Path:
    """A file with these lines."""
    path = folder / "rows.csv"
    path.write_bytes(("\n".join([header, *rows]) + "\n").encode(encoding))
    return path
