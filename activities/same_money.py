"""Money that a bank tells twice: at once over its API, and again as a line of the account's statement.

Both are true and they are one movement: whichever comes first is booked, the other is known by the name that the
payment system gave it (a Pix's ``endToEndId``, a return's ``rtrId``), which the line states among its references. The
line still takes part in the reconciliation, where it meets what was booked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from connectors import registry
from domain.accounts import PlatformKind
from domain.receipts import ReceiptFact
from store import contests, creditors, inbox, receipts, source_lines, statement_files
from store.creditors import PlatformConnection
from store.receipts import Receipt


@dataclass(frozen=True)
class ToldTwice:
    """One delivery of a bank beside what its creditor's banks told before; what all its facts share is asked once."""

    tx: Connection
    here: PlatformConnection
    inbox_id: str

    def is_booked(self, fact: ReceiptFact) -> bool:
        """Whether what a bank tells now is money that it told before in the other way.

        Money out is what the bank's API told as given back or claimed back. A second line that names the same receipt
        is not that receipt's: it is booked as money of its own.
        """
        if not fact.to_bank or registry.platform(self.here.platform).kind is not PlatformKind.BANK:
            return False
        if fact.amount.minor < 0:
            return self._is_file and self._went_back(fact)
        if self._is_file:
            known = receipts.named(self.tx, connection_ids=self._banks, names=fact.references)
            return any(self._is_told_by_api(one, fact) for one in known)
        if not statement_files.told_since(self.tx, self._banks, fact.value_date):
            return False  # the API is first, as it nearly always is
        known = receipts.around(self.tx, connection_ids=self._banks, reference=fact.external_ref, day=fact.value_date)
        return any(_is_equal(one, fact) and inbox.is_file(self.tx, one.inbox_id) for one in known)

    @cached_property
    def _banks(self) -> list[str]:
        """The creditor's connections that are accounts in banks."""
        listed = creditors.connections(self.tx, creditor_id=self.here.creditor_id)
        return [one.id for one in listed if registry.platform(one.platform).kind is PlatformKind.BANK]

    @cached_property
    def _is_file(self) -> bool:
        return inbox.is_file(self.tx, self.inbox_id)

    def _is_told_by_api(self, receipt: Receipt, fact: ReceiptFact) -> bool:
        if not _is_equal(receipt, fact) or inbox.is_file(self.tx, receipt.inbox_id):
            return False
        return not source_lines.names_before(
            self.tx,
            connection_id=self.here.id,
            identity=fact.external_ref,
            reference=receipt.external_ref,
            minor=fact.amount.minor,
        )

    def _went_back(self, fact: ReceiptFact) -> bool:
        """Whether money out is a return or a lost claim that was booked when the bank's API told it."""
        names, minor, currency = list(fact.references), -fact.amount.minor, fact.amount.currency
        return any(
            went_back(self.tx, connection_ids=self._banks, references=names, minor=minor, currency=currency)
            for went_back in (receipts.went_back, contests.went_back)
        )


def _is_equal(receipt: Receipt, fact: ReceiptFact) -> bool:
    return receipt.to_bank and (receipt.amount_minor, receipt.currency) == (fact.amount.minor, fact.amount.currency)
