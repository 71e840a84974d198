"""A calendar made of what the holidays package lists and of a country's working week: enough for most countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from connectors.shared.hijri import RAMADAN, Announced, in_ramadan
from connectors.shared.public_holidays import NamedDay, holidays_in

SATURDAY_SUNDAY: Final = frozenset({5, 6})
FRIDAY_SATURDAY: Final = frozenset({4, 5})


@dataclass(frozen=True, eq=False)
class ListedCalendar:
    """Days of a country (ISO 3166-1). Monday is 0.

    ``weekends`` differ from ``weekend`` in the subdivisions that it names. Where holidays differ by subdivision,
    ``subdivisions`` lists all that the package knows (ISO 3166-2): where the place is unknown a holiday of any of them
    counts. ``not_holidays`` are listed names on which nobody is off. ``added`` are days that the package lacks, with
    their names. ``special`` maps names that the package lists under ``special_categories`` to a kind of special day;
    offices close on those in ``closed_kinds``. ``ramadan`` asks for the month of fasting as a special period.
    """

    country: str
    weekend: frozenset[int] = SATURDAY_SUNDAY
    weekends: Mapping[str, frozenset[int]] = field(default_factory=dict)
    categories: tuple[str, ...] = ("public",)
    bank_categories: tuple[str, ...] = ()  # further days on which banks close
    subdivisions: tuple[str, ...] = ()
    not_holidays: frozenset[str] = frozenset()
    added: Mapping[date, str] = field(default_factory=dict)
    special_categories: tuple[str, ...] = ()
    special: Mapping[str, str] = field(default_factory=dict)
    closed_kinds: frozenset[str] = frozenset()
    ramadan: bool = False
    announced: Announced = field(default_factory=dict)

    def holiday(self, day: date, subdivision: str | None) -> str | None:
        """The public holiday on a day, national or of the subdivision, or ``None``."""
        named = self._named(day, subdivision, self.categories)
        return named.name if named else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks and offices work. Where the place is unknown every weekend of the country counts."""
        return (
            not self._is_weekend(day, subdivision)
            and self._named(day, subdivision, (*self.categories, *self.bank_categories)) is None
            and self.special_period(day, subdivision) not in self.closed_kinds
        )

    def special_period(self, day: date, subdivision: str | None) -> str | None:
        """``ramadan``, or the kind of a special day, or ``None``."""
        if self.special_categories:
            named = self._listed(day, subdivision, self.special_categories)
            kind = named and self.special.get(named.name)
            if kind:
                return kind
        return RAMADAN if self.ramadan and in_ramadan(day, self.announced) else None

    def estimated(self, day: date, subdivision: str | None) -> bool:
        """Whether a holiday stands on this day by computation only and may still move by a day."""
        named = self._named(day, subdivision, self.categories)
        return named is not None and named.estimated

    def _is_weekend(self, day: date, subdivision: str | None) -> bool:
        if subdivision is not None:
            return day.weekday() in self.weekends.get(subdivision, self.weekend)
        return day.weekday() in self.weekend or any(day.weekday() in off for off in self.weekends.values())

    def _named(self, day: date, subdivision: str | None, categories: tuple[str, ...]) -> NamedDay | None:
        added = self.added.get(day)
        if added is not None:
            return NamedDay(added, estimated=False)
        named = self._listed(day, subdivision, categories)
        return None if named is None or named.name in self.not_holidays else named

    def _listed(self, day: date, subdivision: str | None, categories: tuple[str, ...]) -> NamedDay | None:
        if not self.subdivisions:
            return holidays_in(self.country, day.year, categories=categories).get(day)
        places = self.subdivisions if subdivision is None else (subdivision,)
        found = (
            holidays_in(
                self.country, day.year, subdivision=place.removeprefix(f"{self.country}-"), categories=categories
            ).get(day)
            for place in places
        )
        return next((named for named in found if named is not None), None)
