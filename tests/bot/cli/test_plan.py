"""Plans by the command line: published, refused with every finding, shown, described."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from bot.cli.plan import MOST_BYTES
from tests.bot.cli.conftest import Tuike
from tests.builders import BASE_PLAN
from tests.models.sales.plans import ISSUE_PLAN


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(BASE_PLAN, encoding="utf-8")
    return path


def test_the_plan_of_the_issue_is_published_once(tuike: Tuike, merchant: str, plan: Path) -> None:
    first = tuike("plan", "publish", str(plan), "--json")
    again = tuike("plan", "publish", str(plan), "--json")

    published = json.loads(first.out)
    warnings = published.pop("findings")
    assert published == {
        "version": 1,
        "name": "Base",
        "starts_at": "2010-12-01T00:00:00Z",
        "waits_for_notice": False,
        "currency": "GBP",
        "told": 0,
        "changes": [],
    }
    assert [(each["code"], each["line"], each["path"]) for each in warnings] == [
        ("level_earns_less", 11, "rates[0]")
    ]
    assert "warning level_earns_less, line 11, rates[0]: level partner earns less (10 %)" in first.err
    assert again.out == first.out


def test_levels_that_the_plan_lacks_are_named(
    tuike: Tuike, merchant: str, plan: Path, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("external_id,name,telegram_id,sponsor,level\nd1,Mei,,,leadr\nd2,Bo,,,leader\n")
    tuike("import", "distributors", str(file))

    ended = tuike("plan", "publish", str(plan), "--json")

    assert json.loads(ended.out)["version"] == 1
    assert "Level 'leadr', which distributors hold (1), is not in this plan" in ended.err
    assert "'leader'" not in ended.err


def test_a_refused_plan_names_every_fault_on_a_line_of_its_own(
    tuike: Tuike, merchant: str, plan: Path
) -> None:
    lines = BASE_PLAN.strip().splitlines()
    plan.write_text("\n".join([*lines, '  - {percent: "11"}', '  - {level: boss, percent: "1"}']))

    ended = tuike("plan", "publish", str(plan))
    as_json = tuike("plan", "publish", str(plan), "--json")

    assert ended.code == as_json.code == 1
    assert ended.err.splitlines() == [
        "plan.yaml, line 14, rates[4]: overlaps rates[0], both are for everything; keep one of the two",
        "plan.yaml, line 15, rates[5].level: there is no level boss; levels are promoter, leader, partner",
    ]
    assert [finding["line"] for finding in json.loads(as_json.out)["findings"]] == [14, 15]


def test_a_json_plan_is_a_plan_too(tuike: Tuike, merchant: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    content = yaml.load(BASE_PLAN, Loader=yaml.BaseLoader)
    path.write_text(json.dumps(content), encoding="utf-8-sig")

    assert tuike("plan", "publish", str(path)).code == 0


def test_a_file_that_is_too_long_or_no_text_is_refused_in_a_sentence(
    tuike: Tuike, merchant: str, plan: Path
) -> None:
    plan.write_bytes(b"#" * (MOST_BYTES + 1))
    long = tuike("plan", "publish", str(plan))
    plan.write_bytes(BASE_PLAN.encode("gb18030"))
    foreign = tuike("plan", "publish", str(plan))

    assert (long.code, long.err) == (1, "plan.yaml is too long for a plan; at most 256 KB are read.\n")
    assert foreign.code == 1
    assert "plan.yaml is not UTF-8 text" in foreign.err


def test_the_schema_takes_the_plan_of_the_issue_and_refuses_others(tuike: Tuike) -> None:
    schema = json.loads(tuike("plan", "schema").out)
    plan = yaml.load(BASE_PLAN, Loader=yaml.BaseLoader)
    plan["attribution"]["window_days"] = 30
    plan["settlement"] |= {"hold_days": 7, "delivery_days": 3}

    validator = jsonschema_rs.validator_for(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Tuike plan"
    assert "strings" in schema["description"]
    assert validator.is_valid(plan)
    assert not validator.is_valid({**plan, "rats": []})
    assert not validator.is_valid({**plan, "levels": []})
    assert json.loads(tuike("plan", "schema", "--json").out) == schema


def test_the_plan_in_force_is_shown_and_older_versions_by_number(
    tuike: Tuike, merchant: str, plan: Path
) -> None:
    nothing = tuike("plan", "show")
    tuike("plan", "publish", str(plan))
    plan.write_text(BASE_PLAN.replace("name: Base", "name: Spring"), encoding="utf-8")
    tuike("plan", "publish", str(plan))

    current = json.loads(tuike("plan", "show", "--json").out)
    first = tuike("plan", "show", "--version", "1")
    missing = tuike("plan", "show", "--version", "3")

    assert nothing.err == "No plan is in force yet; publish one with `tuike plan publish FILE`.\n"
    assert (current["version"], current["plan"]["name"]) == (2, "Spring")
    assert "Base, version 1" in first.out
    assert "product=85123A level=leader" in first.out
    assert (missing.code, missing.err) == (1, "There is no version 3 of the plan.\n")


WHOLE_PLAN = (
    ISSUE_PLAN
    + """
binding: {protect_days: 5, valid_days: 90, before_coupon: true}
withdrawal: {fee: "1.00", fee_percent: "2.5", arrives_in_days: 6, second_person_above: "250.00"}
boosts: [{percent: "5", level: leader, from: 2030-03-08T00:00:00Z, until: 2030-03-10T00:00:00Z}]
"""
)


def test_every_part_of_a_plan_is_printed(
    tuike: Tuike, merchant: str, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    plan.write_text(WHOLE_PLAN, encoding="utf-8")
    tuike("plan", "publish", str(plan))

    out = " ".join(tuike("plan", "show").out.replace("│", " ").replace("┃", " ").split())

    for part in (
        "A click counts for 30 days",
        "Your own purchases held for review",
        "A customer is yours alone for 5 days",
        "A customer stays bound to you for 90 days",
        "A bound customer who uses another's coupon stays with the binding",
        "Smallest withdrawal £20.00",
        "Fee of a withdrawal £1.00",
        "Fee of a withdrawal, as a share 2.5%",
        "A withdrawal arrives within 6 days",
        "A second person agrees above £250.00",
        "Extra on the sales of a period from £1,000.00 3%, from £5,000.00 8% of the part above, a month",
        "Of what your members sell you earn 3%",
        "Of what your members' members sell you earn nothing",
        "Bonus for a customer's first order £5.00",
        "Cashback for an invitation £3.00",
        "Bonus for the team's sales £100.00 from £20,000.00 a month",
        "The most that one order pays in all 30%",
        "The most of the margin that an order pays 100%",
        "The most that a day pays you £500.00",
        "The most that a month pays everybody together no cap",
        "leader 团长 Leader 5 orders within 30 days 30 -",
        "promoter 推广员 Promoter given by hand - -",
        "kol 达人 KOL - no",
        "profile=kol 20%",
        "level=leader 5% on top of the rate 2030-03-08T00:00:00+00:00 2030-03-10T00:00:00+00:00",
    ):
        assert part in out, part


def test_warnings_can_be_made_to_hold_a_plan_back(tuike: Tuike, merchant: str, plan: Path) -> None:
    held = tuike("plan", "publish", str(plan), "--accept", "")
    other = tuike("plan", "publish", str(plan), "--accept", "no_hold")
    accepted = tuike("plan", "publish", str(plan), "--accept", "no_hold, level_earns_less", "--json")

    sentence = "These warnings must be accepted by name first: level_earns_less.\n"
    assert (held.code, held.err) == (other.code, other.err) == (1, sentence)
    assert json.loads(accepted.out)["version"] == 1


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("level_earn_less", "There is no warning 'level_earn_less'. Did you mean level_earns_less?"),
        ("nonsense", "There is no warning 'nonsense'. The warnings are band_changes_nothing,"),
        ("fee_takes_all", "fee_takes_all is an error; it can't be accepted, only mended."),
    ],
)
def test_what_is_no_warning_is_not_accepted(
    tuike: Tuike, merchant: str, plan: Path, word: str, says: str
) -> None:
    ended = tuike("plan", "publish", str(plan), "--accept", f"no_hold,{word}")

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert tuike("plan", "show").code == 1


def test_lint_says_what_publishing_would_do_and_changes_nothing(
    tuike: Tuike, merchant: str, plan: Path
) -> None:
    tuike("plan", "publish", str(plan))
    plan.write_text(BASE_PLAN.replace('- {percent: "10"}', '- {percent: "9.5"}'), encoding="utf-8")

    as_json = json.loads(tuike("plan", "lint", str(plan), "--json").out)
    said = tuike("plan", "lint", str(plan), "--now", "2026-03-01T00:00:00Z")
    plan.write_text(BASE_PLAN + "withdrawal: {fee: '20.00'}\n", encoding="utf-8")
    broken = tuike("plan", "lint", str(plan))

    assert [finding["code"] for finding in as_json["findings"]] == ["level_earns_less"]
    assert [(change["topic"], change["way"]) for change in as_json["changes"]] == [("rate", "worse")]
    assert "worse      🔻 You earn: 10% → 9.5%" in said.out
    assert broken.code == 1
    assert broken.err.startswith("plan.yaml, line 15, withdrawal.fee: the fee takes all of the smallest")
    assert json.loads(tuike("plan", "show", "--json").out)["version"] == 1


def test_names_in_changes_are_printed_without_marks_of_direction(
    tuike: Tuike, merchant: str, plan: Path
) -> None:
    tuike("plan", "publish", str(plan))
    plan.write_text(BASE_PLAN.replace('percent: "12"', 'percent: "9"'), encoding="utf-8")

    for act in ("lint", "publish"):
        ended = tuike("plan", act, str(plan))

        assert "For leader you earn: 12% → 9%" in ended.out
        assert "\N{REPLACEMENT CHARACTER}" not in ended.out + ended.err


def test_a_rehearsed_clock_must_name_its_zone(tuike: Tuike, merchant: str, plan: Path) -> None:
    ended = tuike("plan", "lint", str(plan), "--now", "2026-03-01T00:00:00")

    assert ended.code == 2
    assert "'2026-03-01T00:00:00' names no zone; write it like 2026-12-01T00:00:00Z." in ended.err


def test_every_place_that_was_asked_is_explained(
    tuike: Tuike, merchant: str, plan: Path, tmp_path: Path
) -> None:
    boost = "boosts: [{percent: '2', from: 2026-03-01T00:00:00Z, until: 2026-03-02T00:00:00Z}]"
    plan.write_text(f"{BASE_PLAN}{boost}\n", encoding="utf-8")
    tuike("plan", "publish", str(plan))
    goods = tmp_path / "goods.csv"
    goods.write_text("sku,title,price,category\nLAMP,Lamp,19.99,lights\n")
    tuike("import", "products", str(goods))
    asked = ("plan", "explain", "--sku", "LAMP", "--level", "leader")

    boosted = json.loads(tuike(*asked, "--at", "2026-03-01T12:00:00Z", "--json").out)
    plain = json.loads(tuike(*asked, "--now", "2026-03-03T00:00:00Z", "--json").out)
    printed = tuike(*asked, "--category", "gifts")
    unknown = tuike("plan", "explain", "--sku", "LAMP", "--level", "boss")

    # 15 % of its category and 2 % on top, of 19.99, floored once: 3.3983
    assert (boosted["category"], boosted["price_minor"], boosted["earns_minor"]) == ("lights", 1999, 339)
    assert [place["rule"] for place in boosted["places"] if place["answers"]] == ["base", "category=lights"]
    assert [place["rule"] for place in plain["places"][6:]] == [
        *("product=LAMP level=leader", "product=LAMP"),
        *("category=lights level=leader", "category=lights", "level=leader", "base"),
    ]
    assert (plain["earns_minor"], plain["currency"], plain["plan_version"]) == (299, "GBP", 1)
    assert "2.99 GBP a unit" in tuike(*asked, "--now", "2026-03-03T00:00:00Z").out
    assert "→" in printed.out
    assert "12 %" in printed.out
    assert (unknown.code, unknown.err) == (1, "There is no level 'boss'.\n")


def test_presets_are_listed_and_printed_ready_to_publish(tuike: Tuike, merchant: str, tmp_path: Path) -> None:
    listed = json.loads(tuike("plan", "presets", "--json").out)
    printed = tuike("plan", "presets", "levelled", "--now", "2026-03-04T09:30:00Z")
    missing = tuike("plan", "presets", "pyramid")

    assert [each["name"] for each in listed] == ["simple", "levelled", "ladder", "clearance"]
    assert "currency: GBP\n" in printed.out
    assert "starts_at: 2026-03-05T00:00:00Z\n" in printed.out
    path = tmp_path / "mine.yaml"
    path.write_text(printed.out, encoding="utf-8")
    assert tuike("plan", "publish", str(path), "--now", "2026-03-04T09:30:00Z", "--accept", "").code == 0
    assert (missing.code, missing.err) == (1, "There is no preset 'pyramid'.\n")
