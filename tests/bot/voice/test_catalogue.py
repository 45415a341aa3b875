"""What a voice says, and what it does with words that people typed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from gettext import NullTranslations

import pytest
from markupsafe import Markup
from structlog.testing import capture_logs

from bot.voice import catalogue
from bot.voice.catalogue import Phrase, Voice, compiled, po_text
from bot.voice.languages import Language
from models.errors import Sentence

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Welcome, <b>{name}</b>."
msgstr "欢迎，<b>{name}</b>。"

msgid "Share with {name}"
msgstr "分享给{name}"

msgid "{n} order of {name}"
msgid_plural "{n} orders of {name}"
msgstr[0] "{name}的 {n} 单"

msgid "In hold"
msgstr "冻结中"

msgid "Left empty"
msgstr ""
"""


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[Voice]:
    """A Chinese voice that speaks from the small catalogue above."""
    small = compiled(PO, Language.ZH)

    def translations(language: Language) -> NullTranslations:
        return small if language is Language.ZH else NullTranslations()

    monkeypatch.setattr(catalogue, "_translations", translations)
    catalogue._report.cache_clear()
    yield Voice(Language.ZH)
    catalogue._report.cache_clear()


english = Voice(Language.EN)


def test_each_reader_hears_their_language(chinese: Voice) -> None:
    assert english.say("Welcome, <b>{name}</b>.", name="Li") == "Welcome, <b>Li</b>."
    assert chinese.say("Welcome, <b>{name}</b>.", name="Li") == "欢迎，<b>Li</b>。"
    assert chinese.phrase(Phrase("In hold")) == "冻结中"
    assert english.phrase(Phrase("In hold")) == "In hold"


def test_a_sentence_of_the_business_is_said_again_and_so_is_what_stands_in_it() -> None:
    outer = Sentence(
        "{sentence}; {mend}",
        sentence=Sentence("nothing on sale is called {name}", name="{lamp}"),
        mend=Sentence("write `self_purchase: review` or `skip`"),
    )

    assert outer == "nothing on sale is called {lamp}; write `self_purchase: review` or `skip`"
    assert Voice(Language.EN).sentence(outer) == outer
    assert Voice(Language.ZH).sentence(outer) == (
        "在售商品里没有 {lamp}；请写 `self_purchase: review` 或 `skip`"
    )


def test_typed_words_never_become_tags_or_placeholders(chinese: Voice) -> None:
    typed = '<a href="x">&{name.__class__}'
    said = chinese.say("Welcome, <b>{name}</b>.", name=typed)
    assert said == "欢迎，<b>&lt;a href=&#34;x&#34;&gt;&amp;{name.__class__}</b>。"
    assert isinstance(said, Markup)


def test_markup_passes_into_a_sentence_and_loses_its_tags_on_a_button(chinese: Voice) -> None:
    name = Markup("<i>Li &amp; Co</i>")
    assert english.say("Welcome, <b>{name}</b>.", name=name) == "Welcome, <b><i>Li &amp; Co</i></b>."
    label = chinese.plain("Share with {name}", name=name)
    assert label == "分享给Li & Co"
    assert not isinstance(label, Markup)


def test_a_button_shows_typed_words_as_typed() -> None:
    assert english.plain("Share with {name}", name="<b>&") == "Share with <b>&"


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 orders"), (1, "1 order"), (2, "2 orders"), (1284, "1,284 orders")]
)
def test_english_counts(n: int, said: str) -> None:
    assert english.plural("{n} order of {name}", "{n} orders of {name}", n, name="<") == f"{said} of &lt;"


@pytest.mark.parametrize(("n", "said"), [(0, "0"), (1, "1"), (1284, "1,284")])
def test_chinese_counts_in_one_form(chinese: Voice, n: int, said: str) -> None:
    assert chinese.plural("{n} order of {name}", "{n} orders of {name}", n, name="Li") == f"Li的 {said} 单"


@pytest.mark.parametrize("message", ["Never written down", "Left empty"])
def test_a_gap_is_said_in_english_and_reported_once(chinese: Voice, message: str) -> None:
    with capture_logs() as logs:
        said = [chinese.say(message) for _ in range(3)]
    assert said == [message] * 3
    assert logs == [
        {"event": "untranslated_message", "log_level": "warning", "language": "zh_CN", "message": message}
    ]


def test_a_plural_gap_is_said_in_english_and_reported(chinese: Voice) -> None:
    with capture_logs() as logs:
        said = [chinese.plural("{n} click", "{n} clicks", n) for n in (1, 2)]
    assert said == ["1 click", "2 clicks"]
    assert [log["message"] for log in logs] == ["{n} click"]


def test_a_placeholder_without_a_value_is_our_fault() -> None:
    with pytest.raises(KeyError, match="name"):
        english.say("Welcome, <b>{name}</b>.")


def test_every_language_has_a_catalogue_that_is_read_once() -> None:
    for language in Language:
        assert catalogue._translations(language) is catalogue._translations(language)
    assert "Language: zh_CN" in po_text(Language.ZH)


def test_four_hundred_messages_are_ready_without_a_build_step() -> None:
    entries = "".join(f'\nmsgid "Message {i} of {{n}}"\nmsgstr "{{n}} 的消息 {i}"\n' for i in range(400))
    before = time.process_time()
    translations = compiled(PO + entries, Language.ZH)
    assert time.process_time() - before < 0.25, "a few milliseconds of work, with room for a busy machine"
    assert translations.gettext("Message 399 of {n}") == "{n} 的消息 399"
