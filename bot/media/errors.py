"""What can be wrong with a picture, a template or a link; each error carries its sentence."""

from __future__ import annotations

from collections.abc import Iterable

from models.files.findings import Finding


class MediaError(Exception):
    """The root: `str(error)` is a sentence fit for the person who gave us the thing."""


class PictureError(MediaError):
    """A picture that we don't take in."""


class PictureTooHeavyError(PictureError):
    """More bytes than allowed (operations F7)."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__(
            f"The picture is larger than {limit_bytes // (1024 * 1024)} MB; send a smaller file."
        )


class PictureTooManyPixelsError(PictureError):
    """More pixels than allowed, read from the header before anything is decoded (operations F7)."""

    def __init__(self, limit_pixels: int) -> None:
        self.limit_pixels = limit_pixels
        super().__init__(
            f"The picture has more than {limit_pixels // 1_000_000} megapixels; send a smaller one."
        )


class PictureFormatError(PictureError):
    """By its content it is no JPEG, PNG or WebP, whatever its name says."""

    def __init__(self) -> None:
        super().__init__("The file is not a JPEG, PNG or WebP picture.")


class PictureBrokenError(PictureError):
    """The header is fine, the rest can't be decoded."""

    def __init__(self) -> None:
        super().__init__("The picture is damaged and can't be opened; save it again and send it once more.")


class PictureShapeError(PictureError):
    """So long and narrow that no chat shows it as a picture."""

    def __init__(self, limit_ratio: int) -> None:
        self.limit_ratio = limit_ratio
        super().__init__(
            f"The picture is more than {limit_ratio} times as long as it is wide; crop it and send it again."
        )


class FetchRefusedError(MediaError):
    """An address that we don't fetch pictures from (operations F8)."""

    def __init__(self, host: str, reason: str) -> None:
        self.host, self.reason = host, reason
        super().__init__(f"Pictures can't be fetched from {host or 'this address'}: {reason}.")


class FetchFailedError(MediaError):
    """The allowed address didn't give us a picture this time."""

    def __init__(self, host: str, reason: str) -> None:
        self.host, self.reason = host, reason
        super().__init__(f"The picture couldn't be fetched from {host}: {reason}.")


class TemplateInvalidError(MediaError):
    """A poster template that can't be used; `faults` name each place, in the order of their lines."""

    def __init__(self, name: str, faults: Iterable[Finding]) -> None:
        self.name = name
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        listed = "; ".join(str(fault) for fault in self.faults)
        super().__init__(f"The poster template {name} is not valid: {listed}.")


class TemplateUnknownError(MediaError):
    """No shipped template has this family and profile."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(f"There is no poster template {name}; there are {', '.join(known)}.")


class LinkTooLongError(MediaError):
    """A link whose code would need modules too small to scan; codes carry short links only."""

    def __init__(self, characters: int) -> None:
        self.characters = characters
        super().__init__(
            f"A link of {characters} characters doesn't fit a code that can be scanned; use the short link."
        )


class CodeUnreadableError(MediaError):
    """Even the largest code that fits the poster couldn't be read back."""

    def __init__(self, link: str) -> None:
        self.link = link
        super().__init__("The poster's code couldn't be read back; try another template.")
