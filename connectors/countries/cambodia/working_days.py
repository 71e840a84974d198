"""Cambodia's days: public holidays by sub-decree, Monday to Friday.

Source: the ``holidays`` package. Feasts of the moon (Khmer New Year is of the sun) are set by each year's sub-decree;
the package lists them by calculation without saying so, and those after the last decree may move.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.listed_days import ListedCalendar

_LAST_DECREED: Final = 2026  # of holidays 0.109
_OF_THE_MOON: Final = ("Visaka Bochea", "Royal Ploughing", "Pchum Ben", "Water Festival")


class CambodianCalendar(ListedCalendar):
    """Days of Cambodia."""

    def estimated(self, day: date, subdivision: str | None) -> bool:
        """Whether a feast of the moon stands on this day by computation only."""
        name = self.holiday(day, subdivision)
        return name is not None and day.year > _LAST_DECREED and any(feast in name for feast in _OF_THE_MOON)


CALENDAR: Final = CambodianCalendar("KH")
