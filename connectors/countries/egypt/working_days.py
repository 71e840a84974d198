"""Egypt's days: Sunday to Thursday, public holidays, and Ramadan by the Umm al-Qura calendar.

Source: the ``holidays`` package and ``hijridate``. Cairo sees the moon for itself: Ramadan may begin and end a day
apart from the computed one, and feasts that are not announced yet are marked as estimated.
"""

from __future__ import annotations

from typing import Final

from connectors.shared.listed_days import FRIDAY_SATURDAY, ListedCalendar

CALENDAR: Final = ListedCalendar(country="EG", weekend=FRIDAY_SATURDAY, ramadan=True)
