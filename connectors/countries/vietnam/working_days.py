"""Vietnam's days: public holidays with Tet, the same in every province, and Tet as the house's time of rest.

Source: the ``holidays`` package. Days that are swapped for bridges are announced every year; a year for which none is
listed yet may still gain some.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import ListedCalendar

_TET_DAYS: Final = (
    "29 of Lunar New Year",
    "Lunar New Year's Eve",
    "Lunar New Year",
    "Second Day of Lunar New Year",
    "Third Day of Lunar New Year",
    "Fourth Day of Lunar New Year",
    "Fifth Day of Lunar New Year",
)
TET: Final = "tet"

CALENDAR: Final = ListedCalendar("VN", special_categories=("public",), special=dict.fromkeys(_TET_DAYS, TET))
