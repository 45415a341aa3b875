"""Messages are found in the source, and the catalogues are held to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.voice.catalogue import po_text
from bot.voice.extract import in_step
from bot.voice.languages import DEFAULT, Language
from bot.voice.messages import Extraction, Message, Saying, extract_messages, read_source
from bot.voice.proofread import proofread

EMPTY = in_step("", [], Language.ZH)


def found_in(source: str) -> Extraction:
    found = Extraction()
    read_source(source, "card.py", found)
    return found


def catalogue(*entries: tuple[str, str]) -> str:
    return EMPTY + "".join(
        f'\nmsgid "{message}"\nmsgstr "{translation}"\n' for message, translation in entries
    )


def said(one: str, saying: Saying = Saying.SAY, many: str | None = None) -> Message:
    return Message(one, many, saying, "card.py:1")


def faults_of(message: str, translation: str, saying: Saying = Saying.SAY) -> list[str]:
    return proofread(catalogue((message, translation)), [said(message, saying)], Language.ZH)


@pytest.mark.parametrize("language", [language for language in Language if language is not DEFAULT])
def test_every_message_is_translated_and_no_translation_is_stale(language: Language) -> None:
    found = extract_messages()
    assert found.unreadable == []
    assert proofread(po_text(language), found.messages, language) == []


@pytest.mark.parametrize("language", [language for language in Language if language is not DEFAULT])
def test_the_catalogue_lies_in_the_tree_as_the_extractor_writes_it(language: Language) -> None:
    assert in_step(po_text(language), extract_messages().messages, language) == po_text(language)


def test_messages_are_read_off_the_places_that_say_them() -> None:
    found = found_in(
        "def card(reader):\n"
        "    reader.voice.say('Hello, <b>{name}</b>', name=1)\n"
        "    voice.plain('Ho' 'me')\n"
        "    Voice(x).plural('{n} order', '{n} orders', 3)\n"
        "    STATES = {State.HELD: Phrase('In hold')}\n"
        "    raise Invalid(Sentence('too large; write {most}', most=3))\n"
        "    print('not a message')\n"
    )
    assert found.unreadable == []
    assert sorted((m.where, m.saying, m.one, m.many) for m in found.messages) == [
        ("card.py:2", Saying.SAY, "Hello, <b>{name}</b>", None),
        ("card.py:3", Saying.PLAIN, "Home", None),
        ("card.py:4", Saying.PLURAL, "{n} order", "{n} orders"),
        ("card.py:5", Saying.PHRASE, "In hold", None),
        ("card.py:6", Saying.SENTENCE, "too large; write {most}", None),
    ]


@pytest.mark.parametrize(
    "call",
    [
        "voice.say(words)",
        "voice.say(f'{n} orders')",
        "voice.plain('a' if x else 'b')",
        "voice.say('a' + b)",
        "voice.plural('one', many, 3)",
        "voice.plural('one')",
        "voice.say()",
        "voice.say(b'x')",
        "Phrase(words)",
        "Sentence(f'{n} is too large')",
    ],
)
def test_a_message_that_is_not_a_literal_is_pointed_out(call: str) -> None:
    found = found_in(f"\n{call}\n")
    assert found.messages == []
    assert [problem.split(" ")[0] for problem in found.unreadable] == ["card.py:2:"]


def test_the_rooms_that_speak_are_walked_and_the_sentences_of_the_business(tmp_path: Path) -> None:
    for room in ("bot/cards", "handlers/chat", "jobs", "models", "tests"):
        (tmp_path / room).mkdir(parents=True)
        said = f"voice.say('from {room}')\nSentence('of {room}')\n"
        (tmp_path / room / "home.py").write_text(said, encoding="utf-8")
    assert [message.one for message in extract_messages(tmp_path).messages] == [
        *("from bot/cards", "of bot/cards"),
        *("from handlers/chat", "of handlers/chat"),
        *("from jobs", "of jobs"),
        "of models",
    ]


def test_a_faithful_translation_has_no_fault() -> None:
    assert faults_of("Hi <b>{name}</b>, you earn {money}", "{money} 归你，<b>{name}</b>") == []


@pytest.mark.parametrize(
    ("message", "translation", "fault"),
    [
        ("Home", "", "is not translated"),
        ("Hi {name}", "你好", "has other placeholders"),
        ("Hi {name}", "你好 {nmae}", "has other placeholders"),
        ("Hi {name}", "你好 {name", "has broken braces"),
        ("Hi {name}", "你好 {name.x}", "has a placeholder that is more than a name"),
        ("Hi {name!r}", "你好 {name!r}", "has a placeholder that is more than a name"),
        ("<b>Hi</b>", "你好", "has other tags"),
        ("<b>Hi</b>", "<b>你好", "has tags that don't close in order"),
        ("<b><i>Hi</i></b>", "<b><i>你好</b></i>", "has tags that don't close in order"),
        ("<h1>Hi</h1>", "<h1>你好</h1>", "has tags the chat server doesn't know: h1"),
        ("<a href='{url}'>Hi</a>", "<a href='{other}'>你好</a>", "has other placeholders"),
        ("Terms & more", "条款", "has a bare &"),
    ],
)
def test_an_unfaithful_translation_is_pointed_out(message: str, translation: str, fault: str) -> None:
    assert any(fault in found for found in faults_of(message, translation))


def test_plain_words_hold_no_tags_but_may_hold_an_ampersand() -> None:
    assert faults_of("Terms & more", "条款 & 其他", Saying.PLAIN) == []
    assert any("is plain, but holds a tag" in f for f in faults_of("<b>Hi</b>", "<b>你好</b>", Saying.PLAIN))


def test_a_translation_that_nobody_says_is_stale() -> None:
    assert proofread(catalogue(("Gone", "没了")), [], Language.ZH) == ["zh_CN: 'Gone' is said nowhere"]


def test_a_message_that_is_missing_or_in_doubt_is_pointed_out() -> None:
    missing = ["card.py:1: 'Home' is not in zh_CN"]
    assert proofread(EMPTY, [said("Home")], Language.ZH) == missing
    assert (
        proofread(EMPTY + '\n#, fuzzy\nmsgid "Home"\nmsgstr "主页"\n', [said("Home")], Language.ZH) == missing
    )


def test_plurals_are_held_to_their_form() -> None:
    orders = said("{n} order", Saying.PLURAL, "{n} orders")
    good = EMPTY + '\nmsgid "{n} order"\nmsgid_plural "{n} orders"\nmsgstr[0] "{n} 单"\n'
    assert proofread(good, [orders], Language.ZH) == []
    assert any("not translated" in f for f in proofread(good.replace("{n} 单", ""), [orders], Language.ZH))
    assert any(
        "other placeholders" in f for f in proofread(good.replace("{n} 单", "单"), [orders], Language.ZH)
    )
    assert any(
        "another plural" in f for f in proofread(good.replace("orders", "deals"), [orders], Language.ZH)
    )
    assert any("said as a plural" in f for f in proofread(good, [orders, said("{n} order")], Language.ZH))


def test_the_extractor_adds_new_messages_drops_stale_ones_and_keeps_translations() -> None:
    before = catalogue(("Zoo", "动物园"), ("Gone", "没了"), ("Home", "主页"))
    now = [said("Zoo"), said("Home"), said("Also new"), said("{n} order", Saying.PLURAL, "{n} orders")]

    after = in_step(before, now, Language.ZH)

    lines = [line for line in after.splitlines() if line.startswith("msgid ")]
    assert lines == ['msgid ""', 'msgid "Also new"', 'msgid "Home"', 'msgid "Zoo"', 'msgid "{n} order"']
    assert 'msgid "Zoo"\nmsgstr "动物园"' in after
    assert 'msgid "Also new"\nmsgstr ""' in after
    assert 'msgid_plural "{n} orders"\nmsgstr[0] ""' in after
    assert "没了" not in after


def test_the_extractor_run_twice_changes_nothing() -> None:
    translated = EMPTY + (
        '\n# a note for translators\nmsgid "{n} order"\nmsgid_plural "{n} orders"\nmsgstr[0] "{n} 单"\n'
        '\nmsgid "5% of\\n<b>{x}</b>"\nmsgstr "<b>{x}</b> 的\\n5%"\n'
    )
    now = [said("{n} order", Saying.PLURAL, "{n} orders"), said("5% of\n<b>{x}</b>")]
    once = in_step(translated, now, Language.ZH)
    assert in_step(once, list(reversed(now)), Language.ZH) == once
    assert proofread(once, now, Language.ZH) == []
    assert "# a note for translators" in once
