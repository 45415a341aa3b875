"""What a screen is made of: text, buttons and at most one picture. Knows no chat library."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

CALLBACK_DATA_BYTES = 64
"""Bot API limit of a button's callback data."""
COPY_TEXT_CHARS = 256
"""Bot API limit of a copy button's text."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that comes back to us: `data` names the screen and its subject, as `noun:verb:id`."""

    label: str
    data: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.data.encode()) <= CALLBACK_DATA_BYTES:
            raise ValueError(f"callback data must be 1 to {CALLBACK_DATA_BYTES} bytes: {self.data!r}")


@dataclass(frozen=True, slots=True)
class OpenUrl:
    """A button that opens an address."""

    label: str
    url: str


def fits_copying(text: str) -> bool:
    """Whether a copy button takes the text: the chat server counts UTF-16 units."""
    return 1 <= len(text.encode("utf-16-le", "surrogatepass")) // 2 <= COPY_TEXT_CHARS


@dataclass(frozen=True, slots=True)
class CopyText:
    """A button that copies a text to the reader's clipboard."""

    label: str
    text: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.text) <= COPY_TEXT_CHARS:
            raise ValueError(f"a copy button takes 1 to {COPY_TEXT_CHARS} characters")


@dataclass(frozen=True, slots=True)
class SendToChat:
    """A button that lets the reader choose any chat, where `query` is then asked of us inline."""

    label: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class GoOnInline:
    """A button that leads back to the chat from which the reader was sent here, with `query` asked there."""

    label: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class OpenApp:
    """A button that opens a page of ours inside the chat client; the address is https on a real server."""

    label: str
    url: str


Button = Tap | OpenUrl | CopyText | SendToChat | GoOnInline | OpenApp
Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (or, with `as_file`, a document) to send: bytes once, then the chat server's file id."""

    content: bytes | None = None
    file_id: str | None = None
    filename: str = "picture.jpg"
    as_file: bool = False

    def __post_init__(self) -> None:
        if (self.content is None) == (self.file_id is None):
            raise ValueError("a picture has either bytes or a file id")


@dataclass(frozen=True, slots=True)
class Card:
    """One screen. `text` is HTML as the chat server reads it; made with `Markup`, so names are escaped."""

    text: Markup
    rows: tuple[Row, ...] = ()
    picture: Picture | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap: short words, or an alert that must be read. Empty words just stop the spinner."""

    text: str = ""
    alert: bool = field(default=False, kw_only=True)
