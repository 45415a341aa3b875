"""Every family in every profile: the code reads back, words keep their places, and all can be read."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest
from PIL import Image

from bot.media import contrast
from bot.media.boxes import Area, ground_colors, view_area
from bot.media.code_square import decodes
from bot.media.drawn import draw_product
from bot.media.errors import TemplateUnknownError
from bot.media.facts import PosterFacts, SharerShown, Word
from bot.media.layout import Piece, PlacedCode, lay_out
from bot.media.poster import render_poster
from bot.media.profiles import SHEETS, Profile
from bot.media.sample import SampleLanguage, sample_facts
from bot.media.template import Template, families, parse_template, shipped_template
from bot.media.typefaces import SHIPPED
from bot.media.typesetting import Box, PlacedDisc, PlacedText
from bot.media.views import QrView, TextView
from tests.bot.media.posters import STRANGERS, TEMPLATES, named, resized, template_of, texts

AVATAR = draw_product("Cup", "table", 1)
sample_of = cache(sample_facts)
LARGE_SHARE = 30
"""Letters of a thirtieth of the width and more are large: 36 pixels at 1080."""

every_template = pytest.mark.parametrize(("family", "profile"), TEMPLATES, ids=named)
every_language = pytest.mark.parametrize("language", list(SampleLanguage))
every_sharer = pytest.mark.parametrize("shown", list(SharerShown))


def test_there_are_families_enough_and_their_names_stay() -> None:
    assert families() == ("classic", "bold", "paper", "night", "festive")


@every_template
def test_every_shipped_template_obeys_the_rules_of_a_merchants_own(family: str, profile: Profile) -> None:
    shipped = template_of(family, profile)

    source = shipped.model_dump_json(by_alias=True, exclude_none=True)

    assert parse_template(shipped.name, source) == shipped
    assert shipped.size == SHEETS[profile].size
    assert shipped.name.startswith(f"{family}-")


@pytest.mark.parametrize("name", ["classic", "classic-4x3", "../classic-3x4", ""])
def test_an_unknown_template_is_named_with_those_that_are(name: str) -> None:
    with pytest.raises(TemplateUnknownError, match="classic-3x4, classic-9x16"):
        shipped_template(name)


def _drawn_always(family: str, profile: Profile, shown: SharerShown) -> bool:
    """All by name; of the other ways one family in each profile. The rest are drawn in the full run."""
    places = families().index(family) + list(Profile).index(profile) + list(SharerShown).index(shown)
    return shown is SharerShown.NAMED or places % len(families()) == 0


@pytest.mark.parametrize(
    ("family", "profile", "shown"),
    [
        pytest.param(*place, shown, marks=() if _drawn_always(*place, shown) else pytest.mark.full)
        for place in TEMPLATES
        for shown in SharerShown
    ],
    ids=named,
)
@every_language
def test_every_poster_reads_back_when_a_chat_shrinks_it(
    family: str, profile: Profile, language: SampleLanguage, shown: SharerShown
) -> None:
    facts = replace(sample_of(language), sharer_shown=shown, avatar=AVATAR)

    poster = render_poster(template_of(family, profile), facts)

    for long_side in (1280, 800, 480):
        assert decodes(resized(poster, long_side), facts.link), long_side


def placed(
    family: str, profile: Profile, facts: PosterFacts, shown: SharerShown
) -> tuple[Template, tuple[Piece, ...]]:
    template = template_of(family, profile)
    return template, lay_out(template, replace(facts, sharer_shown=shown), SHIPPED)


def apart(one: Box | Area, other: Box | Area) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return beside or one.bottom <= other.top or other.bottom <= one.top


@pytest.mark.parametrize("stranger", STRANGERS)
@every_sharer
@every_template
def test_nothing_that_people_write_leaves_the_canvas_or_meets_the_code(
    family: str, profile: Profile, shown: SharerShown, stranger: str
) -> None:
    template, pieces = placed(family, profile, STRANGERS[stranger], shown)
    width, height = template.size
    code = next(
        area for view in template.views if isinstance(view, QrView) and (area := view_area(template, view))
    )
    free = SHEETS[profile].free_px

    assert any(isinstance(piece, PlacedCode) for piece in pieces)
    for piece in pieces:
        if isinstance(piece, PlacedText | PlacedDisc):
            assert 0 <= piece.box.left < piece.box.right <= width, piece
            assert free <= piece.box.top < piece.box.bottom <= height - free, piece
            assert apart(piece.box, code), piece


@pytest.mark.parametrize("stranger", ["samples", *STRANGERS])
@every_template
def test_words_do_not_meet_each_other(family: str, profile: Profile, stranger: str) -> None:
    asked = [STRANGERS[stranger]] if stranger in STRANGERS else [sample_of(lang) for lang in SampleLanguage]
    for facts in asked:
        _, pieces = placed(family, profile, facts, SharerShown.NAMED)
        for one, other in combinations([text for text in texts(pieces) if text.text], 2):
            # A line's box reaches above its capitals and below its baseline, where nothing is drawn.
            one_above = one.baseline <= other.box.top + other.size // 4
            other_above = other.baseline <= one.box.top + one.size // 4
            assert apart(one.box, other.box) or one_above or other_above, (one.text, other.text)


@every_language
@every_template
def test_every_promised_part_is_on_the_poster(
    family: str, profile: Profile, language: SampleLanguage
) -> None:
    facts = sample_of(language)
    _, pieces = placed(family, profile, facts, SharerShown.NAMED)

    shown = "\n".join(text.text for text in texts(pieces))

    price = facts.price
    for part in (
        facts.brand, facts.badge, price.before, price.whole, price.after, price.strike, price.saving,
        facts.title[:8], facts.selling_point[:8], facts.recommendation[:6], facts.hint[:4], facts.short_code,
        facts.code_caption, facts.deadline[:6], facts.ad_label,
    ):  # fmt: skip
        assert part in shown, part
    whole = next(text for text in texts(pieces) if text.text == price.whole)
    assert all(text.size < whole.size for text in texts(pieces) if text is not whole)


@pytest.mark.parametrize("label", ["", " ", "إعلان", "\u202e"])
@every_template
def test_every_poster_says_that_it_is_an_ad(family: str, profile: Profile, label: str) -> None:
    _, pieces = placed(
        family, profile, replace(sample_of(SampleLanguage.ENGLISH), ad_label=label), SharerShown.NAMED
    )

    assert "Ad" in [text.text for text in texts(pieces)]


@every_template
def test_a_title_takes_two_lines_at_most(family: str, profile: Profile) -> None:
    titles = [
        view
        for view in template_of(family, profile).views
        if isinstance(view, TextView) and view.spans[0].bind is Word.TITLE
    ]

    assert [view.css.max_lines for view in titles] == [2]


@every_template
def test_anonymous_posters_carry_no_trace_of_the_sharer(family: str, profile: Profile) -> None:
    facts = replace(sample_of(SampleLanguage.ENGLISH), avatar=AVATAR)
    template, pieces = placed(family, profile, facts, SharerShown.ANONYMOUS)

    assert not any(isinstance(piece, PlacedDisc) for piece in pieces)
    assert not any("Amelia" in text.text or "recommend" in text.text for text in texts(pieces))
    anonymous = replace(facts, sharer_shown=SharerShown.ANONYMOUS)
    assert render_poster(template, anonymous) == render_poster(template, replace(anonymous, avatar=None))


@every_template
def test_an_avatar_alone_is_shown_without_the_name(family: str, profile: Profile) -> None:
    _, pieces = placed(family, profile, sample_of(SampleLanguage.ENGLISH), SharerShown.AVATAR)

    assert any(isinstance(piece, PlacedDisc) for piece in pieces)
    assert not any("Amelia" in text.text for text in texts(pieces))


@every_template
def test_every_word_stands_out_from_its_ground(family: str, profile: Profile) -> None:
    template = template_of(family, profile)
    for number, view in enumerate(template.views):
        if not isinstance(view, TextView):
            continue
        under = ground_colors(template, number)
        for span in view.spans:
            grounds = (span.css.background,) if span.css.background else under
            assert grounds, f"{span.bind} stands on a picture"
            is_large = span.css.font_size * LARGE_SHARE >= template.size[0]
            least = contrast.LARGE_TEXT if is_large else contrast.TEXT
            worst = min(contrast.contrast(span.css.color, ground) for ground in grounds)
            assert worst >= least, (span.bind, span.css.color, grounds, round(worst, 2))
        if view.disc is not None:
            assert contrast.contrast(view.disc.letter_color, view.disc.color) >= contrast.TEXT


@pytest.mark.parametrize("profile", list(Profile), ids=named)
def test_families_look_different(profile: Profile) -> None:
    """Each ground's own colour is far from every other's somewhere."""
    seen = []
    for family in families():
        poster = render_poster(template_of(family, profile), sample_of(SampleLanguage.ENGLISH))
        with Image.open(io.BytesIO(poster)) as opened:
            seen.append(opened.convert("RGB").resize((16, 16), Image.Resampling.BOX).tobytes())
    for one, other in combinations(seen, 2):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) > 60


def test_words_that_templates_may_bind_are_never_commission_or_phone() -> None:
    assert not {word for word in Word if "commission" in word or "earn" in word or "phone" in word}
