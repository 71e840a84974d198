"""What Colombia's law asks of collecting beyond the hour: the usury rate of each month, limitation, data of debtors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
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
    Per,
    RecoveryStep,
    Series,
)
from domain.contacts import Confidence

_LAW: Final = date(2023, 10, 10)
_STATUTE: Final = "Ley 2300 de 2023"
# From the first of each month, percent a year as effective rate.
_USURY: Final = (
    (date(2025, 6, 1), Decimal("25.55")),
    (date(2025, 7, 1), Decimal("24.78")),
    (date(2025, 8, 1), Decimal("25.17")),
    (date(2025, 9, 1), Decimal("25.01")),
    (date(2025, 10, 1), Decimal("24.36")),
    (date(2025, 11, 1), Decimal("24.99")),
    (date(2025, 12, 1), Decimal("25.02")),
    (date(2026, 1, 1), Decimal("24.36")),
    (date(2026, 2, 1), Decimal("25.23")),
    (date(2026, 3, 1), Decimal("25.52")),
)

CONDUCT: Final = completed(
    "co",
    Conduct(
        charges=(
            ChargeRule(
                id="co.usury",
                text="Late interest stays below 1.5 times the banking rate (IBC), certified each month, as effective "
                "rate.",
                kind=ChargeKind.LATE_INTEREST,
                cap=Series(
                    per=Per.YEAR,
                    # The months after March 2026 are missing: nothing is charged until they are added.
                    rates=_USURY,
                    stale_days=30,
                    basis=Basis.OVERDUE,
                    effective=True,
                ),
                source="SFC, certified each month for consumer and ordinary credit, as in Res. 2288/2025 and 0405/2026 "
                "(valoraanalitik.com 2025-08-29, 2025-12-26 and on February 2026; elcolombiano.com on October and "
                "November 2025; elespectador.com 2025-11-28 and 2026-03-03; read 2026-11-28; nacionpaisa.com 50540 on "
                "June and July 2025, Res. 1254/2025; larepublica.co 2026-02-27; read 2026-11-29)",
                confidence=Confidence.SECONDARY,
                effective_from=_USURY[0][0],
            ),
        ),
        limitation=(
            LimitationRule(
                id="co.limitation.contract",
                text="The executive action lapses after five years; the ordinary action after ten.",
                claim="contract",
                years=5,
                source="Código Civil art. 2536 (quoted in public repositories, read 2026-11-28; "
                "secretariasenado.gov.co is to be read)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2002, 12, 27),
            ),
            LimitationRule(
                id="co.limitation.promissory_note",
                text="The direct action of a promissory note (pagaré) lapses three years after it fell due.",
                claim="promissory_note",
                years=3,
                source="Código de Comercio art. 789 (text as copied from secretariasenado.gov.co/codigo_comercio, "
                "read 2026-11-28)",
                confidence=Confidence.VERIFIED,
                effective_from=date(1972, 1, 1),
            ),
        ),
        recovery=(
            RecoveryStep(
                id="co.recovery.direct_payment",
                text="A registered security is enforced by direct payment (pago directo), the debtor handing the "
                "vehicle over.",
                source="Ley 1676 de 2013 art. 60; Decreto 1835 de 2015 (notice periods from memory, to be checked)",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2014, 2, 20),
                order=1,
                code="direct_payment",
                form="registry_notice",
                wait_days=0,
                route="extrajudicial",
            ),
            RecoveryStep(
                id="co.recovery.order",
                text="A vehicle that is not handed over needs a civil judge's order.",
                source="Supersociedades Oficio 220-119522 de 2016 (details from memory, to be checked)",
                confidence=Confidence.UNVERIFIED,
                effective_from=date(2016, 1, 1),
                order=2,
                code="apprehension_order",
                form="court_order",
                wait_days=0,
                route="extrajudicial",
            ),
        ),
        agencies=(
            AgencyRule(
                id="co.agency",
                text="Third parties and assignees may collect, within the same limits; SFC and SIC supervise.",
                may_act=True,
                may_hold_money=None,
                source=f"{_STATUTE}, art. 1 (leyonline.co)",
                confidence=Confidence.VERIFIED,
                effective_from=_LAW,
            ),
        ),
        duties=(
            Duty(
                id="co.opt_out",
                text="Every contact offers a way to stop it.",
                kind=DutyKind.DISCLOSE,
                elements=("opt_out",),
                source=f"{_STATUTE} (bluradio.com 2023-10)",
                confidence=Confidence.SECONDARY,
                effective_from=_LAW,
            ),
            Duty(
                id="co.credit_report_notice",
                text="The debtor is told 20 calendar days before a default is reported.",
                kind=DutyKind.CREDIT_REPORTING,
                days=20,
                source="Ley 1266 de 2008 art. 12 (told in public copies of contracts, read 2026-11-28; "
                "secretariasenado.gov.co is to be read)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2008, 12, 31),
            ),
            Duty(
                id="co.credit_report_small",
                text="Debts of up to 15% of the minimum wage need two notices, and 20 calendar days, before the "
                "report.",
                kind=DutyKind.CREDIT_REPORTING,
                days=20,
                source="Ley 2157 de 2021 (lexir.co; elpais.com.co)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2021, 10, 29),
            ),
            Duty(
                id="co.credit_report_retention",
                text="A default is reported within 18 months; it stays twice the time of default, at most four years "
                "from payment, and falls away after eight years.",
                kind=DutyKind.RETENTION,
                source="Ley 2157 de 2021 (lexir.co; elpais.com.co)",
                confidence=Confidence.SECONDARY,
                effective_from=date(2021, 10, 29),
            ),
            Duty(
                id="co.data_transfer",
                text="Personal data leave only to countries with adequate protection or on another ground of the law.",
                kind=DutyKind.DATA_TRANSFER,
                source="Ley 1581 de 2012 art. 26 (text as copied in public repositories, read 2026-11-28); SIC "
                "Circular 005 de 2017 is to be read",
                confidence=Confidence.VERIFIED,
                effective_from=date(2012, 10, 18),
            ),
        ),
        manners=Manners(
            name_order=NameOrder.GIVEN_FIRST,
            formal_address={"es_CO": "Señor(a) {name}", "es_419": "Estimado(a) {name}"},
            source="custom: usted; two family names follow the given names (from memory)",
            confidence=Confidence.UNVERIFIED,
        ),
        # CANCELAR and STOP are custom, the other words are from memory too.
        opt_out_words={"es_CO": ("SALIR", "BAJA", "NO MAS", "NO MÁS", "CANCELAR", "STOP")},
    ),
)
