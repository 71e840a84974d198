"""The month of fasting by the Umm al-Qura calendar, corrected where the moon was seen on another day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from hijridate import Gregorian

RAMADAN: Final = "ramadan"
_NINTH: Final = 9

Announced = Mapping[int, tuple[date, date]]
"""First and last day of Ramadan as announced, by Hijri year, where they differ from the computed ones."""


def in_ramadan(day: date, announced: Announced) -> bool:
    """Whether a day lies in Ramadan: as announced, else as computed (which may be off by a day)."""
    year, month = _hijri(day)
    first_and_last = announced.get(year)
    if first_and_last is not None:
        return first_and_last[0] <= day <= first_and_last[1]
    return month == _NINTH


@lru_cache(maxsize=8192)
def _hijri(day: date) -> tuple[int, int]:
    hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    return hijri.year, hijri.month
