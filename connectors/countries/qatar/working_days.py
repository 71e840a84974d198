"""Qatar's days: Sunday to Thursday, public holidays, the banks' own, and Ramadan by the Umm al-Qura calendar.

Source: the ``holidays`` package and ``hijridate``; feasts that are not announced yet are marked as estimated.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import FRIDAY_SATURDAY, ListedCalendar

CALENDAR: Final = ListedCalendar(country="QA", weekend=FRIDAY_SATURDAY, bank_categories=("bank",), ramadan=True)
