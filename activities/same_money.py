"""Money that a bank tells twice: at once over its API, and again as a line of the account's statement.

Both are true and they are one movement: whichever comes first is booked, the other is known by the name that the
payment system gave it (a Pix's ``endToEndId``, a return's ``rtrId``), which the line states among its references. The
line still takes part in the reconciliation, where it meets what was booked.
"""

from __future__ import annotations

from sqlalchemy import Connection

from connectors import registry
from domain.accounts import PlatformKind
from domain.receipts import ReceiptFact
from store import contests, creditors, inbox, receipts, source_lines, statement_files
from store.creditors import PlatformConnection
from store.receipts import Receipt


def is_booked(tx: Connection, here: PlatformConnection, inbox_id: str, fact: ReceiptFact) -> bool:
    """Whether what a bank tells now is money that it told before in the other way.

    Money out is what the bank's API told as given back or claimed back. A second line that names the same receipt is
    not that receipt's: it is booked as money of its own.
    """
    if not fact.to_bank or registry.platform(here.platform).kind is not PlatformKind.BANK:
        return False
    siblings = _banks(tx, here)
    is_line = inbox.is_file(tx, inbox_id)
    if fact.amount.minor < 0:
        return is_line and _went_back(tx, siblings, fact)
    if is_line:
        known = receipts.named(tx, connection_ids=siblings, names=fact.references)
        return any(_is_told_by_api(tx, here, one, fact) for one in known)
    if not statement_files.told_since(tx, siblings, fact.value_date):
        return False  # the API is first, as it nearly always is
    known = receipts.around(tx, connection_ids=siblings, reference=fact.external_ref, day=fact.value_date)
    return any(_is_equal(one, fact) and inbox.is_file(tx, one.inbox_id) for one in known)


def _banks(tx: Connection, here: PlatformConnection) -> list[str]:
    """The creditor's connections that are accounts in banks."""
    listed = creditors.connections(tx, creditor_id=here.creditor_id)
    return [one.id for one in listed if registry.platform(one.platform).kind is PlatformKind.BANK]


def _is_told_by_api(tx: Connection, here: PlatformConnection, receipt: Receipt, fact: ReceiptFact) -> bool:
    if not _is_equal(receipt, fact) or inbox.is_file(tx, receipt.inbox_id):
        return False
    return not source_lines.names_before(
        tx, connection_id=here.id, identity=fact.external_ref, reference=receipt.external_ref, minor=fact.amount.minor
    )


def _is_equal(receipt: Receipt, fact: ReceiptFact) -> bool:
    return receipt.to_bank and (receipt.amount_minor, receipt.currency) == (fact.amount.minor, fact.amount.currency)


def _went_back(tx: Connection, siblings: list[str], fact: ReceiptFact) -> bool:
    """Whether money out is a return or a lost claim that was booked when the bank's API told it."""
    names, minor, currency = list(fact.references), -fact.amount.minor, fact.amount.currency
    return any(
        went_back(tx, connection_ids=siblings, references=names, minor=minor, currency=currency)
        for went_back in (receipts.went_back, contests.went_back)
    )
