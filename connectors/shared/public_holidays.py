"""Public holidays of a country as the holidays package lists them, by year, subdivision and category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from holidays import country_holidays

_ESTIMATED: Final = " (estimated)"


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A holiday's English name; ``estimated`` dates follow the moon and may still move by a day."""

    name: str
    estimated: bool


@lru_cache(maxsize=2048)
def holidays_in(
    country: str, year: int, *, subdivision: str | None = None, categories: tuple[str, ...] = ("public",)
) -> Mapping[date, NamedDay]:
    """The holidays of a country (ISO 3166-1) in a year; ``subdivision`` is the part of ISO 3166-2 behind the hyphen."""
    listed = country_holidays(country, subdiv=subdivision, years=year, categories=categories, language="en_US")
    return {
        day: NamedDay(name.replace(_ESTIMATED, ""), estimated=_ESTIMATED in name)
        for day, name in listed.items()
        if day.year == year
    }
