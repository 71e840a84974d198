"""Argentina's days: national holidays, bridge days by decree, and those of a province; Monday to Friday.

Source: the ``holidays`` package, whose list of a year is final once the decree on bridge days is out. Where the
province is unknown every province's holidays count.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.argentina.zones import SUBDIVISIONS
from connectors.shared.listed_days import ListedCalendar

CALENDAR: Final = ListedCalendar("AR", subdivisions=tuple(SUBDIVISIONS))
