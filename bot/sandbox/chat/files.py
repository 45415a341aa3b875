"""Files that were sent: photos with their sizes, documents, and the names under which they are reused."""

from __future__ import annotations

import hashlib
import io
import mimetypes
from dataclasses import dataclass, field

from bot.sandbox.chat.params import Upload
from bot.sandbox.chat.refusals import TOO_LARGE, bad_request
from bot.sandbox.wire import Json, random_name

PHOTO_BYTES = 10 * 1024 * 1024
"""Bot API limit of a photo."""
PHOTO_SIDES = 10_000
"""Bot API: width and height of a photo together."""
PHOTO_RATIO = 20
"""Bot API: the longer side of a photo over the shorter."""
UPLOAD_BYTES = 50 * 1024 * 1024
"""Bot API limit of any other file."""
DOWNLOAD_BYTES = 20 * 1024 * 1024
"""Bot API limit of a file that a bot may fetch."""
THUMBNAIL_SIDES = (90, 320)


@dataclass(frozen=True, slots=True)
class PhotoSize:
    """One size of a photo; the last of a photo's sizes is the photo itself."""

    file_id: str
    unique_id: str
    width: int
    height: int
    file_size: int | None

    def as_json(self) -> dict[str, Json]:
        """The Bot API's PhotoSize."""
        body: dict[str, Json] = {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "width": self.width,
            "height": self.height,
        }
        if self.file_size is not None:
            body["file_size"] = self.file_size
        return body


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as sent, and its sizes from small to whole."""

    content: bytes
    content_type: str
    sizes: tuple[PhotoSize, ...]
    path: str
    url: str | None = None
    """Where a picture stands that this server never fetched."""

    @property
    def file_id(self) -> str:
        return self.sizes[-1].file_id


@dataclass(frozen=True, slots=True)
class Document:
    """Any other file as sent."""

    content: bytes
    content_type: str
    file_id: str
    unique_id: str
    filename: str
    path: str
    url: str | None = None
    """Where a file stands that this server never fetched."""

    def as_json(self) -> dict[str, Json]:
        """The Bot API's Document."""
        return {
            "file_name": self.filename,
            "mime_type": self.content_type,
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }


@dataclass(slots=True)
class FileStore:
    """All files of one sandbox, in memory."""

    _by_id: dict[str, Photo | Document] = field(default_factory=dict)
    _by_path: dict[str, Photo | Document] = field(default_factory=dict)

    def add_photo(self, upload: Upload) -> Photo:
        """Keep a picture; raises 400 for what the server can't take as a photo."""
        content = upload.content
        if len(content) > PHOTO_BYTES:
            reason = f"file of size {len(content)} bytes is too big for a photo"
            raise bad_request(f"{reason}; the maximum size is {PHOTO_BYTES} bytes")
        width, height, content_type = _measured(content)
        if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        sizes = [_thumbnail(width, height, side) for side in THUMBNAIL_SIDES if max(width, height) > side]
        unique = hashlib.sha256(content).hexdigest()[:16]
        sizes.append(PhotoSize(_file_id("AgACAgI"), unique, width, height, len(content)))
        suffix = mimetypes.guess_extension(content_type) or ".jpg"
        photo = Photo(content, content_type, tuple(sizes), f"photos/file_{len(self._by_path)}{suffix}")
        for size in sizes:
            self._by_id[size.file_id] = photo
        self._by_path[photo.path] = photo
        return photo

    def add_document(self, upload: Upload) -> Document:
        """Keep a file; raises 400 when it is empty and 413 when it is too large."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > UPLOAD_BYTES:
            raise TOO_LARGE
        guessed = mimetypes.guess_type(upload.filename)[0]
        document = Document(
            upload.content,
            guessed or upload.content_type or "application/octet-stream",
            _file_id("BQACAgI"),
            hashlib.sha256(upload.content).hexdigest()[:16],
            upload.filename,
            f"documents/file_{len(self._by_path)}_{random_name(4)}",
        )
        self._by_id[document.file_id] = document
        self._by_path[document.path] = document
        return document

    def remote_photo(self, url: str, width: int, height: int) -> Photo:
        """A picture elsewhere, by its address: this server fetches nothing, a client does."""
        size = PhotoSize(_file_id("AgACAgQ"), random_name(16), width, height, None)
        photo = Photo(b"", "image/jpeg", (size,), f"photos/file_{len(self._by_path)}.jpg", url)
        self._by_id[size.file_id] = self._by_path[photo.path] = photo
        return photo

    def remote_document(self, url: str, content_type: str) -> Document:
        """A file elsewhere, by its address."""
        name = url.partition("?")[0].rpartition("/")[2] or "file"
        path = f"documents/file_{len(self._by_path)}_{random_name(4)}"
        document = Document(b"", content_type, _file_id("BQACAgQ"), random_name(16), name, path, url)
        self._by_id[document.file_id] = self._by_path[path] = document
        return document

    def by_id(self, file_id: str) -> Photo | Document:
        """A file that was sent before; raises 400 for an unknown id."""
        found = self._by_id.get(file_id)
        if found is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return found

    def by_path(self, path: str) -> Photo | Document | None:
        """The file behind a download address."""
        return self._by_path.get(path)


def _file_id(prefix: str) -> str:
    return prefix + random_name(48)


def _thumbnail(width: int, height: int, side: int) -> PhotoSize:
    scale = side / max(width, height)
    name = _file_id("AgACAgI")
    return PhotoSize(name, name[-16:], max(1, int(width * scale)), max(1, int(height * scale)), None)


def _measured(content: bytes) -> tuple[int, int, str]:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - only those who send photos pay for it

    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.width, picture.height, Image.MIME.get(picture.format or "", "image/jpeg")
    except (UnidentifiedImageError, OSError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
