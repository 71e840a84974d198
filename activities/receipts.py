"""Recording what a platform says of money: match it, allocate it, book it, tell the case. One call, one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from activities import cases as case_files
from domain import bookings
from domain.accounts import Role
from domain.allocation import Allocation, allocate, by_loan, undo
from domain.bookings import Head
from domain.errors import Invalid, NotFound
from domain.ids import NewId
from domain.loans import Instalment
from domain.money import Money, zero
from domain.receipts import ReceiptFact, RequestExpired, ReversalFact, ReversalKind, SuspenseReason
from ledger import accounts, posting
from store import cases, creditors, loans, payment_requests, receipts
from store.cases import Case
from store.creditors import PlatformConnection
from store.payment_requests import PaymentRequest
from store.receipts import AllocationRow, Receipt


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records facts that arrived over one connection, in the caller's transaction."""

    tx: Connection
    connection: PlatformConnection
    inbox_id: str
    new_id: NewId
    now: datetime

    def receipt(self, fact: ReceiptFact) -> str | None:
        """Record money that arrived; the case it reached, or ``None`` (unmatched, or recorded before)."""
        if abs(fact.amount.minor) > _LARGEST_MINOR:
            raise Invalid("amount_too_large", f"{fact.amount} is more than any receipt.", fix="Check the event.")
        request, case = self._match(fact)
        reason = _suspense_reason(fact, case)
        debt = case_files.debt(self.tx, case) if case is not None and reason is None else None
        parts, rest = allocate(fact.amount, debt.instalments) if debt else ((), fact.amount)
        if debt is not None and rest:
            reason = SuspenseReason.OVERPAYMENT
        receipt = self._receipt(fact, request=request, case=case, rest=rest, reason=reason)
        if not receipts.add(self.tx, receipt):
            return None
        if receipt.state == "refused":
            return None
        self._pay(receipt, parts, debt.instalments if debt else (), sign=1)
        self._book_receipt(receipt, fact, parts)
        if request is not None and debt is not None and fact.amount.minor >= request.amount_minor:
            payment_requests.change(self.tx, request.id, state="paid", paid_at=fact.at)
        kind = "receipt_posted" if receipt.allocated_minor else "receipt_in_suspense"  # only the first is thanked for
        return self._tell(receipt, kind, receipt.id, at=fact.at)

    def reversal(self, fact: ReversalFact) -> str | None:
        """Record money that went back; the case it concerns. ``receipt_unknown`` if the receipt is not here yet."""
        receipt = self._original(fact.original_ref)
        if receipt is None:
            raise NotFound("receipt_unknown", f"The receipt that {fact.external_ref} takes back has not arrived.")
        reversal_id = self.new_id("event")
        if not self._add_reversal(fact, receipt, reversal_id):
            return None
        left = receipt.allocated_minor + receipt.suspense_minor
        if fact.amount.currency != receipt.currency or not 0 < fact.amount.minor <= left:
            raise Invalid(
                "reversal_exceeds_receipt",
                f"{fact.amount} cannot go back of a receipt that holds {Money(left, receipt.currency)}.",
                fix="Check the platform's event; nothing was booked.",
            )
        self._take_back(fact, receipt, reversal_id)
        return self._after_reversal(receipt, fact)

    def _original(self, reference: str) -> Receipt | None:
        """The receipt that a platform names by its own identity, or that a bank names by the payer's reference."""
        here = self.connection.id
        return receipts.by_external(
            self.tx, connection_id=here, external_ref=reference, lock=True
        ) or receipts.by_reference(self.tx, connection_id=here, reference=reference, lock=True)

    def expiry(self, fact: RequestExpired) -> None:
        """Note that a payment request will not be paid any more."""
        request = payment_requests.find(
            self.tx,
            creditor_id=self.connection.creditor_id,
            connection_id=self.connection.id,
            references=(fact.request_ref,),
        )
        if request is not None and request.state in ("draft", "issued"):
            payment_requests.change(self.tx, request.id, state="expired")

    def _match(self, fact: ReceiptFact) -> tuple[PaymentRequest | None, Case | None]:
        """By exact reference: a payment request of this creditor first, then a contract number."""
        creditor_id = self.connection.creditor_id
        request = payment_requests.find(
            self.tx, creditor_id=creditor_id, connection_id=self.connection.id, references=fact.references
        )
        if request is not None:
            return request, cases.get(self.tx, request.case_id, lock=True)
        for reference in fact.references:
            loan = loans.by_contract(self.tx, creditor_id=creditor_id, contract_no=reference)
            found = loan and cases.latest_case(self.tx, creditor_id=creditor_id, party_id=loan.party_id)
            if found:
                return None, cases.get(self.tx, found.id, lock=True)
        return None, None

    def _receipt(
        self,
        fact: ReceiptFact,
        *,
        request: PaymentRequest | None,
        case: Case | None,
        rest: Money,
        reason: SuspenseReason | None,
    ) -> Receipt:
        state = "matched" if reason is None else "suspense"
        if not fact.amount:
            state = "refused"
        elif reason is SuspenseReason.OVERPAYMENT and rest < fact.amount:
            state = "matched"
        return Receipt(
            id=self.new_id("receipt"),
            tenant_id=self.connection.tenant_id,
            connection_id=self.connection.id,
            inbox_id=self.inbox_id,
            external_ref=fact.external_ref,
            case_id=case.id if case else None,
            payment_request_id=request.id if request else None,
            country=self.connection.country,
            amount_minor=fact.amount.minor,
            fee_minor=fact.fee.minor if fact.fee else 0,
            currency=fact.amount.currency,
            paid_at=fact.at,
            value_date=fact.value_date,
            payer_name=fact.payer_name,
            remittance=fact.remittance,
            references=list(fact.references),
            to_bank=fact.to_bank,
            state=state,
            suspense_reason=reason.value if reason else None,
            allocated_minor=(fact.amount - rest).minor,
            suspense_minor=rest.minor,
            reversed_minor=0,
            created_at=self.now,
        )

    def _pay(
        self,
        receipt: Receipt,
        parts: tuple[Allocation, ...],
        instalments: tuple[Instalment, ...],
        *,
        sign: int,
        reversal_id: str | None = None,
    ) -> None:
        paid = {(item.loan_id, item.number): item.paid.minor for item in instalments}
        for part in parts:
            now_paid = paid[part.loan_id, part.instalment] + sign * part.amount.minor
            loans.set_paid(self.tx, loan_id=part.loan_id, number=part.instalment, paid_minor=now_paid)
        rows = [AllocationRow(part.loan_id, part.instalment, sign * part.amount.minor) for part in parts]
        receipts.allocate(self.tx, receipt, rows, now=self.now, reversal_id=reversal_id)

    def _leaves(self, currency: str) -> dict[Role, str]:
        """The leaves that money of a currency lands in; another currency than the connection's gets its own child."""
        if currency == self.connection.currency:
            return accounts.leaves_of(self.tx, self.connection.child_account_id)
        child = accounts.get(self.tx, self.connection.child_account_id)
        creditor = creditors.get(self.tx, self.connection.creditor_id)
        other = accounts.open_child(
            self.tx,
            parent=accounts.get(self.tx, creditor.parent_account_id),
            name=f"{child.name} {currency}",
            country=self.connection.country,
            connection_id=self.connection.id,
            currency=currency,
            new_id=self.new_id,
            now=self.now,
        )
        return accounts.leaves_of(self.tx, other)

    def _by_receivable(self, parts: tuple[Allocation, ...], currency: str) -> list[tuple[str, Money]]:
        return [
            (loans.get(self.tx, loan_id).account_id, amount) for loan_id, amount in by_loan(parts, currency).items()
        ]

    def _book_receipt(self, receipt: Receipt, fact: ReceiptFact, parts: tuple[Allocation, ...]) -> None:
        currency = fact.amount.currency
        entry = bookings.receipt(
            Head(
                self.new_id("entry"),
                f"receipt/{self.connection.id}/{fact.external_ref}",
                fact.value_date,
                receipt.id,
            ),
            leaves=self._leaves(currency),
            amount=fact.amount,
            fee=fact.fee or zero(currency),
            allocated=self._by_receivable(parts, currency),
            to_bank=fact.to_bank,
        )
        posting.post_one(self.tx, entry, now=self.now)

    def _add_reversal(self, fact: ReversalFact, receipt: Receipt, reversal_id: str) -> bool:
        return receipts.add_reversal(
            self.tx,
            id=reversal_id,
            tenant_id=receipt.tenant_id,
            connection_id=self.connection.id,
            inbox_id=self.inbox_id,
            receipt_id=receipt.id,
            external_ref=fact.external_ref,
            kind=fact.kind.value,
            amount_minor=fact.amount.minor,
            currency=fact.amount.currency,
            value_date=fact.value_date,
            reason=fact.reason,
            created_at=self.now,
        )

    def _take_back(self, fact: ReversalFact, receipt: Receipt, reversal_id: str) -> None:
        """First out of suspense, then out of allocations, the last allocated first; booked as one entry."""
        currency = receipt.currency
        from_suspense = min(fact.amount, Money(max(receipt.suspense_minor, 0), currency))
        held = [
            Allocation(row.loan_id, row.instalment, Money(row.amount_minor, currency))
            for row in receipts.allocations(self.tx, receipt.id)
        ]
        parts, _ = undo(fact.amount - from_suspense, held)
        if parts and receipt.case_id:
            case = cases.get(self.tx, receipt.case_id, lock=True)
            instalments = case_files.debt(self.tx, case).instalments
            self._pay(receipt, parts, instalments, sign=-1, reversal_id=reversal_id)
        entry = bookings.receipt_returned(
            Head(
                self.new_id("entry"),
                f"reversal/{self.connection.id}/{fact.external_ref}",
                fact.value_date,
                receipt.id,
            ),
            leaves=self._leaves(currency),
            kind=_BOOKED_AS[fact.kind],
            unallocated=self._by_receivable(parts, currency),
            from_suspense=from_suspense,
            to_bank=receipt.to_bank,
        )
        posting.post_one(self.tx, entry, now=self.now)
        reversed_minor = receipt.reversed_minor + fact.amount.minor
        receipts.change(
            self.tx,
            receipt.id,
            suspense_minor=receipt.suspense_minor - from_suspense.minor,
            allocated_minor=receipt.allocated_minor - (fact.amount - from_suspense).minor,
            reversed_minor=reversed_minor,
            state="reversed" if reversed_minor == receipt.amount_minor else "partly_reversed",
        )

    def _after_reversal(self, receipt: Receipt, fact: ReversalFact) -> str | None:
        """Tell the case; where it is closed already, open a new one if the debt is overdue again."""
        if receipt.case_id is None:
            return None
        case = cases.get(self.tx, receipt.case_id)
        if case.closed_at is None:
            return self._tell(receipt, "receipt_reversed", fact.external_ref, at=fact.at)
        opened = case_files.ensure_open(
            self.tx,
            tenant_id=case.tenant_id,
            creditor_id=case.creditor_id,
            party_id=case.party_id,
            country=case.country,
            currency=case.currency,
            cause=f"reversal/{fact.external_ref}",
            new_id=self.new_id,
            now=self.now,
        )
        return opened[0] if opened else None

    def _tell(self, receipt: Receipt, kind: str, ref: str, *, at: datetime) -> str | None:
        if receipt.case_id is None:
            return None
        case_files.tell(
            self.tx,
            receipt.case_id,
            tenant_id=receipt.tenant_id,
            kind=kind,
            ref=ref,
            at=at,
            new_id=self.new_id,
            now=self.now,
        )
        return receipt.case_id


_LARGEST_MINOR = 10**15
"""No receipt is larger, in minor units; sums of a thousand such still fit the book's 64 bits."""

_BOOKED_AS = {
    ReversalKind.REFUND: "refund",
    ReversalKind.CHARGEBACK: "chargeback",
    ReversalKind.RETURNED: "transfer_returned",
}


def _suspense_reason(fact: ReceiptFact, case: Case | None) -> SuspenseReason | None:
    if not fact.amount:
        return SuspenseReason.ZERO_AMOUNT
    if fact.amount.minor < 0:
        return SuspenseReason.NEGATIVE_AMOUNT
    if case is None:
        return SuspenseReason.NO_MATCH
    if fact.amount.currency != case.currency:
        return SuspenseReason.CURRENCY_MISMATCH
    if case.closed_at is not None:
        return SuspenseReason.CASE_CLOSED
    return None
