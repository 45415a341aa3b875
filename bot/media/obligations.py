"""What every poster carries, whoever drew its template: a code that scans, and an Ad label that is seen."""

from __future__ import annotations

from collections.abc import Iterator

from bot.media import contrast, qr
from bot.media.boxes import Area, ground_colors, letters_area, view_area
from bot.media.facts import Word
from bot.media.profiles import SHEETS
from bot.media.views import ImageView, QrView, Template, TextView, View
from models.errors import Sentence
from models.files.findings import Fault, Path, shown

_TYPICAL_LENGTHS = (35, 60)
"""Characters of a short link, on a short host name and on a long one."""
_LABEL_PER_MILLE = 18
"""Least size of the Ad label's letters, of the poster's width."""


def code_faults(template: Template) -> Iterator[Fault]:
    """The code is there, alone, large enough to scan, and no words meet it."""
    codes = [(number, view) for number, view in enumerate(template.views) if isinstance(view, QrView)]
    if not codes:
        yield (
            ("views",),
            Sentence(
                "a view of type qrcode is missing, and without its code a poster leads nowhere; add one"
            ),
        )
    for number, _ in codes[1:]:
        yield (
            ("views", number),
            Sentence(
                "a poster has exactly one code, and {other} is one already; take one of the two out",
                other=shown(("views", codes[0][0])),
            ),
        )
    for number, view in codes[:1]:
        yield from _code_scans(template, number, view)
        square = view_area(template, view)
        for other, covering in enumerate(template.views):
            area = letters_area(template, covering)
            if area is not None and square is not None and area.meets(square):
                yield ("views", other), _meets(square)


def _meets(square: Area) -> Sentence:
    return Sentence(
        "it meets the code's square, from {left} to {right} and from {top} down to {bottom}; move one of the two",
        left=square.left,
        right=square.right,
        top=square.top,
        bottom=square.bottom,
    )


def _code_scans(template: Template, number: int, view: QrView) -> Iterator[Fault]:
    sheet = SHEETS[template.profile]
    codes = [qr.encode("x" * length, view.css.correction) for length in _TYPICAL_LENGTHS]
    needed = max(qr.smallest_module(code, sheet.code_px) * code.span for code in codes)
    if view.css.width < needed:
        code = codes[0]
        largest = qr.largest_module(code, view.css.width) * code.modules
        percent, least = (px * 100 // template.size[0] for px in (largest, sheet.code_px))
        yield (
            ("views", number, "css", "width"),
            Sentence(
                "the code would take {percent} % of the poster's width, and {least} % are the least; "
                "make the square at least {needed} wide",
                percent=percent,
                least=least,
                needed=needed,
            ),
        )
    if view.css.max_width < view.css.width:
        yield (
            ("views", number, "css", "max-width"),
            Sentence(
                "it is less than width, and the code may only grow; write {least} or more",
                least=view.css.width,
            ),
        )


def label_faults(template: Template) -> Iterator[Fault]:
    """The Ad label is there, alone, large and clear enough, and nothing is painted over it."""
    labels = [
        (number, view)
        for number, view in enumerate(template.views)
        if isinstance(view, TextView) and any(span.bind is Word.AD_LABEL for span in view.spans)
    ]
    if not labels:
        yield (
            ("views",),
            Sentence("a text with the bind ad-label is missing, and a poster says that it is an ad; add one"),
        )
    for number, view in labels:
        span = view.spans[0]
        if len(view.spans) > 1 or view.when not in {None, Word.AD_LABEL}:
            yield (
                ("views", number),
                Sentence("the Ad label stands in a text of its own; take its other spans and its `when` out"),
            )
            continue
        least = template.size[0] * _LABEL_PER_MILLE // 1000
        if span.css.font_size < least:
            path: Path = ("views", number, "spans", 0, "css", "font-size")
            yield path, Sentence("the Ad label's letters are too small; write {least} or more", least=least)
        colors = (span.css.background,) if span.css.background else ground_colors(template, number)
        if not colors or any(contrast.contrast(span.css.color, color) < contrast.TEXT for color in colors):
            yield (
                ("views", number, "spans", 0, "css", "color"),
                Sentence(
                    "the Ad label stands out too little from its ground, and {least}:1 is the least; give it another "
                    "color, or a background of its own",
                    least=contrast.TEXT,
                ),
            )
        area = letters_area(template, view)
        for later, covering in enumerate(template.views[number + 1 :], number + 1):
            cover = None if isinstance(covering, TextView) else view_area(template, covering)
            if area is not None and cover is not None and cover.meets(area):
                yield ("views", later), _covers(covering)


def _covers(view: View) -> Sentence:
    match view:
        case ImageView():
            return Sentence(
                "this picture is painted over the Ad label; write it before the label, or move it"
            )
        case QrView():
            return Sentence("this code is painted over the Ad label; move one of the two")
        case _:
            return Sentence("this plate is painted over the Ad label; write it before the label, or move it")
