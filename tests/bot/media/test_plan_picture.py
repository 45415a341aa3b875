"""The plan's picture: real numbers, legible in both themes and languages, whole with the worst of words."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from bot.cards.plan_picture import PictureWish, plan_flow
from bot.media import contrast
from bot.media.plan_flow import Part, PlanFlow, Row, Section, Share
from bot.media.plan_picture import WIDTH, plan_png, plan_svg
from bot.media.trends import COLORS, Theme
from bot.media.typefaces import SHIPPED, Weight
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.plans.presets import preset_names, preset_text
from models.plans.reading import read_plan
from models.plans.sample import Seller
from tests.builders import BASE_PLAN
from tests.journeys.world import bare
from tests.models.sales.plans import ISSUE_PLAN, plan

NS = "{http://www.w3.org/2000/svg}"
AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SMALLEST_PX = 26
"""On a phone 1080 pixels are about 400 points wide; smaller letters can't be read there."""
LONG = "Very long words that go on " * 6 + "没有尽头的中文名称" * 12


def flow(
    text: str, language: Language = Language.EN, reader: Seller | None = None, *, is_whole: bool = True
) -> PlanFlow:
    document = read_plan(text, "GBP")
    titles = {"85123A": "White lantern"}
    wish = PictureWish("Gift Shop", document, "GBP", ZONE, AT, reader or Seller(), is_whole, titles)
    return plan_flow(wish, Voice(language))


def amounts(drawn: PlanFlow) -> list[tuple[Part, int]]:
    return [(share.part, share.minor) for share in drawn.shares]


def texts(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{NS}text"))


def box(text: ET.Element) -> tuple[float, float, float, float]:
    size = int(text.attrib["font-size"])
    weight = Weight.BOLD if text.attrib["font-weight"] == "700" else Weight.REGULAR
    width = SHIPPED.width(text.text or "", weight, size)
    shift = {"start": 0, "middle": width / 2, "end": width}[text.attrib["text-anchor"]]
    x, y = float(text.attrib["x"]) - shift, float(text.attrib["y"])
    return x, y - size * 0.74, x + width, y + size * 0.1


@pytest.mark.parametrize(
    ("text", "reader", "expected"),
    [
        (ISSUE_PLAN, Seller(), [(Part.YOU, 1000), (Part.SPONSOR, 300), (Part.SHOP, 8700)]),
        (ISSUE_PLAN, Seller("leader"), [(Part.YOU, 1200), (Part.SPONSOR, 300), (Part.SHOP, 8500)]),
        (ISSUE_PLAN, Seller("leader", "kol"), [(Part.YOU, 2000), (Part.SPONSOR, 300), (Part.SHOP, 7700)]),
        # Who holds what the plan lacks counts as the first level and as having no profile
        (ISSUE_PLAN, Seller("boss", "vip"), [(Part.YOU, 1000), (Part.SPONSOR, 300), (Part.SHOP, 8700)]),
        # Nobody is paid for what no rate names
        (BASE_PLAN.replace('  - {percent: "10"}\n', ""), Seller(), [(Part.YOU, 0), (Part.SHOP, 10000)]),
        # A boost that holds now comes on top; the order's ceiling then cuts the farther sponsor first
        (plan("boosts: [{percent: '5', from: 2026-03-08T00:00:00Z, until: 2026-03-10T00:00:00Z}]",
              "team: {depth: 2, percents: ['3', '2']}", "caps: {order_percent: '19'}"),
         Seller(), [(Part.YOU, 1500), (Part.SPONSOR, 300), (Part.SPONSOR, 100), (Part.SHOP, 8100)]),
    ],
)  # fmt: skip
def test_an_order_of_100_is_parted_by_the_real_rates(
    text: str, reader: Seller, expected: list[tuple[Part, int]]
) -> None:
    assert amounts(flow(text, reader=reader)) == expected


def test_the_words_are_the_readers() -> None:
    drawn = flow(ISSUE_PLAN, Language.EN, Seller("leader", "kol"))
    chinese = flow(ISSUE_PLAN, Language.ZH, Seller("leader"))

    assert (drawn.paid, drawn.shares[0].amount) == ("£100.00", "£20.00")
    assert [bare(note) for note in drawn.shares[0].notes] == ["20%", "KOL", "Leader"]
    assert (drawn.hold_note, drawn.release_note) == (
        *("for 7 days after the buyer has the goods", "from £20.00 on"),
    )
    assert [row.is_mine for row in drawn.sections[0].rows] == [False, True]
    assert [(row.label, row.value, row.note) for row in chinese.sections[0].rows] == [
        ("推广员", "£10.00", "人人由此起步"),
        ("团长", "£12.00", "30 天内 5 单"),
    ]
    assert [(row.label, row.value) for row in chinese.sections[2].rows] == [
        ("满 £1,000.00 起", "超出部分的 3%"),
        ("满 £5,000.00 起", "超出部分的 8%"),
    ]
    assert [row.value for row in chinese.sections[3].rows] == ["£3.00", "£5.00", "£3.00", "£100.00"]


def test_whoever_is_invited_sees_the_flow_and_the_levels_alone() -> None:
    assert [len(section.rows) for section in flow(ISSUE_PLAN, is_whole=False).sections] == [2]
    assert flow(preset_text("simple", "GBP", ZONE, AT), is_whole=False).sections == ()


def test_goods_with_a_rate_of_their_own_are_named() -> None:
    known = flow(BASE_PLAN, reader=Seller("leader")).sections[1]
    strange = flow(BASE_PLAN.replace("85123A", "9"), reader=Seller("leader")).sections[1]

    assert [(bare(row.label), row.value) for row in known.rows] == [
        ("category lights", "15%"),
        ("White lantern", "£0.30 apiece"),
    ]
    assert bare(strange.rows[1].label) == "product 9"


def test_profiles_stand_with_what_each_earns_and_gets_besides() -> None:
    text = ISSUE_PLAN.replace(
        "{key: kol, title: {zh: 达人, en: KOL}}",
        '{key: kol, title: {zh: 达人, en: KOL}, exclusive_codes: true, invite_cashback: "2.00"}',
    )
    english, chinese = (
        flow(text, language, Seller("leader", "kol")).sections[1] for language in (Language.EN, Language.ZH)
    )

    [kol] = english.rows
    assert english.heading == "Profiles, and what each earns of it"
    assert (kol.label, kol.value, kol.is_mine) == ("KOL", "£20.00", True)
    assert kol.note == "cashback for an invitation: £2.00, coupons of one's own"
    assert chinese.rows[0].note == "邀请返现：£2.00、专属优惠券"


def extreme() -> PlanFlow:
    shares = tuple(Share(part, LONG, minor, "KWD 100.000", (LONG, LONG)) for part, minor in (
        (Part.YOU, 1), (Part.SPONSOR, 0), (Part.SPONSOR, 1), (Part.SHOP, 10**15 - 2)
    ))  # fmt: skip
    rows = tuple(Row(LONG, LONG, LONG, is_mine=place == 1) for place in range(3))
    return PlanFlow(
        title=LONG,
        sentences=(LONG, LONG),
        buyer=LONG,
        paid="KWD 100.000",
        paid_minor=10**15,
        shares=shares,
        hold=LONG,
        hold_note=LONG,
        release=LONG,
        release_note=LONG,
        sections=(Section(LONG, rows),),
    )


DRAWN = {
    "extreme": extreme(),
    "issue": flow(ISSUE_PLAN, Language.EN, Seller("leader", "kol")),
    "issue in Chinese": flow(ISSUE_PLAN, Language.ZH),
    **{each.name: flow(preset_text(each.name, "GBP", ZONE, AT), Language.ZH) for each in preset_names()},
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_word_is_inside_large_enough_and_meets_no_other(name: str) -> None:
    svg = plan_svg(DRAWN[name], Theme.LIGHT)
    high = float(ET.fromstring(svg).attrib["height"])
    boxes = [box(text) for text in texts(svg)]

    assert all(int(text.attrib["font-size"]) >= SMALLEST_PX for text in texts(svg))
    for left, top, right, bottom in boxes:
        assert left >= 40
        assert right <= WIDTH - 40
        assert 0 < top < bottom < high
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_words_from_outside_stay_words() -> None:
    evil = "<script>alert(1)</script>\" onload='x' & \u202e \x00"
    drawn = PlanFlow(
        title=evil, sentences=(evil,), buyer=evil, paid=evil, paid_minor=1,
        shares=(Share(Part.SHOP, evil, 1, evil, (evil,)),), hold=evil, hold_note=evil,
        release=evil, release_note=evil, sections=(Section(evil, (Row(evil, evil, evil),)),),
    )  # fmt: skip
    svg = plan_svg(drawn, Theme.DARK)

    assert "<script>" not in svg
    assert "\u202e" not in svg
    assert {element.tag.removeprefix(NS) for element in ET.fromstring(svg).iter()} == {
        *("svg", "title", "rect", "text", "path", "line", "polygon"),
    }


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        PlanFlow(
            title="", sentences=(), buyer="", paid="", paid_minor=2, hold="", hold_note="", release="",
            release_note="", shares=(Share(Part.YOU, "", 1, ""),),
        )  # fmt: skip


@pytest.mark.parametrize("theme", Theme)
def test_colours_can_be_told_from_the_ground(theme: Theme) -> None:
    svg = plan_svg(DRAWN["issue"], theme)
    ground = COLORS[theme].ground

    inks = {text.attrib["fill"] for text in texts(svg)}
    strokes = {
        rect.attrib["stroke"] for rect in ET.fromstring(svg).iter(f"{NS}rect") if "stroke" in rect.attrib
    }

    assert all(contrast.contrast(ink, ground) >= contrast.TEXT for ink in inks)
    assert all(contrast.contrast(each, ground) >= contrast.LARGE_TEXT for each in strokes - {"none"})


def test_the_picture_is_as_wide_as_others_and_light_enough_to_send() -> None:
    content = plan_png(DRAWN["issue"], Theme.LIGHT)

    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.width) == ("PNG", WIDTH)
    assert len(content) < 400_000
