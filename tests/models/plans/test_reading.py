"""Reading a plan file: YAML or JSON in, a checked document out, every fault named with its line."""

from __future__ import annotations

import json

import pytest

from models.plans.document import PlanDocument
from models.plans.reading import PlanRefused, read_plan
from tests.builders import BASE_PLAN


def refusal(text: str, currency: str = "GBP") -> str:
    with pytest.raises(PlanRefused) as refused:
        read_plan(text, currency)
    return str(refused.value)


def changed(before: str, after: str) -> str:
    assert before in BASE_PLAN
    return BASE_PLAN.replace(before, after)


def test_the_issues_plan_is_accepted_as_it_stands() -> None:
    plan = read_plan(BASE_PLAN, "GBP")

    assert [rate.rule for rate in plan.rates] == [
        "base",
        "level=leader",
        "category=lights",
        "product=85123A level=leader",
    ]
    assert plan.settlement.minimum_withdrawal == "20.00"
    assert plan.starts_at.isoformat() == "2010-12-01T00:00:00+00:00"


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_says_the_same_however_it_is_written(ascii_only: bool, indent: int | str | None) -> None:
    content = json.loads(read_plan(BASE_PLAN, "GBP").model_dump_json())
    content["name"] = "Base 🔥"

    text = json.dumps(content, ensure_ascii=ascii_only, indent=indent)

    assert json.loads(read_plan(text, "GBP").model_dump_json()) == content


@pytest.mark.parametrize(("written", "kept"), [("10", "10"), ("10.5", "10.5"), ("0", "0"), ("0.10", "0.10")])
def test_an_unquoted_number_keeps_its_own_digits(written: str, kept: str) -> None:
    assert read_plan(changed('percent: "10"', f"percent: {written}"), "GBP").rates[0].percent == kept


@pytest.mark.parametrize("start", ["2010-12-01T02:00:00+02:00", "'2010-12-01T00:00:00Z'"])
def test_a_start_in_another_zone_or_quotes_is_the_same_moment(start: str) -> None:
    plan = read_plan(changed("2010-12-01T00:00:00Z", start), "GBP")

    assert plan == read_plan(BASE_PLAN, "GBP")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param('- {percent: "10"}', '- {percent: "10"}\n  - {percent: "11"}',
                     "line 12, rates[1]: overlaps rates[0], both are for everything", id="base twice"),
        pytest.param('- {category: lights, percent: "15"}',
                     '- {category: lights, percent: "15"}\n  - {category: lights, fixed: "1"}',
                     "line 14, rates[3]: overlaps rates[2], both are for category=lights", id="category twice"),
        pytest.param("- {level: leader, percent", "- {level: boss, percent",
                     "line 12, rates[1].level: there is no level boss; levels are promoter, leader, partner",
                     id="unknown level"),
        pytest.param("{key: partner,", "{key: leader,", "line 9, levels[2].key: level leader stands twice",
                     id="level twice"),
        pytest.param("name: Base", "name: Base\nname: Other", "line 3, name: this key stands twice",
                     id="doubled key"),
        pytest.param("{hold_days: 7,", "{hold_days: 7, hold_days: 8,",
                     "line 5, settlement.hold_days: this key stands twice", id="doubled key inside"),
        pytest.param('percent: "10"', 'percent: "101"', "line 11, rates[0].percent: a percentage is", id="over 100"),
        pytest.param('percent: "10"', 'percent: "-1"', "line 11, rates[0].percent: a percentage is", id="negative"),
        pytest.param('percent: "10"', 'percent: "1.234"', "line 11, rates[0].percent", id="three places"),
        pytest.param('percent: "10"', "percent: 1e1", "line 11, rates[0].percent", id="exponent"),
        pytest.param('percent: "10"', "percent: true", "line 11, rates[0].percent", id="truth"),
        pytest.param('percent: "10"', 'percent: "١٠"', "line 11, rates[0].percent", id="other digits"),
        pytest.param('fixed: "0.30"', 'fixed: "0.305"', "line 14, rates[3].fixed: 0.305 has more decimal places",
                     id="half a penny"),
        pytest.param('fixed: "0.30"', 'fixed: "0.30", percent: "5"', "line 14, rates[3]: a rate has either",
                     id="both kinds"),
        pytest.param(', fixed: "0.30"', "", "line 14, rates[3]: a rate has either percent or fixed", id="no kind"),
        pytest.param("{category: lights,", "{category: lights, product: A,",
                     "line 13, rates[2]: a rate selects a product or a category", id="both selectors"),
        pytest.param("hold_days: 7", "hold_days: soon", "line 5, settlement.hold_days", id="no number"),
        pytest.param("window_days: 30", "window_days: 366", "line 4, attribution.window_days", id="long window"),
        pytest.param("last_click", "any_click", "line 4, attribution.model", id="unknown model"),
        pytest.param("00:00:00Z", "00:00:00", "line 3, starts_at", id="no zone"),
        pytest.param("name: Base", "nmae: Base", "line 2, nmae", id="unknown key"),
        pytest.param("zh: 推广员, ", "", "line 7, levels[0].title.zh", id="a language is missing"),
        pytest.param("name: Base", "name: &n Base\nextra: *n", "line 3: aliases are not read here",
                     id="alias"),
        pytest.param("name: Base", "name: [", "this list or mapping in brackets is not closed", id="broken"),
        pytest.param("name: Base", "? [a, b]\n: c\nname: Base", "line 2, ?: there is no key `?`", id="a list"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(before: str, after: str, said: str) -> None:
    assert said in refusal(changed(before, after))


@pytest.mark.parametrize(
    "text",
    ["", "42", "- a", "\0", "[" * 50_000, "a: b: c"],
    ids=["empty", "number", "list", "zero byte", "nested", "colons"],
)
def test_what_is_no_plan_at_all_is_refused_in_a_sentence(text: str) -> None:
    assert refusal(text).startswith("The plan is refused: line 1")


def test_every_fault_is_named_at_once() -> None:
    said = refusal(changed('percent: "10"', 'percent: "x"').replace("hold_days: 7", "hold_days: -1"))

    assert "rates[0].percent" in said
    assert "settlement.hold_days" in said


def test_amounts_follow_the_merchants_currency() -> None:
    assert "0.30 has decimal places, and JPY has none" in refusal(BASE_PLAN, "JPY")
    assert read_plan(changed('"0.30"', '"0.305"'), "KWD").rates[3].fixed == "0.305"


def test_a_document_survives_the_store() -> None:
    plan = read_plan(BASE_PLAN, "GBP")

    assert PlanDocument.model_validate_json(plan.model_dump_json()) == plan
