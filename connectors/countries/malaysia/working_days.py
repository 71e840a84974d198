"""Malaysia's days: national and state holidays, and the Friday and Saturday weekend of some states.

Kedah, Kelantan and Terengganu rest on Friday and Saturday; Johor did until the end of 2024. Source: the ``holidays``
package. Days of the moon are estimates until they are announced.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.malaysia.zones import FRIDAY_STATES, JOHOR, SUBDIVISIONS
from connectors.shared.listed_days import FRIDAY_SATURDAY, ListedCalendar

JOHOR_RESTS_ON_SUNDAY: Final = date(2025, 1, 1)
JOHOR_RESTED_ON_FRIDAY: Final = date(2014, 1, 1)

_PLACES: Final = tuple(SUBDIVISIONS)
_NOW: Final = ListedCalendar("MY", weekends=dict.fromkeys(FRIDAY_STATES, FRIDAY_SATURDAY), subdivisions=_PLACES)
_WITH_JOHOR: Final = ListedCalendar(
    "MY", weekends=dict.fromkeys(FRIDAY_STATES | {JOHOR}, FRIDAY_SATURDAY), subdivisions=_PLACES
)


class MalaysianCalendar:
    """Days of Malaysia by state; where the state is unknown every state's holidays and weekends count."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:
        """The national or state holiday on a day, or ``None``."""
        return _NOW.holiday(day, subdivision)

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks and offices of the state work."""
        johor = JOHOR_RESTED_ON_FRIDAY <= day < JOHOR_RESTS_ON_SUNDAY
        return (_WITH_JOHOR if johor else _NOW).is_working_day(day, subdivision)

    def special_period(self, day: date, subdivision: str | None) -> str | None:
        """No special period is known to matter."""
        return _NOW.special_period(day, subdivision)

    def estimated(self, day: date, subdivision: str | None) -> bool:
        """Whether a holiday stands on this day by computation only and may move by a day."""
        return _NOW.estimated(day, subdivision)


CALENDAR: Final = MalaysianCalendar()
