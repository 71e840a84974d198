"""What Peru's law asks of collecting beyond the hour: no late fee of financial lenders, ceilings of rates."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.shared.house_conduct import completed
from domain.conduct import (
    AgencyRule,
    Basis,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
    NotAllowed,
    Per,
    RecoveryStep,
    Series,
)
from domain.contacts import Confidence, LenderType

_FINANCIAL: Final = frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY})
_RATE_LAW: Final = date(2021, 3, 19)

CONDUCT: Final = completed(
    "pe",
    Conduct(
        charges=(
            ChargeRule(
                id="pe.late_fee",
                text="A lender of the financial system takes no penalty and no late fee; interest is not capitalised.",
                kind=ChargeKind.LATE_FEE,
                cap=NotAllowed(),
                lender_types=_FINANCIAL,
                source="Ley 31143, published 2021-03-18 (rubio.pe; prcp.com.pe; thelemabogados.pe)",
                confidence=Confidence.SECONDARY,
                effective_from=_RATE_LAW,
            ),
            ChargeRule(
                id="pe.late_interest",
                text="Late interest stays below the ceiling that the BCRP states each half-year; more is usury.",
                kind=ChargeKind.LATE_INTEREST,
                # No half-year's ceiling was read with its date: nothing is charged until the rates are added.
                cap=Series(per=Per.YEAR, rates=(), stale_days=184, basis=Basis.OVERDUE, effective=True),
                lender_types=_FINANCIAL,
                source="Ley 31143, published 2021-03-18 (rubio.pe; prcp.com.pe; thelemabogados.pe)",
                confidence=Confidence.SECONDARY,
                effective_from=_RATE_LAW,
            ),
        ),
        limitation=(
            LimitationRule(
                id="pe.limitation.contract",
                text="A personal action lapses after ten years.",
                claim="contract",
                years=10,
                source="Código Civil art. 2001 (1) (text as copied in public repositories, read 2026-11-28)",
                confidence=Confidence.VERIFIED,
                effective_from=date(1984, 11, 14),
            ),
            LimitationRule(
                id="pe.limitation.promissory_note",
                text="The direct action of a promissory note (pagaré) lapses after three years.",
                claim="promissory_note",
                years=3,
                source="Ley 27287 art. 96 (from memory, to be checked)",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2000, 10, 17),
            ),
        ),
        recovery=(
            RecoveryStep(
                id="pe.recovery",
                text="Security on movables, in the register SIGM, is enforced as the regime in force since "
                "2025-03-03 says; steps and periods are to be taken from there.",
                source="DL 1400 and DS 243-2019-EF (tytl.com.pe)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2025, 3, 3),
                order=1,
                code="movable_security",
                form="registry_notice",
                wait_days=0,
                route="extrajudicial",
            ),
        ),
        agencies=(
            AgencyRule(
                id="pe.agency",
                text="Whether agencies need a licence or may hold money was not found.",
                may_act=None,
                may_hold_money=None,
                source="no rule found; to be confirmed by counsel",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2010, 10, 2),
            ),
        ),
        duties=(
            Duty(
                id="pe.data_transfer",
                text="Personal data are kept and leave the country by the data law and its regulation of 2025.",
                kind=DutyKind.DATA_TRANSFER,
                source="Ley 29733; DS 016-2024-JUS, in force 30 or 31 March 2025 (elcomercio.pe; infobae.com)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2025, 3, 30),
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"es_PE": "Estimado(a) {name}", "es_419": "Estimado(a) {name}"},
            source="custom: usted; two family names follow the given names (from memory)",
            confidence=Confidence.UNVERIFIED,
        ),
        # No word was found in law; all of these are custom.
        opt_out_words={"es_PE": ("BAJA", "SALIR", "NO MAS", "NO MÁS", "CANCELAR", "STOP")},
    ),
)
