"""What Brazil's law asks of collecting beyond the hour: 2% and 1% a month, the pledged car's two ways back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from connectors.shared.house_conduct import completed
from connectors.shared.house_rules import HOUSE_SINCE
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
    Percent,
    RecoveryStep,
    Restart,
)
from domain.contacts import Channel, Confidence

_CONSUMER_CODE: Final = date(1991, 3, 11)
_TWO_PERCENT: Final = date(1996, 8, 1)  # Lei 9.298/1996, from memory
_CIVIL_CODE: Final = date(2003, 1, 11)
_REPOSSESSION: Final = date(2014, 11, 14)  # Lei 13.043/2014, from memory
_EXTRAJUDICIAL: Final = date(2023, 10, 31)
_RIO_ITEMS: Final = date(2014, 7, 1)
_RIO_CALLS: Final = date(2018, 3, 1)
_RIO_LAW: Final = "Lei estadual RJ 6.854/2014"
_TO_CHECK: Final = "to be checked on planalto.gov.br"
_FREE_ROUTE: Final = (
    "Decreto-Lei 911/1969 arts. 8-B to 8-E, by Lei 14.711/2023 (legjur.com, jurishand.com, ocivilista.com.br); what "
    "was vetoed came back in December 2023 (villemor.com.br)"
)

_CHARGES: Final = (
    ChargeRule(
        id="br.late_fee",
        text="A consumer pays at most 2% of the instalment as late fine.",
        source="Lei 8.078/1990 art. 52 §1, wording of Lei 9.298/1996 (text as copied from "
        "planalto.gov.br/ccivil_03/leis/l8078compilado.htm, read 2026-11-28)",
        confidence=Confidence.VERIFIED,
        effective_from=_TWO_PERCENT,
        kind=ChargeKind.LATE_FEE,
        cap=Percent(Decimal(2), Per.ONCE, Basis.INSTALMENT),
    ),
    ChargeRule(
        id="br.late_interest",
        text="Late interest is at most 1% a month.",
        source="Súmula 379 STJ: agreed late interest of bank contracts, up to 1% a month (text as copied in public "
        "repositories, read 2026-11-28); Res. CMN 4.882/2020 is to be read",
        confidence=Confidence.VERIFIED,
        effective_from=_CIVIL_CODE,
        kind=ChargeKind.LATE_INTEREST,
        cap=Percent(Decimal(1), Per.MONTH, Basis.OVERDUE),
    ),
    ChargeRule(
        id="br.collection_cost",
        text="Nothing is taken beside remunerative interest, fine and late interest.",
        source=f"Res. CMN 4.882/2020; Súmula 472 STJ ({_TO_CHECK})",
        confidence=Confidence.UNVERIFIED,
        effective_from=date(2021, 3, 1),
        kind=ChargeKind.COLLECTION_COST,
        cap=NotAllowed(),
    ),
)

_LIMITATION: Final = (
    LimitationRule(
        id="br.limitation",
        text="A liquid debt in writing lapses after five years.",
        source="Código Civil art. 206 §5 I (text as copied from "
        "planalto.gov.br/ccivil_03/leis/2002/l10406compilada.htm, read 2026-11-28)",
        confidence=Confidence.VERIFIED,
        effective_from=_CIVIL_CODE,
        claim="contract",
        years=5,
        restarts=frozenset({Restart.ACKNOWLEDGEMENT, Restart.PROTEST, Restart.LAWSUIT}),
    ),
    LimitationRule(
        id="br.limitation_credit_note",
        text="The executive action of a bank credit note (CCB) lapses after three years.",
        source=f"Lei 10.931/2004 art. 44 with LUG art. 70 ({_TO_CHECK})",
        confidence=Confidence.UNVERIFIED,
        effective_from=date(2004, 8, 3),
        claim="promissory_note",
        years=3,
    ),
)


def _step(
    route: str, order: int, code: str, *, form: str, wait_days: int, text: str, source: str, confidence: Confidence
) -> RecoveryStep:
    return RecoveryStep(
        id=f"br.recovery.{route}.{code}",
        order=order,
        code=code,
        form=form,
        wait_days=wait_days,
        route=route,
        text=text,
        source=source,
        confidence=confidence,
        effective_from=_EXTRAJUDICIAL if route == "extrajudicial" else _REPOSSESSION,
    )


_DEFAULT_NOTICE: Final = (
    "Decreto-Lei 911/1969 art. 2 §2 (sturzeneggerecavalcante.com.br); STJ Tema 1.132 (REsp 1.951.662/RS)"
)
_DEFAULT_TEXT: Final = (
    "Default is proved by a registered letter sent to the contract's address; nobody need have signed for it. Posting "
    "receipt, tracking code and address are kept."
)

_RECOVERY: Final = (
    _step(
        "judicial",
        1,
        "default_notice",
        form="registered_letter",
        wait_days=0,
        text=_DEFAULT_TEXT,
        source=_DEFAULT_NOTICE,
        confidence=Confidence.VERIFIED,
    ),
    _step(
        "judicial",
        2,
        "search_and_seizure",
        form="court_order",
        wait_days=5,
        text="A court orders search and seizure; within five days of it the debtor may pay the whole debt and keep the "
        "vehicle, and has 15 days to answer.",
        source="Decreto-Lei 911/1969 art. 3 §§1-3, wording of Lei 13.043/2014 (text as copied from planalto.gov.br, "
        "read 2026-11-28); STJ Tema 722 and the entry in RENAJUD of §9 are to be read",
        confidence=Confidence.VERIFIED,
    ),
    _step(
        "extrajudicial",
        1,
        "default_notice",
        form="registered_letter",
        wait_days=0,
        text=_DEFAULT_TEXT,
        source=_DEFAULT_NOTICE,
        confidence=Confidence.VERIFIED,
    ),
    _step(
        "extrajudicial",
        2,
        "registry_notice",
        form="registry_notice",
        wait_days=20,
        text="Where the contract has the express clause the registry of deeds (or Detran) gives the debtor 20 days "
        "to pay or show that nothing is owed.",
        source=_FREE_ROUTE,
        confidence=Confidence.VERIFIED,
    ),
    _step(
        "extrajudicial",
        3,
        "consolidation",
        form="registry_entry",
        wait_days=0,
        text="Ownership consolidates; a vehicle that is not handed over costs a 5% fine, and its circulation and "
        "transfer are blocked.",
        source=_FREE_ROUTE,
        confidence=Confidence.VERIFIED,
    ),
)

_AGENCIES: Final = (
    AgencyRule(
        id="br.agency",
        text="Agencies may collect and may receive money; no national licence for them was found.",
        source="from memory: no rule was found; to be confirmed by counsel",
        confidence=Confidence.UNVERIFIED,
        effective_from=HOUSE_SINCE,
        may_act=True,
        may_hold_money=True,
    ),
)

_DUTIES: Final = (
    Duty(
        id="br.disclosure",
        text="Every collection document names the supplier with address and CPF or CNPJ.",
        source="Lei 8.078/1990 art. 42-A, added by Lei 12.039/2009 (text as copied from planalto.gov.br, read "
        "2026-11-28)",
        confidence=Confidence.VERIFIED,
        effective_from=date(2009, 10, 2),
        kind=DutyKind.DISCLOSE,
        elements=("creditor_name", "creditor_address", "creditor_document"),
    ),
    Duty(
        id="br.rj.itemised",
        text="In Rio de Janeiro every amount is told item by item on every channel.",
        source=f"{_RIO_LAW}, art. 2, published 2014-07-01 (normasbrasil.com.br; contabeis.com.br)",
        confidence=Confidence.VERIFIED,
        effective_from=_RIO_ITEMS,
        kind=DutyKind.DISCLOSE,
        elements=("amount_itemised",),
        subdivisions=frozenset({"BR-RJ"}),
    ),
    Duty(
        id="br.rj.record",
        text="In Rio de Janeiro calls are recorded with operator, day and hour; that is said in every contact, and the "
        "recording is handed over within seven business days.",
        source=f"{_RIO_LAW}, art. 3, as amended by Lei 7.868 of 2018-03-01 (normasbrasil.com.br)",
        confidence=Confidence.VERIFIED,
        effective_from=_RIO_CALLS,
        kind=DutyKind.RECORD,
        channels=frozenset({Channel.PHONE}),
        elements=("recorded",),
        days=7,
        subdivisions=frozenset({"BR-RJ"}),
    ),
    Duty(
        id="br.origin_verified",
        text="Who makes more than 500,000 calls a month authenticates them (Origem Verificada); the prefix 0303 is "
        "no longer asked for.",
        source="Anatel, decision of 2025-08-07, 90 days to comply (r7.com 2025-08-13; rjinfo.com.br)",
        confidence=Confidence.VERIFIED,
        effective_from=date(2025, 11, 5),
        kind=DutyKind.CALLER_ID,
        channels=frozenset({Channel.PHONE}),
    ),
    Duty(
        id="br.prefix_0303",
        text="Who makes more than 10,000 calls a day calls from the prefix 0303.",
        source="Anatel, Ato 12.712/2024 (jornaldocomercio.com); revoked 2025-08-07 (r7.com 2025-08-13)",
        confidence=Confidence.VERIFIED,
        effective_from=date(2025, 1, 5),
        effective_to=date(2025, 8, 7),
        kind=DutyKind.CALLER_ID,
        channels=frozenset({Channel.PHONE}),
    ),
    Duty(
        id="br.credit_reporting",
        text="Negative data are kept for at most five years, and the debtor is told in writing before being listed.",
        source="Lei 8.078/1990 art. 43 §§1-2 (text as copied from planalto.gov.br, read 2026-11-28)",
        confidence=Confidence.VERIFIED,
        effective_from=_CONSUMER_CODE,
        kind=DutyKind.CREDIT_REPORTING,
        days=1826,
    ),
    Duty(
        id="br.data_transfer",
        text="Personal data leave on adequacy, specific or standard clauses, binding rules or seals; the notice "
        "names the countries of destination, and the clauses are shown within 15 days of being asked for.",
        source="Lei 13.709/2018 art. 33; Res. CD/ANPD 19/2024 (mosello.com.br; camposthomaz.com; pontonacurva.com.br)",
        confidence=Confidence.VERIFIED,
        effective_from=date(2024, 8, 23),
        kind=DutyKind.DATA_TRANSFER,
        days=15,
    ),
)

CONDUCT: Final = completed(
    "br",
    Conduct(
        charges=_CHARGES,
        limitation=_LIMITATION,
        recovery=_RECOVERY,
        agencies=_AGENCIES,
        duties=_DUTIES,
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"pt_BR": "Prezado(a) Sr.(a) {name}"},
            source="custom, from memory: o senhor, a senhora; você is neutral",
            confidence=Confidence.UNVERIFIED,
        ),
        # Custom, stated by no law that was read.
        opt_out_words={"pt_BR": ("SAIR", "PARAR", "CANCELAR", "REMOVER", "STOP")},
    ),
)
