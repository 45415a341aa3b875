"""Trend charts: readable in both themes, whole at the edges of what can be shown, safe on a page."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.media import contrast
from bot.media.charts import HEIGHT, WIDTH, Theme, Tick, TrendFacts, TrendPoint, trend_png, trend_svg
from bot.media.scale import round_ticks, value_scale
from bot.media.trend_line import areas, strokes
from bot.media.trends import COLORS
from bot.media.typefaces import SHIPPED, Weight

NS = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script>\" onload='x' & ]]> \u202e \x00 {0} %s"


def money(value: int) -> str:
    return f"{'-' if value < 0 else ''}¥{abs(value) / 100:,.2f}"


def trend(values: list[int], title: str = "本月收益比上月多 23%", subtitle: str = "每日佣金") -> TrendFacts:
    peak = values.index(max(values))
    points = tuple(
        TrendPoint(f"{n + 1}日", value, money(value) if n in {peak, len(values) - 1} else "")
        for n, value in enumerate(values)
    )
    ticks = tuple(Tick(value, money(value)) for value in round_ticks(values))
    return TrendFacts(title=title, subtitle=subtitle, points=points, ticks=ticks)


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def texts(svg: str) -> list[ET.Element]:
    return list(read(svg).iter(f"{NS}text"))


def box(text: ET.Element) -> tuple[float, float, float, float]:
    size = int(text.attrib["font-size"])
    weight = Weight.BOLD if text.attrib["font-weight"] == "700" else Weight.REGULAR
    width = SHIPPED.width(text.text or "", weight, size)
    shift = {"start": 0, "middle": width / 2, "end": width}[text.attrib["text-anchor"]]
    x, y = float(text.attrib["x"]) - shift, float(text.attrib["y"])
    return x, y - size * 0.74, x + width, y + size * 0.1


SERIES = {
    "one": [4250],
    "one loss": [-4250],
    "one zero": [0],
    "all zero": [0] * 30,
    "two": [100, 100],
    "losses alone": [-500, -900, -200],
    "both": [-2000, 3500, 0, -100, 2500, -4999],
    "a quarter": [(n * 7919) % 5000 - 800 for n in range(92)],
    "large": [10**15, 3, -(10**14)],
    "last is peak": [1, 2, 3],
}


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("name", SERIES)
def test_words_stay_on_the_chart_and_apart(name: str, theme: Theme) -> None:
    boxes = [(text.text, box(text)) for text in texts(trend_svg(trend(SERIES[name]), theme))]

    for text, (left, top, right, bottom) in boxes:
        assert left >= 0, text
        assert top >= 0, text
        assert right <= WIDTH, text
        assert bottom <= HEIGHT, text
    for (one, a), (other, b) in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (one, other)


@pytest.mark.parametrize("name", SERIES)
def test_every_figure_stays_on_the_chart(name: str) -> None:
    root = read(trend_svg(trend(SERIES[name]), Theme.LIGHT))

    for figure in (*root.iter(f"{NS}polyline"), *root.iter(f"{NS}polygon")):
        for pair in figure.attrib["points"].split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


@pytest.mark.parametrize("theme", list(Theme))
def test_text_and_lines_stand_out_from_the_ground(theme: Theme) -> None:
    colors = COLORS[theme]

    assert contrast.contrast(colors.ink, colors.ground) >= contrast.TEXT
    assert contrast.contrast(colors.soft, colors.ground) >= contrast.TEXT
    assert contrast.contrast(colors.gain, colors.ground) >= contrast.LARGE_TEXT
    assert contrast.contrast(colors.loss, colors.ground) >= contrast.LARGE_TEXT


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("name", ["one", "all zero", "both", "a quarter"])
def test_the_picture_has_its_size_its_ground_and_something_on_it(name: str, theme: Theme) -> None:
    with Image.open(io.BytesIO(trend_png(trend(SERIES[name]), theme))) as opened:
        picture = opened.convert("RGB")

    ground = tuple(bytes.fromhex(COLORS[theme].ground[1:]))
    assert picture.size == (WIDTH, HEIGHT)
    assert picture.getpixel((2, 2)) == ground
    line = tuple(bytes.fromhex(COLORS[theme].gain[1:]))
    assert line in {color for _, color in picture.getcolors(1 << 20) or []}


def test_chinese_english_and_emoji_are_drawn_with_the_shipped_fonts() -> None:
    blank = trend_png(trend([1, 2], title="\u3000", subtitle=""), Theme.LIGHT)

    for title in ("收益上升", "Rising", "🌸"):
        with_title = trend_png(trend([1, 2], title=title, subtitle=""), Theme.LIGHT)
        with Image.open(io.BytesIO(blank)) as one, Image.open(io.BytesIO(with_title)) as other:
            region = (50, 30, 500, 120)
            assert one.crop(region).tobytes() != other.crop(region).tobytes()


def test_what_callers_write_is_escaped_and_nothing_comes_from_outside() -> None:
    facts = TrendFacts(
        title=EVIL,
        subtitle=EVIL,
        points=(TrendPoint(EVIL, 1, EVIL), TrendPoint(EVIL * 20, 2, EVIL * 20)),
        ticks=(Tick(0, EVIL), Tick(2, EVIL * 20)),
    )

    svg = trend_svg(facts, Theme.DARK)

    root = read(svg)
    tags = {element.tag.removeprefix(NS) for element in root.iter()}
    assert tags <= {"svg", "title", "rect", "line", "polyline", "polygon", "circle", "text"}
    names = {name for element in root.iter() for name in element.attrib}
    assert not {
        name for name in names if name.startswith("on") or "href" in name or name in {"id", "style", "class"}
    }
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "url(" not in svg
    assert "<script>alert(1)</script>" in "".join(root.itertext())
    for text in texts(svg):
        left, _, right, _ = box(text)
        assert left >= 0
        assert right <= WIDTH


@pytest.mark.parametrize("title", ["W" * 500, "龘" * 500, "a " * 200, "", "\u202e" * 50])
def test_any_title_fits(title: str) -> None:
    for text in texts(trend_svg(trend([3, 1, 2], title=title, subtitle=title), Theme.LIGHT)):
        assert box(text)[2] <= WIDTH


def test_long_lines_keep_their_width_on_a_page_with_other_fonts() -> None:
    svg = trend_svg(
        trend([3, 1, 2], title="Refunds took back more than you earned on three of fourteen days"),
        Theme.LIGHT,
    )

    long, short = [text for text in texts(svg) if text.attrib["font-size"] == "42"]
    assert int(long.attrib["textLength"]) == box(long)[2] - box(long)[0]
    assert "textLength" not in short.attrib


@pytest.mark.parametrize("count", [0, 93])
def test_a_trend_has_one_to_ninety_two_points(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 92 points"):
        TrendFacts(title="", subtitle="", points=(TrendPoint("", 0),) * count, ticks=())


def test_the_last_label_is_always_there_and_labels_keep_apart() -> None:
    labels = [
        text
        for text in texts(trend_svg(trend(list(range(92))), Theme.LIGHT))
        if (text.text or "").endswith("日")
    ]

    assert "92日" in {text.text for text in labels}
    boxes = sorted(box(text) for text in labels)
    assert all(one[2] < other[0] for one, other in pairwise(boxes))


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=92))
def test_ticks_are_round_few_and_hold_every_value(values: list[int]) -> None:
    ticks = round_ticks(values)

    assert 0 in ticks
    assert ticks[0] <= min(values)
    assert ticks[-1] >= max(values)
    assert len(ticks) <= 6
    assert len({other - one for one, other in pairwise(ticks)}) <= 1


@settings(deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=92))
def test_the_line_is_whole_and_each_stretch_keeps_to_its_side(values: list[int]) -> None:
    scale = value_scale(values, 600, 100)
    places = tuple((float(n * 10), scale.at(value)) for n, value in enumerate(values))
    zero = scale.at(0)

    stretches = list(strokes(places, zero))

    assert stretches[0][1][0] == places[0]
    assert stretches[-1][1][-1] == places[-1]
    for (_, one), (_, other) in pairwise(stretches):
        assert one[-1] == other[0]
    for is_loss, line in [*stretches, *areas(places, zero)]:
        assert all(y >= zero if is_loss else y <= zero for _, y in line)
    assert {place for _, line in stretches for place in line} >= set(places)
