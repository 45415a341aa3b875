"""How a text file was written down: packed or plain, in which encoding. Its bytes decide, not its name."""

from __future__ import annotations

import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

GZIP_MAGIC = b"\x1f\x8b"
XZ_MAGIC = b"\xfd7zXZ\x00"
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHUNK_BYTES = 1 << 20
UNREADABLE = re.compile("[\ud800-\udfff]")
"""What a byte that is no text becomes after `open_text`, so that its row can be named."""


class TableError(Exception):
    """A file that can't be read as a table at all; the message is a sentence for the person who gave it."""


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a plain, gzip or xz file for reading. Raises TableError when it is absent, a folder or broken."""
    try:
        with path.open("rb") as plain:
            magic = plain.read(len(XZ_MAGIC))
            plain.seek(0)
            if magic.startswith(GZIP_MAGIC):
                with gzip.open(plain) as unpacked:
                    yield cast("BinaryIO", unpacked)
            elif magic == XZ_MAGIC:
                with lzma.open(plain) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield plain
    except FileNotFoundError:
        raise TableError(f"{path.name}: there is no such file.") from None
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error) as error:
        raise TableError(f"{path.name}: the packed file is damaged or cut short ({error}).") from error
    except OSError as error:
        raise TableError(f"{path.name}: can't be read ({error.strerror or error}).") from error


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open as text with line ends kept; bytes that are no text turn into lone surrogates (UNREADABLE)."""
    errors = "surrogatepass" if encoding == "utf-16" else "surrogateescape"
    with (
        open_bytes(path) as raw,
        io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="") as text,
    ):
        yield text


@dataclass(slots=True)
class _Evidence:
    """What the lines with bytes beyond ASCII say about the encoding."""

    utf8_characters: int = 0
    utf8_faults: int = 0
    gb18030_fails: bool = False
    gb2312_characters: int = 0
    other_gb_characters: int = 0
    cp1252_fails: bool = False

    def take(self, line: bytes) -> None:
        for character in line.decode("utf-8", "surrogateescape"):
            if "\udc80" <= character <= "\udcff":
                self.utf8_faults += 1
            elif character > "\x7f":
                self.utf8_characters += 1
        if self.utf8_faults:
            self._take_gb18030(line)
            self._take_cp1252(line)

    def _take_gb18030(self, line: bytes) -> None:
        try:
            text = line.decode("gb18030")
        except UnicodeDecodeError:
            self.gb18030_fails = True
            return
        for character in text:
            written = character.encode("gb18030")
            if len(written) == 2 and min(written) >= 0xA1:
                self.gb2312_characters += 1
            elif len(written) > 1:
                self.other_gb_characters += 1

    def _take_cp1252(self, line: bytes) -> None:
        try:
            line.decode("cp1252")
        except UnicodeDecodeError:
            self.cp1252_fails = True

    def verdict(self) -> str:
        """UTF-8 even with a few broken bytes; Chinese when nearly all pairs are common; else Western.

        Western text often is valid GB18030 by accident (`ür` is one character there), but then the second
        byte is an ASCII letter, which the common characters (GB 2312, both bytes from A1) never have.
        """
        if self.utf8_characters >= 4 * self.utf8_faults:
            return "utf-8"
        if not self.gb18030_fails and self.gb2312_characters > 9 * self.other_gb_characters:
            return "gb18030"
        return "latin-1" if self.cp1252_fails else "cp1252"


def detect_encoding(path: Path) -> str:
    """Read the whole file once and name its encoding: utf-8, utf-8-sig, utf-16, gb18030, cp1252 or latin-1.

    Raises TableError for an empty, absent or damaged file.
    """
    with open_bytes(path) as raw:
        start = raw.read(4)
        if not start:
            raise TableError(f"{path.name}: the file is empty; its first line must name the columns.")
        for bom, encoding in BOMS:
            if start.startswith(bom):
                _read_through(path, encoding)
                return encoding
        evidence = _Evidence()
        line = start + raw.readline(CHUNK_BYTES)
        while line:
            if not line.isascii():
                evidence.take(line)
            line = raw.readline(CHUNK_BYTES)
    return evidence.verdict()


def _read_through(path: Path, encoding: str) -> None:
    try:
        with open_text(path, encoding) as text:
            while text.read(CHUNK_BYTES):
                pass
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name}: starts as {encoding} but isn't ({error.reason}).") from error
