"""What is wrong with the form of a poster template, each fault as a sentence with the mend."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from bot.media.views import Template
from models.errors import Sentence
from models.files import faults
from models.files.findings import Fault, Path

_NO_OBJECT = Sentence('this is no object in braces; write {{"key": value}}')
_SENTENCES = {
    "string_pattern_mismatch": Sentence(
        "this is no colour; write it like #1A2B3C, a plate's also with its cover, like #1A2B3C80"
    ),
    "string_type": Sentence("this is no text; write it in double quotes"),
    "model_type": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
    "tuple_type": Sentence("this is no list; write it in brackets, [one, two]"),
    "int_type": Sentence("this is no whole number; write one such as 30, without quotes"),
    "bool_type": Sentence("this is neither yes nor no; write true or false, without quotes"),
    "union_tag_not_found": Sentence('a view has a type; add "type": "rect", "image", "text" or "qrcode"'),
    "union_tag_invalid": Sentence("there is no such type of view; write rect, image, text or qrcode"),
}
_EXAMPLES = {
    "name": '"name": "mine"',
    "profile": '"profile": "3:4"',
    "size": '"size": [1080, 1440]',
    "background": '"background": "#FFFFFF"',
    "views": '"views": [{"type": "qrcode", …}]',
    "spans": '"spans": [{"bind": "title", …}]',
    "color": '"color": "#222222"',
    "width": '"width": 300',
    "font-size": '"font-size": 46',
    "line-height": '"line-height": 60',
}
_ELSE = Sentence("this can't be read here; compare it with the example in the documentation")
_NO_TEMPLATE = Sentence(
    "a template is an object in braces; begin with name, profile, size, background and views"
)
_NO_SIZE = Sentence("a size is width and height; write two whole numbers, such as [1080, 1440]")


def _at(kind: str, path: Path) -> Sentence | None:
    if not path and kind in {"model_type", "dict_type"}:
        return _NO_TEMPLATE
    is_no_pair = kind in {"tuple_type", "too_long"} if path == ("size",) else kind == "missing"
    return _NO_SIZE if path[:1] == ("size",) and is_no_pair else None


_FORM = faults.Form(Template, _SENTENCES, _EXAMPLES, _ELSE, _at)


def faults_of(error: ValidationError, content: object) -> Iterator[Fault]:
    """Each place once; `content` is what was checked."""
    return faults.faults_of(error, content, _FORM)
