"""Saudi Arabia's days: Sunday to Thursday, public holidays, and Ramadan by the Umm al-Qura calendar.

Source: the ``holidays`` package and ``hijridate``. The package marks no Saudi date as estimated, though the feasts of
the moon after the last year that it has confirmed are computed and may move by a day.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.listed_days import FRIDAY_SATURDAY, ListedCalendar

_LAST_CONFIRMED: Final = 2025  # of both Eids in holidays 0.109
_OF_THE_MOON: Final = ("Eid al-Fitr", "Eid al-Adha", "Day of Arafah")


class SaudiCalendar(ListedCalendar):
    """Days of Saudi Arabia."""

    def estimated(self, day: date, subdivision: str | None) -> bool:
        """Whether a feast stands on this day by computation only."""
        name = self.holiday(day, subdivision)
        return name is not None and day.year > _LAST_CONFIRMED and name.startswith(_OF_THE_MOON)


CALENDAR: Final = SaudiCalendar(country="SA", weekend=FRIDAY_SATURDAY, ramadan=True)
