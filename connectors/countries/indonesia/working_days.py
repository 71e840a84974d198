"""Indonesia's days: national holidays, and the joint leave (cuti bersama) on which offices close too.

Source: the ``holidays`` package after the yearly joint decree of three ministers. Islamic dates of years not yet
decreed are estimated.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.public_holidays import holidays_in

_SATURDAY: Final = 5


class IndonesianCalendar:
    """Days of Indonesia, the same in every province."""

    def holiday(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """The national holiday on a day, or ``None``; joint leave is no national holiday."""
        named = holidays_in("ID", day.year).get(day)
        return named.name if named else None

    def is_working_day(self, day: date, subdivision: str | None) -> bool:
        """Whether banks and offices work: Monday to Friday without holidays and joint leave."""
        return (
            day.weekday() < _SATURDAY
            and self.holiday(day, subdivision) is None
            and self.special_period(day, subdivision) is None
        )

    def special_period(self, day: date, subdivision: str | None) -> str | None:  # noqa: ARG002 - nationwide
        """``joint_leave`` on days of cuti bersama."""
        return "joint_leave" if day in holidays_in("ID", day.year, categories=("government",)) else None

    def estimated(self, day: date, subdivision: str | None) -> bool:  # noqa: ARG002 - nationwide
        """Whether a holiday stands on this day by computation only and may move by a day once it is decreed."""
        named = holidays_in("ID", day.year, categories=("public", "government")).get(day)
        return named is not None and named.estimated


CALENDAR: Final = IndonesianCalendar()
