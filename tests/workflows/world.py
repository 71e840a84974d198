"""One overdue debtor in Brazil under simulated time, for the workflow tests."""

from __future__ import annotations

import csv
import io
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from activities.creditors import NewConnection
from runtime.simulation import Simulation, simulate
from store.database import Database

World = Simulation

ROW = {
    "contract_no": "C-1",
    "country": "BR",
    "product": "loan",
    "currency": "BRL",
    "debtor_name": "João Pereira",
    "debtor_kind": "person",
    "id_scheme": "cpf",
    "id_value": "39053344705",
    "email": "joao@example.com",
    "subdivision": "BR-SP",
    "city": "São Paulo",
    "preferred_locale": "pt_BR",
    "preferred_channel": "email",
    "vin": "LGXCE6CB0P0000001",
    "make": "BYD",
    "model": "Marlin EV",
    "year": "2024",
    "powertrain": "battery_electric",
    "principal": "20000.00",
    "frequency": "monthly",
    "instalments_total": "24",
    "instalment_amount": "1000.00",
    "paid_total": "0.00",
}

BRAZIL = NewConnection(
    "",
    "bank_statement",
    "BR",
    "BRL",
    "Banco",
    {"account": "ACC-1"},
    {"pix_static": {"key": "pix@example.com", "name": "CREDOR", "city": "SAO PAULO"}},
)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def portfolio_file(start: datetime, *, overdue_days: int, row: dict[str, str]) -> bytes:
    """One loan whose first instalment fell due some days ago, by the debtor's own day."""
    today = start.astimezone(SAO_PAULO).date()
    full = {**row, "first_due_date": (today - timedelta(days=overdue_days)).isoformat()}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(full), lineterminator="\n")
    writer.writeheader()
    writer.writerow(full)
    return out.getvalue().encode()


def world(
    database: Database,
    tenant_id: str,
    *,
    overdue_days: int = 5,
    row: dict[str, str] | None = None,
    connection: NewConnection = BRAZIL,
) -> AbstractAsyncContextManager[World]:
    """A debtor whose first instalment is overdue; the case is not started yet."""
    full = {**ROW, **(row or {})}
    return simulate(
        database,
        tenant_id,
        portfolio=lambda start: portfolio_file(start, overdue_days=overdue_days, row=full),
        connection=connection,
    )
