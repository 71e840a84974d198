"""When a debtor in the Philippines may be contacted: 06:00-22:00, by the SEC's circular of 2019 and the BSP's of 2004.

Both let go of the hours late in arrears: after 15 days for financing and lending companies, after 60 for banks. The
house keeps the hours then too, so that no date of arrears opens the night; only a consent on record does.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_rules import DIGITAL, HOUSE_SINCE, daily_house_cap, house_rules, no_third_parties
from domain.contact_law import ContactRule, Forbidden, Hours, Scope, week
from domain.contacts import Channel, Confidence, LenderType, PartyRole

_HEARD: Final = frozenset({Channel.PHONE, Channel.VISIT}) | DIGITAL
_LAWFUL: Final = week("06:00-22:00", saturday="06:00-22:00", sunday="06:00-22:00")
_HOUSE: Final = week("08:00-20:00", saturday="08:00-20:00", sunday="08:00-20:00")
_CONSENT: Final = "outside_hours"
_FINANCE: Final = frozenset({LenderType.FINANCE_COMPANY})
_BANK: Final = frozenset({LenderType.BANK})
_DEALER: Final = frozenset({LenderType.VEHICLE_DEALER})
_SEC_FREE_FROM: Final = 16  # "more than 15 days past due"
_BSP_FREE_FROM: Final = 61  # "more than 60 days past due"
SEC_SINCE: Final = date(2019, 9, 7)
_SEC_SOURCE: Final = (
    "SEC Memorandum Circular 18 s. 2019 of 2019-08-19 (labanph.org; sociojuris; bongpico.com; philstar.com "
    "2019-08-26), in force 2019-09-07 (accralaw.com 2019-10-08)"
)
_KEPT: Final = "house policy: the hours of the law are kept after the day on which it lets go of them"


RULES: Final = (
    ContactRule(
        id="ph.sec.hours",
        text="Financing and lending companies: every day 06:00-22:00, up to 15 days past due; other hours only with "
        "express consent, recorded as outside_hours.",
        kind=Hours(week=_LAWFUL, waived_by=_CONSENT),
        scope=Scope(channels=_HEARD, lender_types=_FINANCE, overdue_to=_SEC_FREE_FROM),
        source=_SEC_SOURCE,
        confidence=Confidence.SECONDARY,
        effective_from=SEC_SINCE,
    ),
    ContactRule(
        id="ph.sec.hours_kept",
        text="Financing and lending companies keep to 06:00-22:00 from the 16th day past due too.",
        kind=Hours(week=_LAWFUL, waived_by=_CONSENT),
        scope=Scope(channels=_HEARD, lender_types=_FINANCE, overdue_from=_SEC_FREE_FROM),
        source=_KEPT,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="ph.bsp.hours",
        text="Banks: every day 06:00-22:00, up to 60 days past due; other hours only with express consent, recorded "
        "as outside_hours.",
        kind=Hours(week=_LAWFUL, waived_by=_CONSENT),
        scope=Scope(channels=_HEARD, lender_types=_BANK, overdue_to=_BSP_FREE_FROM),
        source="BSP Circular 454 (2004) s. 7 (moviecollections2020.blogspot.com; insidearm.com; accralaw; respicio), "
        "which speaks of cardholders and is kept for every loan of a bank; the 60 days are to be read in the MORB, as "
        "is the day of effect",
        confidence=Confidence.SECONDARY,
        effective_from=date(2004, 12, 31),
    ),
    ContactRule(
        id="ph.bsp.hours_kept",
        text="Banks keep to 06:00-22:00 from the 61st day past due too.",
        kind=Hours(week=_LAWFUL, waived_by=_CONSENT),
        scope=Scope(channels=_HEARD, lender_types=_BANK, overdue_from=_BSP_FREE_FROM),
        source=_KEPT,
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="ph.dealer.hours",
        text="Vehicle dealers: every day 08:00-20:00.",
        kind=Hours(week=_HOUSE),
        scope=Scope(channels=_HEARD, lender_types=_DEALER),
        source="house policy: neither circular speaks of dealers that lend",
        confidence=Confidence.POLICY,
        effective_from=HOUSE_SINCE,
    ),
    ContactRule(
        id="ph.sec.third_party",
        text="Financing and lending companies contact nobody of a borrower's contact list but guarantors and "
        "co-makers.",
        kind=Forbidden(),
        scope=Scope(party_roles=frozenset({PartyRole.THIRD_PARTY}), lender_types=_FINANCE),
        source="SEC Memorandum Circular 18 s. 2019 s. 1(h) (quoted by the National Privacy Commission, decision of "
        "2023-09-26 on Populus Lending, read 2026-11-28)",
        confidence=Confidence.VERIFIED,
        effective_from=SEC_SINCE,
    ),
    no_third_parties(
        "ph",
        source="NPC Circular 20-01 as amended by 2022-02 (privacy.gov.ph; syciplaw): no collection outside guarantors; "
        "its first day is from memory",
        confidence=Confidence.VERIFIED,
        since=date(2020, 9, 14),
    ),
    daily_house_cap("ph"),
    *house_rules("ph"),
)
