"""Chile's days: national holidays, those of Arica y Parinacota and Ñuble, and the banks' closing day at year's end.

Source: the ``holidays`` package (Ley 2.977 and later laws). Business days of contact law run Monday to Saturday, those
of banks Monday to Friday.
"""

from __future__ import annotations

from typing import Final

from connectors.countries.chile.zones import SUBDIVISIONS
from connectors.shared.listed_days import ListedCalendar

CALENDAR: Final = ListedCalendar("CL", subdivisions=tuple(SUBDIVISIONS), bank_categories=("bank",))
