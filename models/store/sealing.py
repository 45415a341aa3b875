"""Sealing: what must not be read from the store alone is kept encrypted (Fernet: AES-128-CBC and HMAC-SHA256).

The key comes from the settings or, where none is set, from a file beside the store that is made once and that
only its owner may read. It never stands in the database, so that a copy of the database tells nothing.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from models.errors import DomainError, Invalid

KEY_FILE = "payout.key"


class SealBroken(DomainError):
    """What was sealed can't be opened: by another key, or changed since."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__(
            "A payout account can't be decrypted: PAYOUT_KEY (or payout.key in the data folder) is not the key "
            "that it was kept with."
        )


class Seal:
    """Closes texts and opens them again. Of several keys the first closes, and any of them opens."""

    def __init__(self, keys: str) -> None:
        try:
            self._box = MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
        except ValueError as error:
            raise Invalid(
                "PAYOUT_KEY must be one key of 32 bytes in URL-safe base64, or several with commas between."
            ) from error

    def close(self, text: str) -> str:
        """The text, sealed."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed. Raises SealBroken."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBroken from error


@cache
def seal_of(key: str | None, folder: Path) -> Seal:
    """The seal of this key or, without one, of the key file in the folder. Raises Invalid."""
    return Seal(key or _kept_key(folder / KEY_FILE))


def _kept_key(file: Path) -> str:
    """The file's key; a missing file is made whole, by one of however many ask at once, for its owner alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        mine = file.with_name(f".{file.name}.{os.getpid()}")
        handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(Fernet.generate_key())
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(mine, file)  # fails where another was faster, whose key then counts
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return file.read_text(encoding="ascii").strip()
