"""Where everything on a poster goes: template and facts in, placed pieces out; no pixel is painted here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.media.css import DiscCss, ImageCss, QrCss, RectCss, TextCss
from bot.media.facts import PosterFacts, SharerShown, Word
from bot.media.text import drawable, initial
from bot.media.typefaces import Typefaces
from bot.media.typesetting import PlacedDisc, PlacedText, Setter, Words
from bot.media.views import ImageView, QrView, RectView, Stack, Template, TextView, View

_AD = "Ad"


@dataclass(frozen=True, slots=True)
class PlacedRect:
    """A plate to paint."""

    css: RectCss


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """The product picture's box."""

    css: ImageCss


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """The square for the code."""

    css: QrCss


Piece = PlacedText | PlacedDisc | PlacedRect | PlacedPicture | PlacedCode


def words_of(facts: PosterFacts, typefaces: Typefaces) -> Words:
    """The facts under the names that templates bind, each reduced to what can be drawn."""
    sharer = drawable(facts.sharer, typefaces)
    brand = drawable(facts.brand, typefaces)
    by_name = facts.sharer_shown is SharerShown.NAMED
    recommendation = facts.recommendation if initial(sharer) else facts.recommendation_unnamed
    is_shown = facts.sharer_shown is not SharerShown.ANONYMOUS
    price = facts.price
    words = {
        Word.BRAND: brand,
        Word.BRAND_INITIAL: initial(brand),
        Word.AD_LABEL: facts.ad_label,
        Word.BADGE: facts.badge,
        Word.PRICE_BEFORE: price.before,
        Word.PRICE_WHOLE: price.whole,
        Word.PRICE_AFTER: price.after,
        Word.STRIKE: price.strike,
        Word.SAVING: price.saving,
        Word.TITLE: facts.title,
        Word.SELLING_POINT: facts.selling_point,
        Word.INITIAL: (initial(sharer) or initial(brand)) if is_shown else "",
        Word.RECOMMENDATION: recommendation if by_name else "",
        Word.HINT: facts.hint,
        Word.CODE_CAPTION: facts.code_caption,
        Word.SHORT_CODE: facts.short_code,
        Word.DEADLINE: facts.deadline,
    }
    drawn = {word: drawable(text, typefaces) for word, text in words.items()}
    # A poster always says that it is an ad, even in a language whose letters no font here has.
    return drawn | {Word.AD_LABEL: drawn[Word.AD_LABEL] or _AD}


def lay_out(template: Template, facts: PosterFacts, typefaces: Typefaces) -> tuple[Piece, ...]:
    """Every piece of the poster in painting order. All words are drawable, broken and cut to their places."""
    words = words_of(facts, typefaces)
    stacks = {stack.name: stack for stack in template.stacks}
    setters = [
        Setter(
            view,
            _in_stack(view, stacks[view.stack]) if view.stack else view.css,
            words,
            typefaces,
            disc=_disc(view, facts),
        )
        for view in template.views
        if isinstance(view, TextView) and _shown(view, words, facts)
    ]
    tops = {id(setter.view): setter.css.top for setter in setters}
    for stack in template.stacks:
        tops |= _stacked(stack, [setter for setter in setters if setter.view.stack == stack.name])
    letters = {id(setter.view): tuple(setter.placed(tops[id(setter.view)])) for setter in setters}
    return tuple(piece for view in template.views for piece in _pieces(view, words, letters))


def _pieces(
    view: View, words: Words, letters: Mapping[int, tuple[PlacedText | PlacedDisc, ...]]
) -> tuple[Piece, ...]:
    match view:
        case RectView():
            return (PlacedRect(view.css),) if view.when is None or words[view.when] else ()
        case ImageView():
            return (PlacedPicture(view.css),)
        case QrView():
            return (PlacedCode(view.css),)
        case TextView():
            return letters.get(id(view), ())


def _shown(view: TextView, words: Words, facts: PosterFacts) -> bool:
    if view.when is not None and not words[view.when]:
        return False
    return any(words[span.bind] for span in view.spans) or _disc(view, facts) is not None


def _disc(view: TextView, facts: PosterFacts) -> DiscCss | None:
    return view.disc if facts.sharer_shown is not SharerShown.ANONYMOUS else None


def _in_stack(view: TextView, stack: Stack) -> TextCss:
    return view.css.model_copy(update={"left": stack.left, "width": stack.width})


def _stacked(stack: Stack, setters: list[Setter]) -> dict[int, int]:
    """The top of each shown text of a stack, the column placed as its `align` says."""
    margins = [0 if number == 0 else setter.css.margin_top for number, setter in enumerate(setters)]
    spare = max(0, stack.height - sum(setter.height for setter in setters) - sum(margins))
    top = stack.top + {"start": 0, "center": spare // 2, "end": spare}[stack.align]
    tops: dict[int, int] = {}
    for setter, margin in zip(setters, margins, strict=True):
        tops[id(setter.view)] = top + margin
        top += margin + setter.height
    return tops
