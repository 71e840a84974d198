"""The Philippines' days: regular holidays and special non-working days, the same in every province.

Source: the ``holidays`` package after the President's yearly proclamations. The two Eids are proclaimed shortly
before; until then they are estimates. Local holidays of cities and provinces are not listed.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import ListedCalendar

CALENDAR: Final = ListedCalendar("PH")
