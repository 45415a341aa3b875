"""Every kind of fault of a poster template once: its line, its path, and the sentence with the mend."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.media.errors import TemplateInvalidError
from bot.media.template import parse_template
from models.files.faults import MOST_FAULTS
from tests.bot.media.test_template import CODE, LABEL, PLAIN, faults

TITLE = '{"bind": "title", "css": {"font-size": 46, "color": "#222222"}}'
PLATE = '{"type": "rect", "css": {"left": 0, "top": 0, "width": 200, "height": 80, "color": "#FFFFFF"}}'
PICTURE = (
    '{"type": "image", "bind": "picture", "css": {"left": 0, "top": 0, "width": 200, "height": 80, '
    '"plate": "#EEEEEE", "plate-mark": "#CCCCCC"}}'
)
NO_KEY = (
    'no key stands here; write `"key": value` with the key in double quotes, or take out a comma too many'
)
NO_VALUE = "a value is missing here; write a number, a text in double quotes, or a list or object in brackets"
NO_BACKSLASH = "a backslash stands where none can; take it out, or write two of them"
NO_BREAK = "a line break or another control character stands inside a text; take it out, or close the quote"
NO_CONSTANT = "is no number; write a whole number"
TOO_DEEP = "this is nested far deeper than a template is; take brackets out"
NO_NAME = (
    "a name has letters or figures, and no line breaks or other control characters; write one such as mine"
)
NO_SIZE = "a size is width and height; write two whole numbers, such as [1080, 1440]"
NO_NUMBER = "this is no whole number; write one such as 30, without quotes"
NO_OBJECT = 'this is no object in braces; write {"key": value}'
NO_TEXT = "this is no text; write it in double quotes"
NO_COLOUR = "this is no colour; write it like #1A2B3C, a plate's also with its cover, like #1A2B3C80"
NO_TYPE = "there is no such type of view; write rect, image, text or qrcode"
NO_CONTRAST = (
    "the Ad label stands out too little from its ground, and 4.5:1 is the least; give it another color, or a "
    "background of its own"
)
NO_TEMPLATE = "a template is an object in braces; begin with name, profile, size, background and views"
WORDS = (
    "brand, brand-initial, ad-label, badge, price-before, price-whole, price-after, strike, saving, title, "
    "selling-point, initial, recommendation, hint, code-caption, short-code, deadline"
)

FAULTS = [
    # What is no JSON
    ('"name": "mine",', '"name": "mine"', 3, "",
     "a comma is missing before this place, or a bracket is not closed; mend commas and brackets"),
    ('"#FFFFFF",\n  "stacks"', '"#FFFFFF",,\n  "stacks"', 5, "", NO_KEY),
    ('"background"', "background", 5, "", NO_KEY),
    ('"background": "#', '"background" "#', 5, "", 'a colon is missing here; write `"key": value`'),
    ('"background": "#FFFFFF"', '"background": white', 5, "", NO_VALUE),
    ('"max-width": 400}}\n', '"max-width": 400}},\n', 18, "",
     "a comma stands after the last entry; take it out"),
    ('"max-width": 400}}\n', '"max-width": 400,}}\n', 17, "",
     "a comma stands after the last entry; take it out"),
    ('"mine"', '"mine', 2, "", NO_BREAK),
    ('"mine"', '"mi\tne"', 2, "", NO_BREAK),
    ('"mine"', r'"mi\xne"', 2, "", NO_BACKSLASH),
    ('"mine"', r'"mi\u12ne"', 2, "", NO_BACKSLASH),
    ('"mine"', r'"mi\ud83dne"', 2, "",
     "half a character stands here; write the character itself instead of its \\u code"),
    ('"name": "mine"', r'"\udd25": 1', 2, "",
     "half a character stands here; write the character itself instead of its \\u code"),
    ("  ]\n}\n", "  ]\n}}\n", 19, "", "something follows the end of the template; take it out"),
    ("  ]\n}\n", '  ],\n  "end": "', 19, "", "a quote is opened and not closed; close it"),
    ('"left": 640', '"left": NaN', 17, "", f"NaN {NO_CONSTANT}"),
    ('"left": 640', '"left": -Infinity', 17, "", f"-Infinity {NO_CONSTANT}"),
    ('"left": 640', f'"left": {"9" * 5000}', 17, "", "this is far too large; write a smaller whole number"),
    ('"left": 640', f'"left": {"[" * 30}{"]" * 30}', 17, "", TOO_DEEP),
    # What is no template by its form
    ('"name": "mine",', '"name": "mine",\n  "name": "yours",', 3, "name",
     "this key stands twice; keep one of the two"),
    ('"left": 640,', '"left": 640, "left": 6,', 17, "views[3].css.left",
     "this key stands twice; keep one of the two"),
    ('"background"', '"backgrund"', 1, "background",
     '`background` is missing; add it, such as `"background": "#FFFFFF"`'),
    ('"background"', '"backgrund"', 5, "backgrund",
     "there is no key `backgrund` here; did you mean `background`?"),
    ('"left": 640, ', "", 17, "views[3].css.left", "`left` is missing; add it"),
    ('"left": 640', '"left": 640, "colour": 1', 17, "views[3].css.colour",
     "there is no key `colour` here; keys here are left, top, width, max-width, correction"),
    ('"type": "image"', '"type": "image", "image": 1', 10, "views[0].image",
     "there is no key `image` here; keys here are type, bind, css"),
    ('"mine"', '""', 2, "name", "this is empty; write a text here"),
    ('"mine"', f'"{"m" * 41}"', 2, "name", "this is too long; write at most 40 characters"),
    ('"mine"', "null", 2, "name", NO_TEXT),
    ('"#FFFFFF"', '"red"', 5, "background", NO_COLOUR),
    ('"3:4"', '"5:4"', 3, "profile",
     "there is no such word here; write one of these: 3:4, 9:16, 1:1, 1.91:1, A4"),
    ('"bind": "title"', '"bind": "commission"', 12, "views[1].spans[0].bind",
     f"there is no such word here; write one of these: {WORDS}"),
    ('"picture"', '"photo"', 10, "views[0].bind", "there is no such word here; write picture"),
    ("[1080, 1440]", "[1080]", 4, "size[1]", NO_SIZE),
    ("[1080, 1440]", "[1080, 1440, 144]", 4, "size", NO_SIZE),
    ("[1080, 1440]", '"large"', 4, "size", NO_SIZE),
    ("[1080, 1440]", '[1080, "1440"]', 4, "size[1]", NO_NUMBER),
    ('  "size": [1080, 1440],\n', "", 1, "size",
     '`size` is missing; add it, such as `"size": [1080, 1440]`'),
    ('"left": 640', '"left": "640"', 17, "views[3].css.left", NO_NUMBER),
    ('"left": 640', '"left": 6.5', 17, "views[3].css.left", NO_NUMBER),
    ('"left": 640', '"left": -1', 17, "views[3].css.left", "this is too small; write 0 or more"),
    ('"left": 640', '"left": 4001', 17, "views[3].css.left", "this is too large; write 4000 or less"),
    ('{"bind": "title"', '{"optional": "yes", "bind": "title"', 12, "views[1].spans[0].optional",
     "this is neither yes nor no; write true or false, without quotes"),
    ('"type": "image"', '"type": "video"', 10, "views[0]", NO_TYPE),
    ('"type": "image"', '"type": null', 10, "views[0]", NO_TYPE),
    ('"type": "image", ', "", 10, "views[0]",
     'a view has a type; add "type": "rect", "image", "text" or "qrcode"'),
    ('"views": [', '"views": [7,', 9, "views[0]", NO_OBJECT),
    ('{"line-height": 60, "max-lines": 2}', "60", 13, "views[1].css", NO_OBJECT),
    ('"views": [', '"views": 7, "old": [', 9, "views", "this is no list; write it in brackets, [one, two]"),
    (TITLE, "", 12, "views[1].spans", "the list is empty; write at least one entry"),
    (TITLE, ", ".join([TITLE] * 9), 12, "views[1].spans", "there are 9 entries; write at most 8"),
    # What breaks a rule
    ('"mine"', r'"mi\u0000ne"', 2, "name", NO_NAME),
    ('"mine"', r'"mi\nne"', 2, "name", NO_NAME),
    ('"mine"', '" "', 2, "name", NO_NAME),
    ("[1080, 1440]", "[1080, 1450]", 4, "size",
     "a poster of profile 3:4 has the size [1080, 1440]; write that, or another profile"),
    ('"stacks": [', '"stacks": [\n{"name": "offer", "left": 0, "top": 0, "width": 9, "height": 360},', 8,
     "stacks[1].name", "a stack offer stands above already; give each its own name"),
    ('"stack": "offer"', '"stack": "ofer"', 12, "views[1].stack", "there is no stack ofer; stacks are offer"),
    ('"stacks": [\n    {"name": "offer", "left": 60, "top": 820, "width": 500, "height": 300}', '"stacks": [', 11,
     "views[1].stack", "there is no stack offer; add it under `stacks`, or take `stack` out"),
    ('"max-lines": 2', '"max-lines": 6', 7, "stacks[0].height",
     "its texts take 360 pixels when all are shown and full; 300 are too few, write 360 or more"),
    ('"left": 60, "top": 820', '"left": 600, "top": 820', 7, "stacks[0].left",
     "it ends 20 pixels beyond the right edge, which is at 1080; move it to the left, or make it narrower"),
    ('"top": 100, "width": 960', '"top": 800, "width": 960', 11, "views[0].css.top",
     "it ends 60 pixels below the lower edge, which is at 1440; move it up, or make it smaller"),
    (CODE, CODE.replace("640", "3").replace("400", "420"), 17, "views[3].css",
     "when it grows to max-width, it goes beyond the upper or left edge; move it away from the edge"),
    ('"top": 20, "width": 300, ', '"top": 20, ', 15, "views[2].css",
     'a text that is in no stack needs a width; add it, such as `"width": 300`'),
    ('"font-size": 46', '"font-size": 90', 12, "views[1].spans[0].css.font-size",
     "letters and their pill are 90 high, and a line of 60 holds 69; make them smaller, or line-height larger"),
    ('"font-size": 46', '"font-size": 46, "padding-x": 240', 12, "views[1].spans[0].css",
     "not one letter fits into 500 pixels beside its padding and disc; make these smaller, or the text wider"),
    ('{"bind": "title"', '{"rise": 40, "bind": "title"', 12, "views[1].spans[0].rise",
     "it lifts the letters out of their line; write 30 or less, half a line"),
    # What would not scan
    (CODE, CODE.replace("376", "300"), 17, "views[3].css.width",
     "the code would take 21 % of the poster's width, and 26 % are the least; make the square at least 370 wide"),
    (CODE, CODE.replace("400", "370"), 17, "views[3].css.max-width",
     "it is less than width, and the code may only grow; write 376 or more"),
    (CODE, f"{CODE},\n    {CODE}", 18, "views[4]",
     "a poster has exactly one code, and views[3] is one already; take one of the two out"),
    (f",\n    {CODE}", "", 9, "views",
     "a view of type qrcode is missing, and without its code a poster leads nowhere; add one"),
    ('"width": 500, "height": 300', '"width": 700, "height": 300', 12, "views[1]",
     "it meets the code's square, from 628 to 1028 and from 888 down to 1288; move one of the two"),
    # What would hide that it is an ad
    ("ad-label", "hint", 9, "views",
     "a text with the bind ad-label is missing, and a poster says that it is an ad; add one"),
    ('"color": "#444444"', '"color": "#BBBBBB"', 14, "views[2].spans[0].css.color", NO_CONTRAST),
    ('"color": "#444444"', '"color": "#FFF000"', 14, "views[2].spans[0].css.color", NO_CONTRAST),
    ('"top": 20, "width": 300', '"top": 200, "width": 300', 14, "views[2].spans[0].css.color", NO_CONTRAST),
    ('"font-size": 24', '"font-size": 12', 14, "views[2].spans[0].css.font-size",
     "the Ad label's letters are too small; write 19 or more"),
    (LABEL, f'{{"bind": "brand", "css": {{"font-size": 9, "color": "#000000"}}}}, {LABEL}', 14, "views[2]",
     "the Ad label stands in a text of its own; take its other spans and its `when` out"),
    ('"type": "text", "spans"', '"type": "text", "when": "badge", "spans"', 14, "views[2]",
     "the Ad label stands in a text of its own; take its other spans and its `when` out"),
    (CODE, f"{PLATE},\n{CODE}", 16, "views[3]",
     "this plate is painted over the Ad label; write it before the label, or move it"),
    (CODE, f"{PICTURE},\n{CODE}", 16, "views[3]",
     "this picture is painted over the Ad label; write it before the label, or move it"),
    (CODE, CODE.replace("640", "60").replace("900", "20"), 16, "views[3]",
     "this code is painted over the Ad label; move one of the two"),
]  # fmt: skip

FAULTS_OF_ANYTHING = [
    ("", "there is nothing in the file; write a template into it, or take another file"),
    (" ", "there is nothing in the file; write a template into it, or take another file"),
    ("[]", NO_TEMPLATE),
    ("7", NO_TEMPLATE),
    ("null", NO_TEMPLATE),
    ('"text"', NO_TEMPLATE),
    ("{", NO_KEY),
    ("[" * 5000, TOO_DEEP),
    ('{"a":' * 5000, TOO_DEEP),
    ("\x00", NO_VALUE),
    ("{}" * 2, "something follows the end of the template; take it out"),
    (f'{{"views": {"9" * 5000}}}', "this is far too large; write a smaller whole number"),
    (" " * 200_001, "this is longer than 200000 characters; take out what the poster can do without"),
]


@pytest.mark.parametrize(("written", "instead", "line", "path", "sentence"), FAULTS)
def test_a_fault_is_named_by_line_path_and_sentence(
    written: str, instead: str, line: int, path: str, sentence: str
) -> None:
    assert PLAIN.count(written) == 1

    found = [(fault.line, fault.path, fault.sentence) for fault in faults(PLAIN.replace(written, instead))]

    assert (line, path, sentence) in found


@pytest.mark.parametrize(
    ("source", "sentence"), FAULTS_OF_ANYTHING, ids=lambda text: text[:6].strip() or "empty"
)
def test_what_is_no_template_at_all_is_refused_with_a_line(source: str, sentence: str) -> None:
    found = faults(source)

    assert [(fault.line, fault.path, fault.sentence) for fault in found] == [(1, "", sentence)]


ODD: list[object] = [None, True, -1, 10**9, 1.5, "", "x", "\n", "x" * 300, [], {}, [[]], {"x": 1}]
EVERYTHING = (
    '{"type": "rect", "when": "badge", "css": {"left": 0, "top": 900, "width": 9, "height": 9, "color": "#FFFFFF", '
    '"gradient": {"to": "#FFFFFF80", "direction": "out"}, "pattern": {"kind": "dots", "color": "#FFFFFF", '
    '"step": 40, "size": 8}, "border": {"width": 4, "color": "#FFFFFF"}, '
    '"shadow": {"offset": 10, "blur": 20, "color": "#FFFFFF"}}}, '
    '{"type": "text", "when": "badge", "spans": [{"bind": "badge", "gap": 1, "rise": 1, "optional": true, '
    '"css": {"font-size": 20, "color": "#000000", "font-weight": "bold"}}], '
    '"disc": {"size": 88, "gap": 20, "color": "#16402F", "letter-color": "#FFFFFF"}, '
    '"css": {"left": 0, "top": 830, "width": 200, "line-height": 60, "text-align": "right"}}'
)


def test_no_odd_value_anywhere_is_refused_in_the_checkers_own_words() -> None:
    """The sentence for all else is for what we don't know of; whatever we can write has one of its own."""
    whole = json.loads(PLAIN.replace(CODE, f"{EVERYTHING},\n{CODE}"))
    parse_template("whole", json.dumps(whole))

    for path in places(whole):
        for odd in ODD:
            changed = copy.deepcopy(whole)
            holder = changed
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = odd
            try:
                parse_template("odd", json.dumps(changed))
            except TemplateInvalidError as error:
                said = {fault.sentence for fault in error.faults}
                assert not any("can't be read here" in sentence for sentence in said), (path, odd)


def places(content: Any, path: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    """Every place within, the outer ones first."""
    steps = content.items() if isinstance(content, dict) else enumerate(content)
    for step, value in steps:
        yield (*path, step)
        if isinstance(value, dict | list):
            yield from places(value, (*path, step))


def test_a_file_made_to_be_wrong_is_named_in_part() -> None:
    source = '{"views": [' + ", ".join(["1"] * 50_000) + "]}"

    assert len(faults(source)) == MOST_FAULTS


def test_a_view_that_is_wrong_inside_is_named_there_alone() -> None:
    """A list whose only entry is wrong is no empty list."""
    found = faults(PLAIN.replace('"bind": "title"', '"bind": "commission"'))

    assert [fault.path for fault in found] == ["views[1].spans[0].bind"]
