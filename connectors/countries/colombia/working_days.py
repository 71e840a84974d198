"""Colombia's days: eighteen holidays, most of them moved to a Monday, and a nineteenth since 2026.

Source: the ``holidays`` package (Ley 51/1983, Ley Emiliani; Ley 2578 de 2026 added 9 July, kept on a Monday).
"""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import ListedCalendar

CALENDAR: Final = ListedCalendar("CO")
