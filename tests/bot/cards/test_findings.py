"""What is wrong in a file that somebody sent, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from bot.cards.findings import refusal_words
from bot.cards.managing import template_refused_card
from bot.gateway.fit import plain
from bot.media.errors import TemplateInvalidError
from bot.media.template import parse_template
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.files.findings import Finding
from models.plans.reading import PlanRefused, read_plan
from tests.bot.media.test_template import PLAIN
from tests.bot.media.test_template_faults import FAULTS as TEMPLATE_FAULTS
from tests.bot.media.test_template_faults import FAULTS_OF_ANYTHING
from tests.journeys.world import bare
from tests.models.plans.test_faults import FAULTS, FAULTS_OF_PARTS, HEAD

EN, ZH = Voice(Language.EN), Voice(Language.ZH)


def say_in_both_languages(findings: Sequence[Finding]) -> None:
    """In English as the command line says them, and in Chinese with no English sentence left."""
    english, chinese = (
        [bare(plain(words)) for words in refusal_words(findings, voice)] for voice in (EN, ZH)
    )
    for found, in_english, in_chinese in zip(findings, english, chinese, strict=True):
        assert in_english == f"• {found}"
        assert in_chinese.startswith(f"• 第 {found.line} 行")
        assert not re.search("[a-z]{2,} [a-z]{2,}", in_chinese)
        assert found.sentence.template not in in_chinese


def test_every_fault_of_a_plan_file_is_said_in_the_readers_language() -> None:
    texts = [(HEAD.replace(before, after, 1), "GBP") for before, after, *_ in FAULTS]
    texts += [(f"{HEAD}\n{part}", "GBP") for part, *_ in FAULTS_OF_PARTS]
    texts.append((HEAD, "JPY"))

    for text, currency in texts:
        with pytest.raises(PlanRefused) as refused:
            read_plan(text, currency)
        say_in_both_languages(refused.value.findings)


def test_every_fault_of_a_poster_template_is_said_in_the_readers_language() -> None:
    sources = [PLAIN.replace(written, instead) for written, instead, *_ in TEMPLATE_FAULTS]

    for source in [*sources, *(source for source, _ in FAULTS_OF_ANYTHING)]:
        with pytest.raises(TemplateInvalidError) as refused:
            parse_template("mine.json", source)
        say_in_both_languages(refused.value.faults)


def test_a_refused_template_names_eight_faults_and_counts_the_rest() -> None:
    nine = ", ".join(f'"x{number}": 1' for number in range(9))
    with pytest.raises(TemplateInvalidError) as refused:
        parse_template("mine.json", PLAIN.replace('"name": "mine"', f'"name": 7,\n{nine}'))

    english, chinese = (
        bare(plain(template_refused_card(refused.value, voice).text)).splitlines() for voice in (EN, ZH)
    )

    keys = "name, profile, size, background, stacks, views"
    assert english[:3] == [
        "✋ The template is not kept. What is wrong with it:",
        "• line 2, name: this is no text; write it in double quotes",
        f"• line 3, x0: there is no key `x0` here; keys here are {keys}",
    ]
    assert english[9:] == ["… and 2 more"]
    assert chinese[1] == "• 第 2 行 name：这不是文字；请加双引号"
