"""Which level counts for each at the end of a rehearsal, under the plan in force and under the proposed one."""

from __future__ import annotations

from datetime import UTC, datetime

from models.plans.reading import read_plan
from models.rehearsal.rehearsing import rehearse
from models.store.engine import Store
from tests.builders import BASE_PLAN, line, open_shop

BEGINS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
LEVELS = BASE_PLAN[BASE_PLAN.index("  - {key: promoter") : BASE_PLAN.index("rates:")]
ONE_LEVEL = BASE_PLAN.replace(LEVELS, "  - {key: starter, title: {zh: 新手, en: Starter}}\n").replace(
    BASE_PLAN[BASE_PLAN.index("  - {level: leader") :], ""
)
CLIMBING = BASE_PLAN.replace(
    "en: Leader}", "en: Leader}, when: {all: [{metric: orders, at_least: 1, within_days: 30}]}"
)


async def test_a_level_that_a_plan_lacks_counts_as_its_first_for_everybody_alike(store: Store) -> None:
    shop = await open_shop(store, BEGINS)
    await shop.plan()
    for name, level in (("mei", None), ("bo", "leader"), ("ida", "gone"), ("tom", "partner")):
        code = (await shop.link(await shop.distributor(name, level=level))).code
        at = datetime(2026, 1, 5, tzinfo=UTC)
        await shop.tell(shop.paid(name, line(price="10.00"), code=code, at=at))

    found = await rehearse(store, shop.merchant, read_plan(ONE_LEVEL, "GBP"), BEGINS, ENDS)
    climbed = await rehearse(store, shop.merchant, read_plan(CLIMBING, "GBP"), BEGINS, ENDS)

    levels = {each.external_id: (each.in_force_level, each.proposed_level) for each in found.people}
    assert levels == {
        "bo": ("leader", "starter"),
        "ida": ("promoter", "starter"),
        "mei": ("promoter", "starter"),
        "tom": ("partner", "starter"),
    }
    report = found.report
    assert all(each.proposed_level in report.proposed.levels for each in found.people)
    assert all(each.in_force_level in report.in_force.levels for each in found.people)
    # No rule moved anybody: it is the plan that lacks what they hold
    assert (report.proposed.promoted, report.proposed.demoted, report.levels_differ) == (0, 0, 4)
    assert {each.external_id: each.proposed_level for each in climbed.people} == {
        "bo": "leader",
        "ida": "leader",
        "mei": "leader",
        "tom": "partner",
    }
    assert (climbed.report.proposed.promoted, climbed.report.levels_differ) == (2, 2)
