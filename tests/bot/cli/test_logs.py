"""Logs of commands: on standard error, from the asked level on, without secrets."""

from __future__ import annotations

import logging

import pytest
import structlog

from bot.cli.logs import MASK, masked, start_logs

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.mark.parametrize(
    "secret", [TOKEN, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "tk_zJmAVmbdSSHGiVxm1Q-WTK4vZ5tdaFGqU2Am_gT1"]
)
def test_secrets_are_masked_wherever_they_stand(secret: str) -> None:
    assert masked(f"POST https://api.example/bot{secret}, again: {secret} (200)") == (
        f"POST https://api.example/bot{MASK}, again: {MASK} (200)"
    )


def test_times_and_order_numbers_are_no_secrets() -> None:
    assert masked("order 536365:paid at 2011-04-01T08:26:00+00:00") == (
        "order 536365:paid at 2011-04-01T08:26:00+00:00"
    )


@pytest.mark.usefixtures("logs_as_before")
def test_logs_stay_off_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    start_logs("info")

    structlog.get_logger().info("asked", address=f"/bot{TOKEN}/getMe")
    structlog.get_logger().debug("too quiet")
    logging.getLogger("httpx").info("HTTP Request: %s", TOKEN)
    logging.getLogger("telegram").warning("slow: %s", TOKEN)

    out, err = capsys.readouterr()
    assert out == ""
    assert [line for line in err.splitlines() if "asked" in line or "slow" in line] == err.splitlines()
    assert len(err.splitlines()) == 2
    assert TOKEN not in err
