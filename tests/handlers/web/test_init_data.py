"""The chat server's signed word: another library reads it alike, and whatever else is told is refused (F4)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from init_data_py import is_valid_by_hash

from handlers.web.init_data import read_init_data
from handlers.web.problems import Unauthorised
from tests.handlers.web.openers import TOKEN, word


def test_the_word_is_read_as_another_library_reads_it(now: datetime) -> None:
    raw = word(42, now, start_param="a=b&c")

    assert is_valid_by_hash(raw, TOKEN, expires_in=None)
    assert read_init_data(raw, TOKEN, now).chat_id == 42


def spoiled(now: datetime) -> dict[str, str]:
    """Words that the chat server never said."""
    raw = word(42, now)
    fields = dict(parse_qsl(raw, keep_blank_values=True))
    return {
        "another bot's": word(42, now, token="7:other"),
        "another person's": urlencode({**fields, "user": json.dumps({"id": 43, "first_name": "Eve"})}),
        "one field more": f"{raw}&role=owner",
        "no hash": urlencode({name: value for name, value in fields.items() if name != "hash"}),
        "too old": word(42, now - timedelta(minutes=5, seconds=1)),
        "from the future": word(42, now + timedelta(minutes=5, seconds=1)),
        "without a person": word(42, now, user=""),
        "a person who is no number": word(42, now, user=json.dumps({"id": "42"})),
        "a list": word(42, now, user="[1]"),
        "nothing": "",
        "noise": "\u0000=&&%%%",
    }


@pytest.mark.parametrize("name", list(spoiled(datetime.fromisoformat("2026-03-04T09:30:00+00:00"))))
def test_whatever_the_chat_server_did_not_sign_is_refused(name: str, now: datetime) -> None:
    with pytest.raises(Unauthorised):
        read_init_data(spoiled(now)[name], TOKEN, now)
