"""What Philippine law asks of collecting: no cap on car loans, one remedy only, complaints within days."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.countries.philippines.rules import SEC_SINCE
from connectors.shared.house_conduct import completed
from domain.conduct import (
    AgencyRule,
    AsAgreed,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
    RecoveryStep,
    Restart,
    SenderRule,
)
from domain.contacts import Channel, Confidence

_CIVIL_CODE: Final = date(1950, 8, 30)
_SEC_SOURCE: Final = (
    "SEC Memorandum Circular 18 s. 2019 (labanph.org; sociojuris), in force 2019-09-07 (accralaw.com 2019-10-08)"
)
_COMPLAINTS: Final = date(2022, 11, 28)
_COMPLAINTS_SOURCE: Final = (
    "RA 11765; BSP Circulars 1160 and 1169 (morb.bsp.gov.ph, Appendix 115); the day of effect is to be read"
)
_INSTALMENTS: Final = 2
_RECTO: Final = "Civil Code art. 1484, Recto Law (legal.forumtl.com; scribd: Zayas v. Luneta)"


def _agreed(name: str, kind: ChargeKind, text: str) -> ChargeRule:
    return ChargeRule(
        id=f"ph.{name}",
        kind=kind,
        cap=AsAgreed(),
        text=text,
        source="no statute caps car loans; courts cut what is unconscionable, as in Agner v. BPI Family "
        "(asglawpartners.com)",
        confidence=Confidence.SECONDARY,
        effective_from=_CIVIL_CODE,
    )


CONDUCT: Final = completed(
    "ph",
    Conduct(
        charges=(
            _agreed("late_fee", ChargeKind.LATE_FEE, "A late fee is what the contract says; a court may cut it."),
            _agreed(
                "late_interest", ChargeKind.LATE_INTEREST, "Late interest is what the contract says; a court may cut."
            ),
        ),
        limitation=(
            LimitationRule(
                id="ph.limitation",
                claim="contract",
                years=10,
                restarts=frozenset({Restart.ACKNOWLEDGEMENT, Restart.LAWSUIT, Restart.NOTICE}),
                text="A claim under a written contract lapses after 10 years.",
                source="Civil Code art. 1144 (text as copied in public repositories, read 2026-11-28); art. 1155 on "
                "what begins the time anew is to be read",
                confidence=Confidence.VERIFIED,
                effective_from=_CIVIL_CODE,
            ),
        ),
        recovery=(
            RecoveryStep(
                id="ph.recovery.foreclosure",
                order=1,
                code="chattel_mortgage_foreclosure",
                form="foreclosure",
                wait_days=0,
                after_unpaid=_INSTALMENTS,
                route="foreclosure",
                products=frozenset({"loan"}),
                text="After two missed instalments the chattel mortgage is foreclosed; no claim for the balance is "
                "left.",
                source=_RECTO,
                confidence=Confidence.SECONDARY,
                effective_from=_CIVIL_CODE,
            ),
            RecoveryStep(
                id="ph.recovery.cancellation",
                order=1,
                code="sale_cancelled",
                form="cancellation",
                wait_days=0,
                after_unpaid=_INSTALMENTS,
                route="cancellation",
                products=frozenset({"loan"}),
                text="After two missed instalments the sale is cancelled, instead of asking for payment or "
                "foreclosing.",
                source=_RECTO,
                confidence=Confidence.SECONDARY,
                effective_from=_CIVIL_CODE,
            ),
        ),
        agencies=(
            AgencyRule(
                id="ph.agency",
                may_act=True,
                may_hold_money=None,
                text="Agencies may collect; the circular binds them as it binds the lender.",
                source=_SEC_SOURCE,
                confidence=Confidence.SECONDARY,
                effective_from=SEC_SINCE,
            ),
        ),
        duties=(
            Duty(
                id="ph.complaints.simple",
                kind=DutyKind.COMPLAINTS,
                days=7,
                text="A simple complaint is answered within 7 days.",
                source=_COMPLAINTS_SOURCE,
                confidence=Confidence.VERIFIED,
                effective_from=_COMPLAINTS,
            ),
            Duty(
                id="ph.complaints.complex",
                kind=DutyKind.COMPLAINTS,
                days=45,
                text="A complex complaint is answered within 45 days.",
                source=_COMPLAINTS_SOURCE,
                confidence=Confidence.VERIFIED,
                effective_from=_COMPLAINTS,
            ),
            Duty(
                id="ph.credit_reporting",
                kind=DutyKind.CREDIT_REPORTING,
                text="Whoever passes on a debt says that it is disputed where it is; false information is forbidden.",
                source=_SEC_SOURCE,
                confidence=Confidence.SECONDARY,
                effective_from=SEC_SINCE,
            ),
            Duty(
                id="ph.data_transfer",
                kind=DutyKind.DATA_TRANSFER,
                text="Whoever sends personal data abroad answers for them there too.",
                source="from memory; Data Privacy Act 2012 (RA 10173) s. 21 is to be read",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2012, 9, 8),
            ),
        ),
        senders=(
            SenderRule(
                id="ph.sms_links",
                channel=Channel.SMS,
                links=False,
                text="A text message carries no link: operators block harmful ones and banks stopped sending any.",
                source="NTC memorandum of September 2022 (abs-cbn.com) speaks of harmful links; that banks send none "
                "is from memory, the BSP's memorandum is to be read",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2022, 9, 1),
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"fil": "G./Gng. {name}", "en": "Mr./Ms. {name}"},
            source="custom, from memory: title and surname; po and opo in Filipino",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom: no list of words in law was found.
        opt_out_words={"fil": ("TIGIL", "IHINTO", "STOP"), "en": ("STOP", "UNSUBSCRIBE", "CANCEL")},
    ),
)
