"""Charts: they say what they show, mirror for Arabic, and obey a policy without inline styles."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from gateway.console import charts
from gateway.console.charts import Bar, Chart, Part, Series


def chart(*, rtl: bool = False, name: str = "Brazil") -> Chart:
    parts = (Part(0, Decimal(60), "Brazil, early: 60"), Part(1, Decimal(40), "Brazil, late: 40"))
    return Chart(
        finding="40% is late",
        unit="USD",
        category="Country",
        bars=(Bar(name, "BR", parts, "Brazil: 100"), Bar("Thailand", "TH", (), "Thailand: nothing")),
        series=(Series("early", "age-1"), Series("late", "age-5")),
        tick=lambda value: f"{value:f}",
        rtl=rtl,
    )


def bars(drawing: str) -> list[tuple[float, float]]:
    wide = drawing.partition("</svg>")[0]
    return [
        (float(x), float(width))
        for x, width in re.findall(r'rect class="age-\d" x="([\d.]+)" .*?width="([\d.]+)"', wide)
    ]


@pytest.mark.parametrize(
    ("largest", "top"),
    [("0", "1"), ("1", "1"), ("1.01", "1.2"), ("270000", "320000"), ("240000", "240000"), ("0.9", "1.0"), ("9", "10")],
)
def test_the_axis_ends_at_a_round_number_not_below_the_largest_value(largest: str, top: str) -> None:
    assert charts.top_of_scale(Decimal(largest)) == Decimal(top)


def test_parts_are_stacked_end_to_end() -> None:
    (first, width), (second, _) = bars(charts.rows(chart()))
    assert second == pytest.approx(first + width + 1, abs=0.2)


def test_a_chart_for_arabic_is_the_mirror_image() -> None:
    plain, mirrored = bars(charts.rows(chart())), bars(charts.rows(chart(rtl=True)))
    assert [charts.WIDE - x - width for x, width in plain] == pytest.approx([x for x, _ in mirrored], abs=0.2)


def test_every_part_says_its_value_on_focus() -> None:
    drawing = charts.rows(chart())
    assert 'tabindex="0" role="img" aria-label="Brazil, late: 40"' in drawing


def test_a_column_without_a_value_is_not_a_stop_for_the_keyboard() -> None:
    assert "Thailand: nothing" not in charts.columns(chart())


@pytest.mark.parametrize("draw", [charts.rows, charts.columns])
def test_a_chart_is_drawn_for_wide_and_narrow_screens(draw: object) -> None:
    assert callable(draw)
    assert re.findall(r'class="drawing (\w+)"', draw(chart())) == ["wide", "narrow"]


@pytest.mark.parametrize("draw", [charts.rows, charts.columns])
def test_a_chart_carries_no_inline_style(draw: object) -> None:
    assert callable(draw)
    assert not re.search(r'style=|fill="#|<script', draw(chart()))


def test_names_in_a_chart_are_escaped() -> None:
    assert "<b>" not in charts.rows(chart(name="<b>bold</b>"))
