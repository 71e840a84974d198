"""Singapore's days: public holidays with the Monday after a Sunday one. Source: the ``holidays`` package."""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import ListedCalendar

CALENDAR: Final = ListedCalendar("SG")
