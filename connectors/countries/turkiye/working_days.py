"""Türkiye's days: Monday to Friday, public holidays, and the eves that are holidays from 13:00.

Source: the ``holidays`` package. The feasts of the moon are computed years ahead by the authority for religious
affairs and do not wait for its sight; those after its calendar ends (2032) are estimates.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from connectors.shared.listed_days import ListedCalendar

EVE: Final = "half_day"

CALENDAR: Final = ListedCalendar(
    country="TR",
    special_categories=("half_day",),
    special=MappingProxyType(
        {f"{feast} (from 1pm)": EVE for feast in ("Eid al-Fitr", "Eid al-Adha", "Republic Day")},
    ),
)
