"""What Argentine law asks of collecting beyond the hour: real costs only, agents made known, the pledged car, data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from connectors.countries.argentina.rules import CITY_LAW, CITY_LAW_SINCE
from connectors.countries.argentina.zones import CITY
from connectors.shared.house_conduct import completed
from domain.conduct import (
    ActualCost,
    AgencyRule,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    LimitationRule,
    Manners,
    NameOrder,
    OfContractRate,
    RecoveryStep,
    Restart,
)
from domain.contacts import Confidence, LenderType

_CODE: Final = date(2015, 8, 1)  # Código Civil y Comercial
_REAL_COSTS: Final = date(2013, 10, 1)
_CITY: Final = frozenset({CITY})

CONDUCT: Final = completed(
    "ar",
    Conduct(
        charges=(
            ChargeRule(
                id="ar.collection_cost",
                text="Of a late account only the real cost of recovering it is passed on.",
                source="BCRA Com. A 5460, point 1.7 (erreius.com); its day of effect is from memory",
                confidence=Confidence.VERIFIED,
                effective_from=_REAL_COSTS,
                kind=ChargeKind.COLLECTION_COST,
                cap=ActualCost(),
                lender_types=frozenset({LenderType.BANK, LenderType.FINANCE_COMPANY}),
            ),
            ChargeRule(
                id="ar.collection_cost_house",
                text="A dealer who lends passes on real costs only, as banks do.",
                source="house policy: BCRA Com. A 5460 kept by every lender",
                confidence=Confidence.POLICY,
                effective_from=_REAL_COSTS,
                kind=ChargeKind.COLLECTION_COST,
                cap=ActualCost(),
                lender_types=frozenset({LenderType.VEHICLE_DEALER}),
            ),
            ChargeRule(
                id="ar.punitive_interest",
                text="Punitive interest is at most half of the compensatory rate; a judge may cut it (CCyC 771).",
                source="from memory; BCRA, t.o. Tasas de interés en las operaciones de crédito, and CCyC arts. 768-771",
                confidence=Confidence.UNVERIFIED,
                effective_from=_CODE,
                kind=ChargeKind.LATE_INTEREST,
                cap=OfContractRate(Decimal(50)),
            ),
        ),
        limitation=(
            LimitationRule(
                id="ar.limitation",
                text="A claim under a contract lapses after five years.",
                source="CCyC art. 2560 (text as copied from leyes-ar.com/codigo_civil_y_comercial/2560.htm, read "
                "2026-11-28); local law may set another time",
                confidence=Confidence.VERIFIED,
                effective_from=_CODE,
                claim="contract",
                years=5,
                restarts=frozenset({Restart.ACKNOWLEDGEMENT}),
            ),
            LimitationRule(
                id="ar.limitation_instalment",
                text="What falls due in periods of a year or less lapses after two years.",
                source="CCyC art. 2562 c (text as copied in public repositories, read 2026-11-28)",
                confidence=Confidence.VERIFIED,
                effective_from=_CODE,
                claim="instalment",
                years=2,
                restarts=frozenset({Restart.ACKNOWLEDGEMENT}),
            ),
            LimitationRule(
                id="ar.limitation_note",
                text="A promissory note (pagaré) lapses three years after it fell due.",
                source="from memory; Decreto-Ley 5965/63 is to be checked",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1963, 7, 25),
                claim="promissory_note",
                years=3,
            ),
        ),
        recovery=(
            RecoveryStep(
                id="ar.pledge_seizure",
                text="Under a registered pledge a court orders the car seized at the creditor's request.",
                source="DL 15.348/46 (t.o. 897/95) art. 39 (hcdn 1874-D-2010, which proposed its repeal)",
                confidence=Confidence.VERIFIED,
                effective_from=date(1995, 12, 18),
                order=1,
                code="pledge_seizure",
                form="court_order",
                wait_days=0,
                route="judicial",
            ),
        ),
        agencies=(
            AgencyRule(
                id="ar.agency_of_the_city",
                text="In the City of Buenos Aires, and against who lives there, agents may collect once the creditor "
                "has made them known to the debtor.",
                source=CITY_LAW,
                confidence=Confidence.VERIFIED,
                effective_from=CITY_LAW_SINCE,
                may_act=True,
                may_hold_money=None,
            ),
        ),
        duties=(
            Duty(
                id="ar.agent_made_known",
                text="The creditor tells the debtor the agent's name, address, telephones and powers.",
                source=CITY_LAW,
                confidence=Confidence.VERIFIED,
                effective_from=CITY_LAW_SINCE,
                kind=DutyKind.DISCLOSE,
                elements=("creditor_name", "agency_name", "creditor_phone"),
                subdivisions=_CITY,
            ),
            Duty(
                id="ar.paid_certificate",
                text="Who has paid gets a certificate that nothing is owed.",
                source=CITY_LAW,
                confidence=Confidence.VERIFIED,
                effective_from=CITY_LAW_SINCE,
                kind=DutyKind.RECEIPT,
                subdivisions=_CITY,
            ),
            Duty(
                id="ar.credit_reporting",
                text="Data on credit are kept for five years, two after payment.",
                source="Ley 25.326 art. 26(4) (text as copied in public repositories, read 2026-11-28)",
                confidence=Confidence.VERIFIED,
                effective_from=date(2000, 11, 2),
                kind=DutyKind.CREDIT_REPORTING,
                days=1826,
            ),
            Duty(
                id="ar.data_transfer",
                text="Personal data leave only to countries with adequate protection or on another ground of the law.",
                source="Ley 25.326 art. 12 (text as copied in public repositories, read 2026-11-28); AAIP Disp. "
                "60/2016 and Res. 198/2023 are to be read",
                confidence=Confidence.VERIFIED,
                effective_from=date(2016, 11, 18),
                kind=DutyKind.DATA_TRANSFER,
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"es_AR": "Estimado/a {name}", "es_419": "Estimado(a) {name}"},
            source="custom, from memory: vos among friends, usted when collecting",
            confidence=Confidence.UNVERIFIED,
        ),
        # No word was found in law; all of these are custom.
        opt_out_words={"es_AR": ("BAJA", "SALIR", "NO MAS", "NO MÁS", "CANCELAR", "STOP")},
    ),
)
