"""Columns above and below zero: a common scale with zero on it, and values that are read out."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from gateway.console.charts import Bar, Chart, Part, Series
from gateway.console.signed_columns import reach, scale, signed_columns


def bar(label: str, *values: str) -> Bar:
    parts = tuple(Part(index, Decimal(value), "") for index, value in enumerate(values))
    return Bar(label, label, parts, f"{label}: {' '.join(values)}")


def chart(*bars: Bar, rtl: bool = False) -> Chart:
    series = (Series("Realised", "tone-5"), Series("Change", "tone-1"))
    return Chart("Exchange earned 5", "USD", "Day", bars, series, str, rtl)


@pytest.mark.parametrize(
    ("below", "above", "ends"),
    [
        ("-75936", "991", ("-80000", "20000")),
        ("0", "10", ("0", "10")),
        ("-10", "0", ("-10", "0")),
        ("-5", "3", ("-6", "3")),
    ],
)
def test_the_scale_is_round_and_holds_zero(below: str, above: str, ends: tuple[str, str]) -> None:
    floor, top, step = scale(Decimal(below), Decimal(above))
    assert (floor, top) == (Decimal(ends[0]), Decimal(ends[1]))
    assert floor % step == top % step == 0


def test_gains_and_losses_of_a_bar_do_not_hide_each_other() -> None:
    assert reach(bar("x", "5", "-3")) == (Decimal(-3), Decimal(5))


def test_gains_stand_on_the_line_that_losses_hang_from() -> None:
    drawn = str(signed_columns(chart(bar("x", "4", "-4"))))
    boxes = [
        (float(y), float(height))
        for y, height in re.findall(r'<rect class="tone-\d"[^>]* y="([\d.]+)"[^>]* height="([\d.]+)"', drawn)[:2]
    ]
    (above, tall), (below, _) = boxes
    assert above + tall == pytest.approx(below, abs=0.2)


def test_every_bar_is_read_out() -> None:
    assert 'aria-label="x: 4 -4"' in signed_columns(chart(bar("x", "4", "-4")))


@pytest.mark.parametrize("rtl", [False, True])
def test_nothing_to_show_is_drawn_without_fault(rtl: bool) -> None:  # noqa: FBT001 (a case)
    assert "svg" in signed_columns(chart(bar("x"), rtl=rtl))
