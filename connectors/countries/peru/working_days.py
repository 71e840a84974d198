"""Peru's days: the national holidays. Source: the ``holidays`` package (D. Leg. 713 and later laws)."""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import ListedCalendar

CALENDAR: Final = ListedCalendar("PE")
