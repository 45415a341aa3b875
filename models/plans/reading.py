"""From a plan file to a checked document; every finding names its line, its path and a way to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from models.errors import Invalid, Sentence
from models.files.findings import DOUBLED, Finding, Path, found, line_of, shown
from models.plans.contradictions import contradictions
from models.plans.document import PlanDocument
from models.plans.faults import faults_of

_ALIAS = "an alias"
_NULLS = {"", "~", "null", "Null", "NULL"}


class _Loader(yaml.SafeLoader):
    """Reads nodes without aliases: a plan has no use for them, and they can grow without bound."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # yaml's stubs
            raise yaml.MarkedYAMLError(problem=_ALIAS, problem_mark=mark)
        return super().compose_node(parent, index)


class PlanRefused(Invalid):
    """The plan can't be published as it is."""

    code = "plan_refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("The plan is refused: " + "; ".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as it was read: the document, and where in the file each of its places stands."""

    document: PlanDocument
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a place, or of what it stands in."""
        return line_of(self.lines, path)

    def found(self, path: Path, sentence: Sentence) -> Finding:
        """A sentence about a place of the file."""
        return found(self.lines, path, sentence)


def read_plan(text: str, currency: str) -> PlanDocument:
    """The document in a YAML or JSON text, for a merchant of this currency. Raises PlanRefused with every finding."""
    return read_plan_file(text, currency).document


def read_plan_file(text: str, currency: str) -> PlanFile:
    """The same with its lines, for who has more to say about the file. Raises PlanRefused with every finding."""
    node = _composed(text)
    content, lines = _plain(node), dict(_lines(node, ()))
    doubled = [Finding(line, shown(path), DOUBLED) for path, line in _doubled(node, ())]
    if doubled:
        raise PlanRefused(doubled)
    try:
        file = PlanFile(PlanDocument.model_validate(content), lines)
    except ValidationError as error:
        raise PlanRefused([found(lines, *fault) for fault in faults_of(error, content)]) from error
    findings = [file.found(*fault) for fault in contradictions(file.document, currency)]
    if findings:
        raise PlanRefused(findings)
    return file


def _composed(text: str) -> yaml.MappingNode:
    """The text's outline. Raises PlanRefused for what is no plan at all."""
    try:
        node = yaml.compose(_without_tabs(text), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        said = _outline_fault(error.problem or "")
        # A quote that is never closed is found at the text's end; what is to be mended is where it opens.
        mark = error.context_mark if said is _OPEN_QUOTE else error.problem_mark
        raise PlanRefused([Finding(mark.line + 1 if mark else 1, "", said)]) from error
    except yaml.YAMLError as error:
        raise PlanRefused(
            [Finding(1, "", Sentence("this is no YAML or JSON text; save the plan as text"))]
        ) from error
    except RecursionError as error:
        raise PlanRefused(
            [Finding(1, "", Sentence("this is nested far deeper than a plan is; take a preset"))]
        ) from error
    if not isinstance(node, yaml.MappingNode):
        sentence = Sentence("a plan is a mapping; begin with name, starts_at, levels and rates")
        raise PlanRefused([Finding(1, "", sentence)])
    return node


_OPEN_QUOTE = Sentence("a quote is opened and not closed; close it")
_SECOND_PLAN = Sentence("something follows the end of the plan; take it out")
_OUTLINE_FAULTS = (
    (_ALIAS, Sentence("aliases are not read here; write out what it stands for")),
    (
        "mapping values are not allowed",
        Sentence("a colon stands where none can; put the text in quotes, or mend the indent"),
    ),
    ("'\\t'", Sentence("a tab stands here; indent with spaces")),
    (
        "expected ',' or",
        Sentence("this list or mapping in brackets is not closed; mend its commas and brackets"),
    ),
    ("cannot start any token", Sentence("no text begins with this sign; put the text in quotes")),
    ("<document start>", _SECOND_PLAN),
    ("another document", _SECOND_PLAN),
    ("expected <block end>", Sentence("this does not stand where the lines around it do; mend the indent")),
    (
        "could not find expected ':'",
        Sentence("a colon is missing here or on the line before; write `key: value`"),
    ),
    ("unexpected end of stream", _OPEN_QUOTE),
)
"""What PyYAML's scanner and parser say, by a piece of it, in words for who writes a plan."""
_OTHER_OUTLINE_FAULT = Sentence(
    "this is no YAML; check quotes, colons and indents on this line and the one before"
)


def _outline_fault(problem: str) -> Sentence:
    return next((said for piece, said in _OUTLINE_FAULTS if piece in problem), _OTHER_OUTLINE_FAULT)


def _without_tabs(text: str) -> str:
    """JSON may be indented with tabs, which YAML refuses; in JSON's own strings a tab never stands."""
    return text.replace("\t", " ") if text.lstrip().startswith("{") else text


def _text(node: yaml.Node) -> str:
    """A scalar's text; JSON writes an emoji as two halves, which belong together."""
    if not isinstance(node, yaml.ScalarNode):
        return "?"  # a list or mapping as a key, which no plan has
    return str(node.value).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _plain(node: yaml.Node) -> object:
    """The node's value with every scalar as the text that was written, so that no number becomes a float."""
    if isinstance(node, yaml.MappingNode):
        return {_text(key): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if is_plain and node.value in _NULLS else _text(node)


def _lines(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, _text(key)))
            yield (*path, _text(key)), key.start_mark.line + 1  # where a reader looks for it
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index))


def _doubled(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = _text(key)
            if name in seen:
                yield (*path, name), key.start_mark.line + 1
            seen.add(name)
            yield from _doubled(value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _doubled(value, (*path, index))
