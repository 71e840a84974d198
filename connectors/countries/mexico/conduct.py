"""What Mexico's law asks of collecting beyond the hour: who may take money, what must be said, and for how long."""

from __future__ import annotations

from datetime import date
from typing import Final

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
    NotAllowed,
    RecoveryStep,
)
from domain.contacts import Channel, Confidence

_SINCE: Final = date(2014, 10, 8)
_DISPOSITIONS: Final = "Disposiciones en materia de despachos de cobranza, CONDUSEF, DOF 2014-10-07"

CONDUCT: Final = completed(
    "mx",
    Conduct(
        charges=(
            ChargeRule(
                id="mx.late_interest",
                text="Late interest is owed as the contract says; no general ceiling in law is known here.",
                kind=ChargeKind.LATE_INTEREST,
                cap=AsAgreed(),
                source="from memory; Código de Comercio art. 362 and Circular Banxico 22/2010 are to be checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2010, 1, 1),
            ),
            ChargeRule(
                id="mx.late_fee",
                text="No late fee is charged, since late interest is: both for one event may not be.",
                kind=ChargeKind.LATE_FEE,
                cap=NotAllowed(),
                source="house policy, after Circular Banxico 22/2010 (from memory, to be checked at banxico.org.mx)",
                confidence=Confidence.POLICY,
                effective_from=date(2010, 1, 1),
            ),
        ),
        limitation=(
            LimitationRule(
                id="mx.limitation.contract",
                text="A commercial claim lapses after ten years.",
                claim="contract",
                years=10,
                source="Código de Comercio art. 1047 (from memory, to be checked)",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1996, 1, 1),
            ),
            LimitationRule(
                id="mx.limitation.promissory_note",
                text="The direct action of a promissory note (pagaré) lapses three years after it fell due.",
                claim="promissory_note",
                years=3,
                source="LGTOC art. 165 (quoted in public repositories, read 2026-11-28; the text is to be read)",
                confidence=Confidence.SECONDARY,
                effective_from=date(1996, 1, 1),
            ),
        ),
        recovery=(
            RecoveryStep(
                id="mx.recovery.pledge",
                text="A pledge without transfer of possession is enforced by the extrajudicial or the judicial "
                "procedure; its notice periods are to be taken from there.",
                source="LGTOC (reforms of DOF 2000-05-23), Código de Comercio arts. 1414 bis ff. "
                "(elsoldemexico.com.mx 2021; krestoncsm.com)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2000, 5, 24),
                order=1,
                code="pledge_enforcement",
                form="court_order",
                wait_days=0,
                route="judicial",
            ),
        ),
        agencies=(
            AgencyRule(
                id="mx.agency",
                text="An agency may collect and may never receive the money: the debtor pays the creditor only.",
                may_act=True,
                may_hold_money=False,
                register="REDECO (CONDUSEF), renewed each month by the financial entity",
                source=f"{_DISPOSITIONS} (idconline.mx 2014-10-07; tribunademexico.com; expansion.mx 2025-12-10)",
                confidence=Confidence.SECONDARY,
                effective_from=_SINCE,
            ),
        ),
        duties=(
            Duty(
                id="mx.disclosure",
                text="The first contact names agency and person with address and telephone, the creditor and the "
                "contract.",
                kind=DutyKind.DISCLOSE,
                elements=("agency_name", "agent_name", "creditor_name", "contract"),
                source=f"{_DISPOSITIONS} (pagalojusto.mx t10466)",
                confidence=Confidence.SECONDARY,
                effective_from=_SINCE,
            ),
            Duty(
                id="mx.pay_creditor",
                text="The debtor is told to pay to the creditor's own account.",
                kind=DutyKind.DISCLOSE,
                elements=("pay_creditor_only",),
                source=f"{_DISPOSITIONS} (idconline.mx 2014-10-07; tribunademexico.com)",
                confidence=Confidence.SECONDARY,
                effective_from=_SINCE,
            ),
            Duty(
                id="mx.caller_id",
                text="The caller's number is shown, and is one registered in REDECO.",
                kind=DutyKind.CALLER_ID,
                channels=frozenset({Channel.PHONE}),
                source=f"{_DISPOSITIONS} (idconline.mx; dondinero.mx)",
                confidence=Confidence.SECONDARY,
                effective_from=_SINCE,
            ),
            Duty(
                id="mx.agreement_in_writing",
                text="What is agreed with the debtor is documented in writing.",
                kind=DutyKind.LOG,
                source=f"{_DISPOSITIONS} (sinembargo.mx 2020)",
                confidence=Confidence.SECONDARY,
                effective_from=_SINCE,
            ),
            Duty(
                id="mx.minors_and_elderly",
                text="Nothing is settled with minors or elderly people, unless they are the debtor.",
                kind=DutyKind.VULNERABLE,
                source=f"{_DISPOSITIONS} (idconline.mx 2014-10-07)",
                confidence=Confidence.SECONDARY,
                effective_from=_SINCE,
            ),
            Duty(
                id="mx.complaints",
                text="A complaint in REDECO is answered there within ten business days.",
                kind=DutyKind.COMPLAINTS,
                days=10,
                source=f"from memory; the number is to be checked in the {_DISPOSITIONS}",
                confidence=Confidence.UNVERIFIED,
                effective_from=_SINCE,
            ),
            Duty(
                id="mx.privacy_notice",
                text="A privacy notice separates necessary from voluntary purposes; as a rule consent may be tacit.",
                kind=DutyKind.DATA_TRANSFER,
                source="LFPDPPP, DOF 2025-03-20 (tenaabogados, basham, santoselizondo)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2025, 3, 21),
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"es_MX": "Estimado(a) {name}", "es_419": "Estimado(a) {name}"},
            source="custom: usted; two family names follow the given names (from memory)",
            confidence=Confidence.UNVERIFIED,
        ),
        # STOP and NO MÁS are custom, the other words are from memory too.
        opt_out_words={"es_MX": ("BAJA", "ALTO", "CANCELAR", "SALIR", "STOP", "NO MAS", "NO MÁS")},
    ),
)
