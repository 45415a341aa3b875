"""Pictures from strangers: bombs, liars and wrecks are refused with a sentence, honest ones are re-encoded."""

from __future__ import annotations

import gzip
import io
import struct
import time
import tracemalloc
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


def test_a_giant_is_refused_before_anything_is_decoded() -> None:
    """30,000 by 30,000 pixels would take 2.7 GB; the header alone is read."""
    tracemalloc.start()
    with pytest.raises(PictureTooManyPixelsError):
        open_picture(png_claiming(30_000, 30_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_000_000


def test_a_jpeg_that_claims_to_be_a_giant_is_refused_too() -> None:
    jpeg = bytearray(encoded(Image.new("RGB", (64, 64)), "JPEG"))
    frame = jpeg.index(b"\xff\xc0") + 5
    jpeg[frame : frame + 4] = struct.pack(">HH", 30_000, 30_000)

    with pytest.raises(PictureTooManyPixelsError):
        open_picture(bytes(jpeg))


def test_a_moving_webp_with_a_giant_canvas_is_refused_before_a_frame_is_decoded() -> None:
    frames = [Image.new("RGB", (16, 16), (number, 0, 0)) for number in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    giant = bytearray(out.getvalue())
    canvas = giant.index(b"VP8X") + 12
    giant[canvas : canvas + 6] = (16_382).to_bytes(3, "little") * 2

    started = time.process_time()
    with pytest.raises(PictureTooManyPixelsError):
        open_picture(bytes(giant))

    # Decoding one frame onto such a canvas takes seconds and a gigabyte.
    assert time.process_time() - started < 0.05


def test_a_png_whose_text_is_a_bomb_is_refused() -> None:
    def chunk(tag: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))

    png = encoded(Image.new("RGB", (9, 9)), "PNG")
    text = b"Comment\0\0" + zlib.compress(b"x" * 200_000_000, 9)
    after_header = 8 + 25
    started = time.process_time()

    with pytest.raises(PictureError):
        take_in(png[:after_header] + chunk(b"zTXt", text) + png[after_header:])

    assert time.process_time() - started < 1


def test_ten_thousand_frames_of_a_gif_are_refused_by_their_format_at_once() -> None:
    whole = encoded(Image.new("P", (9, 9)), "GIF")
    header, frame = whole[: whole.index(b",")], whole[whole.index(b",") : -1]
    gif = header + frame * 10_000 + b";"

    started = time.process_time()
    with pytest.raises(PictureFormatError):
        open_picture(gif)

    assert time.process_time() - started < 0.05


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_many_frames_only_the_first_is_decoded(kind: str) -> None:
    first, *others = [Image.new("RGB", (400, 400), (number, 0, 0)) for number in range(200)]
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others, duration=10)

    picture = open_picture(out.getvalue())

    assert picture.size == (400, 400)
    assert picture.getpixel((9, 9)) == pytest.approx((0, 0, 0), abs=4)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_an_svg_by_another_name_stays_an_svg(name: str) -> None:
    with pytest.raises(PictureFormatError):
        take_in(SVG + name.encode())


@pytest.mark.parametrize("share", [1, 10, 50, 90, 99])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_wherever_a_file_is_cut_it_is_refused_or_whole(kind: str, share: int) -> None:
    whole = encoded(Image.effect_noise((300, 300), 90).convert("RGB"), kind)

    with pytest.raises(PictureError):
        take_in(whole[: len(whole) * share // 100])


@pytest.mark.parametrize(
    ("picture", "kind", "expected"),
    [
        (Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
        (Image.new("I;16", (40, 40), 40_000), "PNG", (156, 156, 156)),
        (Image.new("LA", (40, 40), (80, 255)), "PNG", (80, 80, 80)),
        (Image.new("L", (40, 40), 80), "JPEG", (80, 80, 80)),
        (Image.new("1", (40, 40), 1), "PNG", (255, 255, 255)),
    ],
    ids=["cmyk", "16 bit", "grey with transparency", "grey", "one bit"],
)
def test_rare_colour_modes_look_as_they_should(
    picture: Image.Image, kind: str, expected: tuple[int, int, int]
) -> None:
    kept = open_picture(take_in(encoded(picture, kind)))

    assert kept.mode == "RGB"
    assert kept.getpixel((20, 20)) == pytest.approx(expected, abs=6)


def test_a_palette_with_transparency_becomes_white_where_it_is_clear() -> None:
    drawn = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    drawn.paste((0, 120, 0, 255), (0, 0, 20, 40))
    out = io.BytesIO()
    drawn.quantize(8).save(out, "PNG")

    picture = open_picture(out.getvalue())

    assert picture.getpixel((35, 20)) == (255, 255, 255)
    assert picture.getpixel((5, 20)) == pytest.approx((0, 120, 0), abs=8)


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_way_of_holding_the_camera_is_set_upright(turn: int) -> None:
    """The camera writes how it was held (Exif, "Orientation"); the red stripe was at the scene's top."""
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste((200, 0, 0), (0, 0, 60, 10))
    held = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[turn]  # fmt: skip
    exif = Image.Exif()
    exif[274] = turn
    out = io.BytesIO()
    (upright if held is None else upright.transpose(held)).save(
        out, "JPEG", quality=95, subsampling=0, exif=exif
    )

    kept = open_picture(take_in(out.getvalue()))

    assert kept.size == (60, 40)
    assert kept.getpixel((30, 4)) == pytest.approx((200, 0, 0), abs=20)
    assert kept.getpixel((30, 30)) == pytest.approx((255, 255, 255), abs=20)
