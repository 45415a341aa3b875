"""Pictures from strangers: bombs, liars and wrecks are refused with a sentence, honest ones are re-encoded."""

from __future__ import annotations

import gzip
import io
import struct
import zlib

import pytest
from PIL import Image, TiffImagePlugin

from bot.media.errors import (
    PictureBrokenError,
    PictureError,
    PictureFormatError,
    PictureTooHeavyError,
    PictureTooManyPixelsError,
)
from bot.media.pictures import MOST_BYTES, open_picture, take_in


def encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    def chunk(tag: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_open_as_rgb(kind: str) -> None:
    picture = open_picture(encoded(Image.new("RGB", (30, 20), "#3366CC"), kind))

    assert (picture.mode, picture.size) == ("RGB", (30, 20))
    assert picture.getpixel((15, 10)) == pytest.approx((0x33, 0x66, 0xCC), abs=4)


@pytest.mark.parametrize(
    "raw",
    [
        SVG,
        gzip.compress(SVG),
        encoded(Image.new("P", (9, 9)), "GIF"),
        encoded(Image.new("RGB", (9, 9)), "BMP"),
        encoded(Image.new("RGB", (9, 9)), "TIFF"),
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"",
        b"\x00" * 64,
    ],
    ids=["svg", "svgz", "gif", "bmp", "tiff", "pdf", "eps", "empty", "zeros"],
)
def test_other_formats_are_refused_by_content_whatever_their_name(raw: bytes) -> None:
    with pytest.raises(PictureFormatError, match="not a JPEG, PNG or WebP"):
        open_picture(raw)


@pytest.mark.parametrize("size", [(30_000, 30_000), (5001, 5000), (12_000, 12_000), (2_000_000, 20)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooManyPixelsError, match="25 megapixels"):
        open_picture(png_claiming(*size))


def test_twenty_five_megapixels_are_still_taken() -> None:
    assert open_picture(encoded(Image.new("1", (5000, 5000)), "PNG")).size == (5000, 5000)


def test_more_than_five_megabytes_are_refused() -> None:
    with pytest.raises(PictureTooHeavyError, match="5 MB"):
        open_picture(encoded(Image.new("RGB", (9, 9)), "PNG") + b"\0" * MOST_BYTES)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_cut_off_picture_is_broken(kind: str) -> None:
    whole = encoded(Image.effect_noise((400, 400), 90).convert("RGB"), kind)

    with pytest.raises(PictureError):
        open_picture(whole[: len(whole) // 2])


def test_a_picture_whose_pixels_are_missing_is_broken() -> None:
    with pytest.raises(PictureBrokenError):
        open_picture(png_claiming(100, 100))


def test_transparency_becomes_white() -> None:
    clear = Image.new("RGBA", (10, 10), (255, 0, 0, 0))

    assert open_picture(encoded(clear, "PNG")).getpixel((5, 5)) == (255, 255, 255)


def test_a_turned_photo_is_set_upright() -> None:
    photo = Image.new("RGB", (40, 20))
    turned = Image.Exif()
    turned[274] = 6
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=turned)

    assert open_picture(out.getvalue()).size == (20, 40)


def test_what_we_keep_is_our_own_jpeg_without_metadata_and_at_most_1600_long() -> None:
    secret = Image.Exif()
    secret[TiffImagePlugin.IMAGEDESCRIPTION] = "taken at home"
    out = io.BytesIO()
    Image.new("RGB", (3200, 1000), "green").save(out, "JPEG", exif=secret)

    kept = take_in(out.getvalue())

    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1600, 500))
        assert not picture.getexif()
    assert b"taken at home" not in kept
