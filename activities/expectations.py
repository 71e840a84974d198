"""What should have come and has not: a difference once its time is up, explained when it comes or is expected no more.

A debtor who does not pay is the case's matter: such a difference names the case and stands in nobody's way. What an
agency says it has collected and has not handed over is money of the creditor, and stands in the way of a day's close.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from activities.differences import About, DifferenceDesk
from domain.accounts import Role
from domain.differences import STANDING, DifferenceKind
from domain.money import Money
from domain.reconciliation import Known, Leg
from ledger import accounts, balances
from store import differences, expected, overdue, recon_items
from store.creditors import PlatformConnection
from store.differences import DifferenceFilter
from store.overdue import Overdue

_MOST: int = 10_000


def outstanding(tx: Connection, account_id: str, currency: str) -> list[Known]:
    """Reports of agencies on an account that are not handed over: what still stands there, the newest reports first."""
    leaf = accounts.leaves_of(tx, account_id).get(Role.EXPECTED_RECEIPT)
    rest = 0 if leaf is None else balances.of_leaf(tx, leaf).minor
    found = []
    reports = expected.agency_reports(tx, account_ids=[account_id], currency=currency)
    for report in sorted(reports, key=lambda one: (one.day, one.ref), reverse=True):
        if rest <= 0:
            break
        found.append(report)
        rest -= report.amount_minor
    return sorted(found, key=lambda one: one.ref)


def lacking(tx: Connection, connection: PlatformConnection, *, before: date) -> list[Overdue]:
    """What should have come to a connection before a day and has not."""
    reports = [
        Overdue(one.ref, one.amount_minor, one.currency, one.day)
        for one in outstanding(tx, connection.child_account_id, connection.currency)
        if one.day < before
    ]
    return [*overdue.overdue(tx, connection_id=connection.id, before=before), *reports]


def miss(desk: DifferenceDesk, connection: PlatformConnection, currency: str, *, patience_days: int) -> None:
    """Open a difference for each thing that has been lacking for longer than the leg is patient."""
    limit = desk.now.date() - timedelta(days=patience_days)
    for one in lacking(desk.tx, connection, before=limit):
        if one.currency == currency:
            about = About(
                kind=DifferenceKind.MISSING,
                subject=_subject(one.ref),
                amount=Money(-one.minor, currency),
                day=one.day,
                reason={"code": "expected_by", "values": {"day": one.day.isoformat()}},
                leg=Leg.EXPECTED.value,
                item=None if one.item_seq is None else recon_items.get(desk.tx, one.item_seq),
                case_id=one.case_id,
            )
            desk.open(connection, about, actor="engine")


def answer(desk: DifferenceDesk, connection: PlatformConnection) -> None:
    """Explain the differences whose money has come, or is expected no more."""
    wanted = DifferenceFilter(kind=DifferenceKind.MISSING.value, connection_id=connection.id, standing=True)
    standing = differences.page(desk.tx, wanted, limit=_MOST)
    if not standing:
        return
    still = {_subject(one.ref) for one in lacking(desk.tx, connection, before=desk.now.date())}
    for difference in standing:
        if difference.subject not in still and difference.state in STANDING:
            desk.explain(difference, actor="engine", by=difference.subject)


def currencies(tx: Connection, connection: PlatformConnection, *, today: date) -> list[str]:
    """The currencies in which a connection lacks something."""
    return sorted({one.currency for one in lacking(tx, connection, before=today)})


def _subject(ref: str) -> str:
    return f"expected/{ref}"
