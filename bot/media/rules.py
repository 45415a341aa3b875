"""What a poster template must obey beyond its form: sizes, a code that scans, an Ad label that is seen.

Each rule yields the path of what breaks it and a sentence that says what would be right.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.media import contrast, qr
from bot.media.boxes import Area, ground_colors, letters_area, view_area
from bot.media.facts import Word
from bot.media.positions import Path
from bot.media.profiles import SHEETS
from bot.media.views import ImageView, QrView, Stack, Template, TextView

Finding = tuple[Path, str]

_TYPICAL_LENGTHS = (35, 60)
"""Characters of a short link, on a short host name and on a long one."""
_HIGHEST_PERCENT = 115
"""How high letters may be, of their line: there is air above capitals and below the baseline."""
_LABEL_PER_MILLE = 18
"""Least size of the Ad label's letters, of the poster's width."""


def broken_rules(template: Template) -> Iterator[Finding]:
    """Everything that is wrong with a template whose form is right."""
    yield from _name(template)
    yield from _size(template)
    yield from _stacks(template)
    yield from _places(template)
    yield from _letters(template)
    yield from _codes(template)
    yield from _label(template)


def _name(template: Template) -> Iterator[Finding]:
    """It stands on buttons and in the store, which takes no control characters."""
    if not template.name.isprintable() or not template.name.strip():
        yield ("name",), "a name is letters and figures, without line breaks and other control characters"


def _size(template: Template) -> Iterator[Finding]:
    wanted = SHEETS[template.profile].size
    if template.size != wanted:
        yield ("size",), f"a poster of profile {template.profile} has the size [{wanted[0]}, {wanted[1]}]"


def _stacks(template: Template) -> Iterator[Finding]:
    names: set[str] = set()
    for number, stack in enumerate(template.stacks):
        if stack.name in names:
            yield (
                ("stacks", number, "name"),
                f"a stack {stack.name} stands above already; give each its own name",
            )
        names.add(stack.name)
        yield from _inside(template, ("stacks", number), Area.of(stack))
        needed = _most_height(template, stack)
        if needed > stack.height:
            yield (
                ("stacks", number, "height"),
                f"its texts take {needed} pixels when all are shown and full; {stack.height} are too few",
            )
    for number, view in enumerate(template.views):
        if isinstance(view, TextView) and view.stack is not None and view.stack not in names:
            known = ", ".join(sorted(names)) or "none yet"
            yield ("views", number, "stack"), f"there is no stack {view.stack}; stacks are {known}"


def _most_height(template: Template, stack: Stack) -> int:
    """How high a stack's texts are when all are shown and every line is used."""
    views = [view for view in template.views if isinstance(view, TextView) and view.stack == stack.name]
    margins = sum(view.css.margin_top for view in views[1:])
    return margins + sum(
        max(view.css.line_height * view.css.max_lines, view.disc.size if view.disc else 0) for view in views
    )


def _places(template: Template) -> Iterator[Finding]:
    free = SHEETS[template.profile].free_px
    for number, view in enumerate(template.views):
        area = view_area(template, view)
        if area is None:  # in a stack, which was looked at
            continue
        if isinstance(view, TextView) and not view.css.width:
            yield ("views", number, "css"), "a text that is in no stack needs a width"
            continue
        yield from _inside(template, ("views", number, "css"), area)
        if free and isinstance(view, TextView | QrView):
            yield from _outside_bands(template, ("views", number, "css"), area, free)
    if free:
        for number, stack in enumerate(template.stacks):
            yield from _outside_bands(template, ("stacks", number), Area.of(stack), free)


def _letters(template: Template) -> Iterator[Finding]:
    """Letters and pills fit into their lines, and some room is left for them beside disc and padding."""
    widths = {stack.name: stack.width for stack in template.stacks}
    for number, view in enumerate(template.views):
        if not isinstance(view, TextView):
            continue
        lead = view.disc.size + view.disc.gap if view.disc is not None else 0
        room = widths.get(view.stack, 0) if view.stack is not None else view.css.width
        highest = view.css.line_height * _HIGHEST_PERCENT // 100
        for place, span in enumerate(view.spans):
            path: Path = ("views", number, "spans", place)
            high = span.css.font_size + 2 * span.css.padding_y
            if high > highest:
                yield (
                    (*path, "css", "font-size"),
                    f"letters and their pill are {high} high; a line of {view.css.line_height} holds {highest}",
                )
            if span.rise * 2 > view.css.line_height:
                yield (*path, "rise"), "it lifts the letters out of their line; half a line is the most"
            if lead + 2 * span.css.padding_x + span.css.font_size > room > 0:
                yield (*path, "css"), f"not one letter fits into {room} pixels beside its padding and disc"


def _inside(template: Template, path: Path, area: Area) -> Iterator[Finding]:
    width, height = template.size
    if area.left < 0 or area.top < 0:
        yield path, "when it grows to max-width, it goes beyond the upper or left edge"
    if area.right > width:
        yield (
            (*path, "left"),
            f"it ends {area.right - width} pixels beyond the right edge, which is at {width}",
        )
    if area.bottom > height:
        yield (
            (*path, "top"),
            f"it ends {area.bottom - height} pixels below the lower edge, which is at {height}",
        )


def _outside_bands(template: Template, path: Path, area: Area, free: int) -> Iterator[Finding]:
    lowest = template.size[1] - free
    if area.top < free or area.bottom > lowest:
        yield (
            (*path, "top"),
            (
                f"in {template.profile} apps cover {free} pixels at top and bottom: words and code stand "
                f"between {free} and {lowest}"
            ),
        )


def _codes(template: Template) -> Iterator[Finding]:
    codes = [(number, view) for number, view in enumerate(template.views) if isinstance(view, QrView)]
    if not codes:
        yield ("views",), "a view of type qrcode is missing: without its code a poster leads nowhere"
    for number, _ in codes[1:]:
        yield ("views", number), f"a poster has exactly one code, and views[{codes[0][0]}] is one already"
    for number, view in codes[:1]:
        yield from _code_scans(template, number, view)
        square = view_area(template, view)
        for other, covering in enumerate(template.views):
            area = letters_area(template, covering)
            if area is not None and square is not None and area.meets(square):
                yield ("views", other), f"it meets the code's square, which is {square}"


def _code_scans(template: Template, number: int, view: QrView) -> Iterator[Finding]:
    sheet = SHEETS[template.profile]
    codes = [qr.encode("x" * length, view.css.correction) for length in _TYPICAL_LENGTHS]
    needed = max(qr.smallest_module(code, sheet.code_px) * code.span for code in codes)
    if view.css.width < needed:
        code = codes[0]
        largest = qr.largest_module(code, view.css.width) * code.modules
        percent, least = (px * 100 // template.size[0] for px in (largest, sheet.code_px))
        yield (
            ("views", number, "css", "width"),
            (
                f"the code would take {percent} % of the poster's width, and {least} % are the least; "
                f"make the square at least {needed} wide"
            ),
        )
    if view.css.max_width < view.css.width:
        yield ("views", number, "css", "max-width"), "it is less than width; the code may only grow"


def _label(template: Template) -> Iterator[Finding]:
    """The Ad label is there, alone, large and clear enough, and nothing is painted over it."""
    labels = [
        (number, view)
        for number, view in enumerate(template.views)
        if isinstance(view, TextView) and any(span.bind is Word.AD_LABEL for span in view.spans)
    ]
    if not labels:
        yield ("views",), "a text with the bind ad-label is missing: a poster says that it is an ad"
    for number, view in labels:
        span = view.spans[0]
        if len(view.spans) > 1 or view.when not in {None, Word.AD_LABEL}:
            yield ("views", number), "the Ad label stands in a text of its own, without another condition"
            continue
        least = template.size[0] * _LABEL_PER_MILLE // 1000
        if span.css.font_size < least:
            path: Path = ("views", number, "spans", 0, "css", "font-size")
            yield path, f"the Ad label's letters are at least {least} high"
        colors = (span.css.background,) if span.css.background else ground_colors(template, number)
        if not colors or any(contrast.contrast(span.css.color, color) < contrast.TEXT for color in colors):
            yield (
                ("views", number, "spans", 0, "css", "color"),
                (
                    f"the Ad label stands out too little from its ground: {contrast.TEXT}:1 is the least "
                    "(give it a background of its own)"
                ),
            )
        area = letters_area(template, view)
        for later, covering in enumerate(template.views[number + 1 :], number + 1):
            cover = None if isinstance(covering, TextView) else view_area(template, covering)
            if area is not None and cover is not None and cover.meets(area):
                kind = "picture" if isinstance(covering, ImageView) else "plate"
                yield ("views", later), f"this {kind} is painted over the Ad label"
