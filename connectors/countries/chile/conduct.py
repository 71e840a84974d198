"""What Chile's law asks of collecting beyond the hour: the ladder of costs in UF, the rate ceiling, records, data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from connectors.shared.house_conduct import completed
from domain.conduct import (
    AgencyRule,
    Amount,
    Basis,
    ChargeKind,
    ChargeRule,
    Conduct,
    Duty,
    DutyKind,
    Ladder,
    LimitationRule,
    Manners,
    NameOrder,
    Per,
    RecoveryStep,
    Series,
)
from domain.contacts import Confidence

_LAW: Final = date(2021, 4, 20)
_DATA_LAW: Final = date(2026, 12, 1)
_ARTICLE: Final = "Ley 19.496 art. 37 as amended by Ley 21.320"

CONDUCT: Final = completed(
    "cl",
    Conduct(
        charges=(
            ChargeRule(
                id="cl.collection_cost",
                text="From day 21: 9% of what is overdue up to 10 UF, 6% of the part up to 50 UF, 3% of the rest; "
                "0.2 UF less where nothing free and useful was done for the debtor in the first 15 days.",
                kind=ChargeKind.COLLECTION_COST,
                cap=Ladder("CLF", ((Decimal(10), Decimal(9)), (Decimal(50), Decimal(6)), (None, Decimal(3)))),
                from_day=21,
                less_without_action=Amount(Decimal("0.2"), "CLF"),
                source=f"{_ARTICLE} (arabogados.cl; soychile.cl; sernac.cl w3-article-55954, whose other page says "
                "20 days where 15 are kept here; tenpo.cl prints the ladder upside down)",
                confidence=Confidence.VERIFIED,
                effective_from=_LAW,
            ),
            ChargeRule(
                id="cl.late_interest",
                text="Late interest stays below the maximum conventional rate (TMC) that the CMF publishes each month.",
                kind=ChargeKind.LATE_INTEREST,
                # No month's rate was read: nothing is charged until the rates are added, for each kind of loan.
                cap=Series(per=Per.YEAR, rates=(), stale_days=31, basis=Basis.OVERDUE),
                source="Ley 18.010 art. 6 (bcn.cl Circular 3.648; deudas.cl)",
                confidence=Confidence.SECONDARY,
                effective_from=_LAW,
            ),
        ),
        limitation=(
            LimitationRule(
                id="cl.limitation.contract",
                text="The executive action lapses after three years; the ordinary action after five.",
                claim="contract",
                years=3,
                source="Código Civil art. 2515 (text as copied from bcn.cl/leychile idNorma=172986, read 2026-11-28)",
                confidence=Confidence.VERIFIED,
                effective_from=date(1968, 10, 1),
            ),
            LimitationRule(
                id="cl.limitation.promissory_note",
                text="The action of a promissory note (pagaré) lapses one year after it fell due.",
                claim="promissory_note",
                years=1,
                source="Ley 18.092 art. 98 (text as copied from bcn.cl/leychile idNorma=29517, read 2026-11-28)",
                confidence=Confidence.VERIFIED,
                effective_from=date(1982, 1, 14),
            ),
        ),
        recovery=(
            RecoveryStep(
                id="cl.recovery",
                text="A registered pledge without transfer of possession is enforced in court.",
                source="Ley 20.190 art. 14 (from memory, steps and periods to be checked at bcn.cl)",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2007, 6, 5),
                order=1,
                code="pledge_enforcement",
                form="court_order",
                wait_days=0,
                route="judicial",
            ),
        ),
        agencies=(
            AgencyRule(
                id="cl.agency",
                text="Agencies may collect; the consumer may always pay the creditor directly.",
                may_act=True,
                may_hold_money=None,
                source="Ley 19.496 art. 37 (suseso.cl)",
                confidence=Confidence.VERIFIED,
                effective_from=_LAW,
            ),
        ),
        duties=(
            Duty(
                id="cl.disclosure",
                text="The debtor is told the late rate and how the cost of collecting is computed, item by item.",
                kind=DutyKind.DISCLOSE,
                elements=("amount_itemised",),
                source="Ley 19.496 art. 37 (a)-(g) (suseso.cl)",
                confidence=Confidence.VERIFIED,
                effective_from=_LAW,
            ),
            Duty(
                id="cl.log",
                text="A record of all contacts is kept for at least two years.",
                kind=DutyKind.LOG,
                days=730,
                source="Ley 19.496 art. 37 as amended by Ley 21.320 (quoted word for word in a public repository, read "
                "2026-11-28; emerix.net; garrigues.com)",
                confidence=Confidence.VERIFIED,
                effective_from=_LAW,
            ),
            Duty(
                id="cl.data_before",
                text="Personal data are kept and moved by the older data law.",
                kind=DutyKind.DATA_TRANSFER,
                source="Ley 19.628 (from memory, to be checked at bcn.cl)",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(1999, 10, 28),
                effective_to=_DATA_LAW,
            ),
            Duty(
                id="cl.data_transfer",
                text="Personal data leave on adequacy or clauses; data on debts have a legal basis of their own; "
                "the law reaches beyond the country and fines up to 20,000 UTM.",
                kind=DutyKind.DATA_TRANSFER,
                source="Ley 21.719, published 2024-12-13 (ttpsec.net; fycom.cl; alayiatrust.com)",
                confidence=Confidence.SECONDARY,
                effective_from=_DATA_LAW,
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"es_CL": "Estimado(a) {name}", "es_419": "Estimado(a) {name}"},
            source="custom: usted; two family names follow the given names (from memory)",
            confidence=Confidence.UNVERIFIED,
        ),
        # No word was found in law; all of these are custom.
        opt_out_words={"es_CL": ("BAJA", "SALIR", "NO MAS", "NO MÁS", "CANCELAR", "STOP")},
    ),
)
