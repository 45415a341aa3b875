"""Poster templates: check a merchant's own file, and look at it, or at a shipped one, with a sample product."""
# ruff: noqa: PLC0415 - imports stand inside commands, so that --help is fast

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, example
from bot.cli.printing import complain, print_facts, print_json
from bot.media.profiles import Profile

if TYPE_CHECKING:
    from bot.media.forms import PosterForm
    from bot.media.views import Template
    from models.files.findings import Finding

app = typer.Typer(no_args_is_help=True, help="Check poster templates and preview them.")
MOST_BYTES = 256 * 1024


class Lang(StrEnum):
    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Checked:
    """A template that can be used."""

    name: str
    profile: Profile
    size: tuple[int, int]
    views: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a template can't be used."""

    faults: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Previewed:
    """A poster that was written."""

    file: str
    template: str
    profile: Profile
    form: PosterForm
    bytes: int


TemplateFile = Annotated[Path, typer.Argument(metavar="FILE", help="The template: JSON in UTF-8.")]
MaybeFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="The template; or choose a shipped one by --family.")
]
Out = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help="Where to: a .jpg, .png or .pdf file.")
]


@app.command("check", epilog=example("tuike poster check mine.json"))
def check(*, file: TemplateFile, as_json: AsJson = False) -> None:
    """Check a template file; ends with 1 and every fault's line when it can't be used."""
    template = _parsed(file, as_json=as_json)
    if as_json:
        print_json(Checked(template.name, template.profile, template.size, len(template.views)))
        return
    print_facts(
        f"{file.name} can be used.",
        [
            ("name", template.name),
            ("profile", template.profile),
            ("size", "{} x {} pixels".format(*template.size)),
            ("views", str(len(template.views))),
        ],
    )


@app.command(
    "preview",
    epilog=example(
        "tuike poster preview mine.json -o mine.jpg --lang en",
        "tuike poster preview --family night --profile A4 -o night.pdf",
    ),
)
def preview(
    *,
    file: MaybeFile = None,
    out: Out,
    family: Annotated[
        str | None, typer.Option(metavar="NAME", help="A shipped family instead of a file.")
    ] = None,
    profile: Annotated[Profile, typer.Option(help="Which of the family's layouts.")] = Profile.PORTRAIT_3X4,
    lang: Annotated[Lang, typer.Option(help="The sample's language.")] = Lang.ZH,
    as_json: AsJson = False,
) -> None:
    """Draw a sample product by a template file or by a shipped family."""
    from bot.cli.opening import begin
    from bot.media.poster import render_poster
    from bot.media.sample import SampleLanguage, sample_facts
    from bot.media.typefaces import Typefaces

    form = _form(out)
    if (file is None) == (family is None):
        raise typer.BadParameter("name either a template FILE or a --family")
    settings = begin()
    template = _parsed(file, as_json=as_json) if file is not None else _shipped(family or "", profile)
    facts = sample_facts(SampleLanguage(lang))
    poster = render_poster(template, facts, Typefaces(settings.font_path), form)
    _write(out, poster)
    if as_json:
        print_json(Previewed(str(out), template.name, template.profile, form, len(poster)))
        return
    print_facts(
        f"{out} is written.",
        [("template", template.name), ("profile", template.profile), ("size", f"{len(poster) // 1024} KB")],
    )


def _form(out: Path) -> PosterForm:
    from bot.media.forms import PosterForm

    ending = out.suffix.lower().removeprefix(".").replace("jpeg", "jpg")
    try:
        return PosterForm(ending)
    except ValueError:
        endings = ", ".join(f".{form}" for form in PosterForm)
        raise typer.BadParameter(f"{out.name} must end in one of {endings}", param_hint="--out") from None


def _shipped(family: str, profile: Profile) -> Template:
    from bot.media.template import families, shipped_template

    if family not in families():
        raise typer.BadParameter(
            f"there is no family {family}; there are {', '.join(families())}", param_hint="--family"
        )
    return shipped_template(family, profile)


def _parsed(file: Path, *, as_json: bool) -> Template:
    from bot.media.errors import TemplateInvalidError
    from bot.media.template import parse_template

    try:
        return parse_template(file.name, _read(file))
    except TemplateInvalidError as invalid:
        if as_json:
            print_json(Refused(invalid.faults))
        for fault in invalid.faults:
            complain(f"{file.name}, {fault}")
        raise typer.Exit(1) from invalid


def _read(file: Path) -> str:
    from models.errors import Invalid

    with file.open("rb") as opened_file:
        content = opened_file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid(f"{file.name} is too long for a template; at most {MOST_BYTES // 1024} KB are read.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error


def _write(out: Path, poster: bytes) -> None:
    """The file has its name only when it is whole."""
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(poster)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
