"""The distributor commands: what they print, which sentence they refuse with, and that foreign things are not found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.cli.conftest import SHOP, Tuike
from tests.bot.cli.desk import table

PLAN = """
name: Levels
starts_at: 2026-01-01T00:00:00Z
levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}, {key: leader, title: {zh: 团长, en: Leader}}]
profiles: [{key: kol, title: {zh: 达人, en: KOL}}]
rates: [{percent: "10"}]
"""
NOW = ("--now", "2026-03-04T09:30:00Z")


@pytest.fixture
def people(tuike: Tuike, merchant: str, tmp_path: Path) -> str:
    """A merchant with a plan, and Mei under Lee under Ann."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN)
    assert tuike("plan", "publish", str(plan)).code == 0
    rows = ["mei,Mei,,lee,,kol", "lee,Lee,,ann,leader,", "ann,Ann,,,,"]
    file = table(tmp_path, "external_id,name,telegram_id,sponsor,level,profile", rows)
    assert tuike("import", "distributors", str(file)).code == 0
    return merchant


def test_a_level_is_set_shown_and_pinned(tuike: Tuike, people: str) -> None:
    done = tuike("distributor", "set-level", "mei", "leader", "--pin", "--why", "the best", *NOW, "--json")
    again = tuike("distributor", "set-level", "mei", "leader", "--pin", *NOW, "--json")
    shown = json.loads(tuike("distributor", "show", "mei", "--json", *NOW).out)

    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told == {
        "distributor": "mei",
        "level": "leader",
        "pinned": True,
        "level_since": "2026-03-04T09:30:00Z",
        "before": None,
        "was_pinned": False,
        "level_now": "leader",
        "changed": True,
    }
    assert json.loads(again.out)["changed"] is False
    assert (shown["level"], shown["pinned"], shown["level_since"]) == ("leader", True, "2026-03-04T09:30:00Z")
    assert (shown["profile"], shown["sponsor"], shown["team"]) == ("kol", "lee", 0)
    assert (shown["currency"], shown["held_minor"], shown["available_minor"]) == ("GBP", 0, 0)


def test_sponsor_and_profile_are_set_and_taken_away(tuike: Tuike, people: str) -> None:
    steps = [
        ("set-sponsor", "ann"),
        ("set-sponsor", "none"),
        ("set-profile", "none"),
        ("set-profile", "kol"),
    ]
    told = [json.loads(tuike("distributor", verb, "mei", word, *NOW, "--json").out) for verb, word in steps]

    assert [(each["before"], each.get("sponsor", each.get("profile"))) for each in told] == [
        ("lee", "ann"),
        ("ann", None),
        ("kol", None),
        (None, "kol"),
    ]
    listed = tuike("audit", "list", "--json", "--subject", "distributor mei")
    entries = json.loads(listed.out)["entries"]
    assert [entry["act"] for entry in entries] == ["set_profile"] * 2 + ["set_sponsor"] * 2
    assert {entry["actor"] for entry in entries} == {"command"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("set-level", "mei", "boss"),
            "The plan in force has no level 'boss'; its levels are promoter, leader.",
        ),
        (("set-level", "nobody", "leader"), "There is no distributor 'nobody'."),
        (
            ("set-level", "mei", "leader", "--since", "2026-03-05T00:00:00Z"),
            "What is given by hand begins now or earlier, not at 2026-03-05T00:00:00+00:00.",
        ),
        (("set-profile", "mei", "vip"), "The plan in force has no profile 'vip'; its profiles are kol."),
        (("set-sponsor", "mei", "mei"), "Nobody is their own sponsor; name another distributor than 'mei'"),
        (("set-sponsor", "ann", "mei"), "'mei' stands below 'ann' already"),
        (("set-sponsor", "mei", "stranger"), "There is no distributor 'stranger'."),
        (("show", "stranger"), "There is no distributor 'stranger'."),
    ],
)
def test_what_can_not_be_is_refused_in_one_sentence(
    tuike: Tuike, people: str, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    # Given another merchant has a distributor by the name of stranger
    other = json.loads(tuike("merchant", "add", *SHOP, "--json").out)["merchant_id"]
    file = table(tmp_path, "external_id,name,telegram_id,sponsor,level", ["stranger,S,,,"])
    assert tuike("import", "distributors", str(file), "--merchant", other).code == 0

    ended = tuike("distributor", *arguments, *NOW, "--merchant", people)

    assert (ended.code, ended.out) == (1, "")
    assert sentence in ended.err


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [("2026-03-04T09:30:00", "names no zone"), ("yesterday", "'yesterday' is no time")],
)
def test_a_clock_without_a_zone_is_asked_wrongly(
    tuike: Tuike, people: str, moment: str, sentence: str
) -> None:
    ended = tuike("distributor", "set-level", "mei", "leader", "--now", moment)

    assert ended.code == 2
    assert sentence in ended.err


def test_nothing_is_set_for_somebody_who_left(tuike: Tuike, people: str, tmp_path: Path) -> None:
    file = table(tmp_path, "external_id,name,telegram_id,sponsor,level", ["gone,Gone,4711,ann,"])
    assert tuike("import", "distributors", str(file)).code == 0
    assert tuike("person", "delete", "--telegram-id", "4711", *NOW).code == 0

    for verb, word in (
        ("set-level", "leader"),
        ("set-profile", "kol"),
        ("set-profile", "none"),
        ("set-sponsor", "lee"),
        ("set-sponsor", "none"),
    ):
        ended = tuike("distributor", verb, "gone", word, *NOW)
        assert (ended.code, ended.out) == (1, "")
        assert "'gone' has left; their level, profile and sponsor stay as they are." in ended.err
    shown = json.loads(tuike("distributor", "show", "gone", "--json", *NOW).out)
    assert (shown["state"], shown["sponsor"], shown["given_up_minor"]) == ("left", "ann", 0)
