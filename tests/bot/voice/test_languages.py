"""Whose wish for a language wins."""

from __future__ import annotations

import pytest

from bot.voice.languages import Language, negotiate


@pytest.mark.parametrize(
    "code",
    [
        "zh",
        "zh-hans",
        "zh-Hans-CN",
        "zh-sg",
        "zh-cn",
        "zh_CN",
        "ZH",
        "zh-tw",
        "zh-hant",
        "zh-hk",
        "yue",
        " zh ",
    ],
)
def test_every_chinese_client_reads_chinese(code: str) -> None:
    assert negotiate(code) is Language.ZH


@pytest.mark.parametrize("code", ["en", "en-GB", "en_US", "EN"])
def test_every_english_client_reads_english(code: str) -> None:
    assert negotiate(code) is Language.EN


@pytest.mark.parametrize("wishes", [(), (None,), ("",), ("fr",), ("zhuang",), ("enm", None), ("-zh",)])
def test_who_wishes_nothing_we_understand_reads_english(wishes: tuple[str | None, ...]) -> None:
    assert negotiate(*wishes) is Language.EN


def test_the_setting_beats_the_client() -> None:
    assert negotiate("en", "zh-hans") is Language.EN
    assert negotiate("zh_CN", "en") is Language.ZH


def test_a_wish_that_is_not_understood_leaves_the_word_to_the_next() -> None:
    assert negotiate(None, "fr", "zh-hans", "en") is Language.ZH


def test_a_language_knows_its_names_elsewhere() -> None:
    assert (Language.ZH.code, Language.ZH.tag) == ("zh", "zh-CN")
    assert (Language.EN.code, Language.EN.tag) == ("en", "en")
    assert all(negotiate(language) is language for language in Language)
