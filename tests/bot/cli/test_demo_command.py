"""`tuike demo --json`: one line for scripts, a few for people."""

from __future__ import annotations

import json

import pytest

from bot.cli.running import print_ready, print_ready_json
from bot.demo import DemoReady

READY = DemoReady(
    url="http://127.0.0.1:8080",
    chat_url="http://127.0.0.1:8081",
    merchant_id="m_demo",
    events_path="/v1/events/m_demo",
    api_key="tk_key",
    webhook_secret="whsec_secret",
    currency="GBP",
    codes=("AAAA2222",),
)


def test_scripts_get_one_line_with_everything(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    print_ready_json(READY)

    [line] = capsysbinary.readouterr().out.decode().splitlines()
    assert list(json.loads(line)) == [
        *("url", "chat_url", "merchant_id", "events_path", "api_key", "webhook_secret", "currency", "codes"),
    ]


def test_people_get_addresses_and_no_secret(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    print_ready(READY)

    shown = capsysbinary.readouterr().out.decode()
    assert "http://127.0.0.1:8081" in shown
    assert "whsec_secret" not in shown
