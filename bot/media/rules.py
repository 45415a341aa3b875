"""What a poster template must obey beyond its form: sizes, a code that scans, an Ad label that is seen.

Each rule yields the path of what breaks it and a sentence that says what would be right.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.media.boxes import Area, view_area
from bot.media.obligations import code_faults, label_faults
from bot.media.profiles import SHEETS
from bot.media.views import QrView, Stack, Template, TextView
from models.errors import Sentence
from models.files.findings import Fault, Path

_HIGHEST_PERCENT = 115
"""How high letters may be, of their line: there is air above capitals and below the baseline."""


def broken_rules(template: Template) -> Iterator[Fault]:
    """Everything that is wrong with a template whose form is right."""
    yield from _name(template)
    yield from _size(template)
    yield from _stacks(template)
    yield from _places(template)
    yield from _letters(template)
    yield from code_faults(template)
    yield from label_faults(template)


def _name(template: Template) -> Iterator[Fault]:
    """It stands on buttons and in the store, which takes no control characters."""
    if not template.name.isprintable() or not template.name.strip():
        yield (
            ("name",),
            Sentence(
                "a name has letters or figures, and no line breaks or other control characters; write one such as mine"
            ),
        )


def _size(template: Template) -> Iterator[Fault]:
    wanted = SHEETS[template.profile].size
    if template.size != wanted:
        yield (
            ("size",),
            Sentence(
                "a poster of profile {profile} has the size [{width}, {height}]; write that, or another profile",
                profile=template.profile,
                width=wanted[0],
                height=wanted[1],
            ),
        )


def _stacks(template: Template) -> Iterator[Fault]:
    names: set[str] = set()
    for number, stack in enumerate(template.stacks):
        if stack.name in names:
            yield (
                ("stacks", number, "name"),
                Sentence("a stack {name} stands above already; give each its own name", name=stack.name),
            )
        names.add(stack.name)
        yield from _inside(template, ("stacks", number), Area.of(stack))
        needed = _most_height(template, stack)
        if needed > stack.height:
            yield (
                ("stacks", number, "height"),
                Sentence(
                    "its texts take {needed} pixels when all are shown and full; {height} are too few, "
                    "write {needed} or more",
                    needed=needed,
                    height=stack.height,
                ),
            )
    for number, view in enumerate(template.views):
        if isinstance(view, TextView) and view.stack is not None and view.stack not in names:
            yield ("views", number, "stack"), _no_stack(view.stack, names)


def _no_stack(name: str, known: set[str]) -> Sentence:
    if not known:
        return Sentence("there is no stack {name}; add it under `stacks`, or take `stack` out", name=name)
    return Sentence("there is no stack {name}; stacks are {known}", name=name, known=", ".join(sorted(known)))


def _most_height(template: Template, stack: Stack) -> int:
    """How high a stack's texts are when all are shown and every line is used."""
    views = [view for view in template.views if isinstance(view, TextView) and view.stack == stack.name]
    margins = sum(view.css.margin_top for view in views[1:])
    return margins + sum(
        max(view.css.line_height * view.css.max_lines, view.disc.size if view.disc else 0) for view in views
    )


def _places(template: Template) -> Iterator[Fault]:
    free = SHEETS[template.profile].free_px
    for number, view in enumerate(template.views):
        area = view_area(template, view)
        if area is None:  # in a stack, which was looked at
            continue
        if isinstance(view, TextView) and not view.css.width:
            yield (
                ("views", number, "css"),
                Sentence('a text that is in no stack needs a width; add it, such as `"width": 300`'),
            )
            continue
        yield from _inside(template, ("views", number, "css"), area)
        if free and isinstance(view, TextView | QrView):
            yield from _outside_bands(template, ("views", number, "css"), area, free)
    if free:
        for number, stack in enumerate(template.stacks):
            yield from _outside_bands(template, ("stacks", number), Area.of(stack), free)


def _letters(template: Template) -> Iterator[Fault]:
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
                    Sentence(
                        "letters and their pill are {high} high, and a line of {line} holds {most}; make them "
                        "smaller, or line-height larger",
                        high=high,
                        line=view.css.line_height,
                        most=highest,
                    ),
                )
            if span.rise * 2 > view.css.line_height:
                yield (
                    (*path, "rise"),
                    Sentence(
                        "it lifts the letters out of their line; write {most} or less, half a line",
                        most=view.css.line_height // 2,
                    ),
                )
            if lead + 2 * span.css.padding_x + span.css.font_size > room > 0:
                yield (
                    (*path, "css"),
                    Sentence(
                        "not one letter fits into {room} pixels beside its padding and disc; make these smaller, "
                        "or the text wider",
                        room=room,
                    ),
                )


def _inside(template: Template, path: Path, area: Area) -> Iterator[Fault]:
    width, height = template.size
    if area.left < 0 or area.top < 0:
        yield (
            path,
            Sentence(
                "when it grows to max-width, it goes beyond the upper or left edge; move it away from the edge"
            ),
        )
    if area.right > width:
        yield (
            (*path, "left"),
            Sentence(
                "it ends {over} pixels beyond the right edge, which is at {edge}; move it to the left, or make it "
                "narrower",
                over=area.right - width,
                edge=width,
            ),
        )
    if area.bottom > height:
        yield (
            (*path, "top"),
            Sentence(
                "it ends {over} pixels below the lower edge, which is at {edge}; move it up, or make it smaller",
                over=area.bottom - height,
                edge=height,
            ),
        )


def _outside_bands(template: Template, path: Path, area: Area, free: int) -> Iterator[Fault]:
    lowest = template.size[1] - free
    if area.top < free or area.bottom > lowest:
        yield (
            (*path, "top"),
            Sentence(
                "in {profile} apps cover {free} pixels at top and bottom; place words and code between {free} and "
                "{lowest}",
                profile=template.profile,
                free=free,
                lowest=lowest,
            ),
        )
