"""Jordan's days: Sunday to Thursday, public holidays, and Ramadan by the Umm al-Qura calendar.

Source: the ``holidays`` package and ``hijridate``. Days of the moon are estimates until they are announced, Ramadan's
first and last day too: Jordan sights the moon itself and may differ by a day from the calculation; what was announced
otherwise goes into ``announced``.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import FRIDAY_SATURDAY, ListedCalendar

CALENDAR: Final = ListedCalendar("JO", weekend=FRIDAY_SATURDAY, ramadan=True)
