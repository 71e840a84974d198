"""Recording what a platform says of money: match it, allocate it, book it, tell the case. One call, one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from activities import allocations, commissions, receipt_orders, refunds, sweep_departures, write_offs
from activities import cases as case_files
from activities import creditors as opening
from activities.book import Book
from activities.lookups import Lookups
from activities.same_money import ToldTwice
from domain import bookings
from domain.accounts import Role
from domain.allocation import Allocation, allocate, by_loan
from domain.errors import Invalid, NotFound
from domain.ids import NewId
from domain.money import Money, zero
from domain.money_events import Order
from domain.planning import WorkState
from domain.receipts import ReceiptFact, RefundFailed, RequestExpired, ReversalFact, ReversalKind, SuspenseReason
from store import (
    cases,
    loans,
    outgoing_events,
    payment_requests,
    payouts,
    receipts,
)
from store.cases import Case
from store.creditors import PlatformConnection
from store.payment_requests import PaymentRequest
from store.payouts import Payout
from store.receipts import Receipt


@dataclass(frozen=True)
class Recorder:
    """Records facts that arrived over one connection, in the caller's transaction."""

    tx: Connection
    connection: PlatformConnection
    inbox_id: str
    new_id: NewId
    now: datetime
    lookups: Lookups = field(default_factory=Lookups)

    def receipt(self, fact: ReceiptFact) -> str | None:
        """Record money that arrived; the case it reached, or ``None`` (unmatched, or recorded before)."""
        if abs(fact.amount.minor) > _LARGEST_MINOR:
            raise Invalid("amount_too_large", f"{fact.amount} is more than any receipt.", fix="Check the event.")
        if self._was_known(fact):
            return None
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
        allocations.pay(self.tx, receipt, parts, sign=1, now=self.now)
        self._book_receipt(receipt, fact, parts)
        if request is not None and debt is not None and fact.amount.minor >= request.amount_minor:
            payment_requests.change(self.tx, request.id, state="paid", paid_at=fact.at)
        if fact.charge:
            order = Order(self.new_id("money_event"), _BANK, "The bank calls it a charge of its own.", fact.value_date)
            receipt_orders.explain_charge(self.book, order, receipt_id=receipt.id)
            return None
        outgoing_events.of_receipt(
            self.tx,
            receipt.id,
            matched=bool(receipt.allocated_minor),
            minor=receipt.allocated_minor or receipt.suspense_minor,
            currency=receipt.currency,
            case_id=receipt.case_id,
            now=self.now,
        )
        kind = "receipt_posted" if receipt.allocated_minor else "receipt_in_suspense"  # only the first is thanked for
        return self.tell(receipt, kind, receipt.id, at=fact.at)

    @property
    def book(self) -> Book:
        """The book in this transaction."""
        return Book(self.tx, self.new_id, self.now)

    def reversal(self, fact: ReversalFact) -> str | None:
        """Record money that went back; the case it concerns. ``receipt_unknown`` if the receipt is not here yet."""
        receipt = self.original(fact.original_ref)
        if receipt is None:
            raise NotFound("receipt_unknown", f"The receipt that {fact.external_ref} takes back has not arrived.")
        reversal_id = self.new_id("event")
        if not self._add_reversal(fact, receipt, reversal_id):
            return None
        left = receipt.allocated_minor + receipt.suspense_minor + receipt.refunding_minor
        if fact.amount.currency != receipt.currency or not 0 < fact.amount.minor <= left:
            raise Invalid(
                "reversal_exceeds_receipt",
                f"{fact.amount} cannot go back of a receipt that holds {Money(left, receipt.currency)}.",
                fix="Check the platform's event; nothing was booked.",
            )
        rest = self._pay_refund(fact, receipt)
        if not rest:
            return None
        self._take_back(fact, rest, receipts.get(self.tx, receipt.id), reversal_id)
        return self.owed_again(receipt, fact.external_ref, at=fact.at)

    def refund_failed(self, fact: RefundFailed) -> None:
        """A refund that we asked for and the platform had taken will not be paid: its money is put back."""
        receipt = self.original(fact.original_ref)
        if receipt is None:
            return  # nothing was asked for of a receipt that is not here
        asked = refunds.asked_for(self.tx, receipt, external_ref=fact.external_ref, ordered_as=fact.ordered_as)
        if asked is not None:
            refunds.put_back(self.book, asked, code="refund_failed", why=fact.reason)

    def original(self, reference: str) -> Receipt | None:
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
        for loan in loans.named(self.tx, creditor_id=creditor_id, contract_nos=fact.references):
            found = cases.latest_case(self.tx, creditor_id=creditor_id, party_id=loan.party_id)
            if found is not None:
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
            withheld_minor=fact.withheld.minor if fact.withheld else 0,
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

    def leaves(self, currency: str, *roles: Role) -> Mapping[Role, str]:
        """The leaves that money of a currency lands in, those of ``roles`` among them.

        Another currency than the connection's gets a child account of its own.
        """
        return self.lookups.leaves(self.book, opening.child_for(self.book, self.connection, currency), *roles)

    @cached_property
    def _told_twice(self) -> ToldTwice:
        return ToldTwice(self.tx, self.connection, self.inbox_id)

    def _was_known(self, fact: ReceiptFact) -> bool:
        """Whether the money is in the book another way: a batch that was on its way, a sweep, or told before."""
        return (
            self._is_of_a_payout(fact)
            or sweep_departures.told(self.book, self.connection, fact)
            or self._told_twice.is_booked(fact)
        )

    def _is_of_a_payout(self, fact: ReceiptFact) -> bool:
        """Whether a line of a bank's statement is a platform's batch that was on its way; then it is booked as that."""
        if not fact.to_bank or fact.amount.minor <= 0:
            return False
        here = self.connection
        if receipts.by_external(self.tx, connection_id=here.id, external_ref=fact.external_ref):
            return False
        line = f"{here.id}/{fact.external_ref}"
        payout = payouts.announced(
            self.tx,
            creditor_id=here.creditor_id,
            references=fact.references,
            currency=fact.amount.currency,
            arrived_ref=line,
        )
        if payout is None:
            return False
        taken = payout.net_minor - fact.amount.minor
        if payout.state == "sent" and not 0 <= taken * _LEAST_LEFT <= payout.net_minor:
            return False  # too much is missing (or more came) for it to be what banks take: a person decides
        if payout.state == "sent":
            self._book_arrival(payout, fact, line)
        return True

    def _book_arrival(self, payout: Payout, fact: ReceiptFact, line: str) -> None:
        """The money is in this account; its way began, and what was taken on it is booked, at the platform's."""
        sender = self.lookups.connection(self.tx, payout.connection_id)
        ours = self.leaves(fact.amount.currency)
        theirs = replace(self, connection=sender).leaves(fact.amount.currency)
        entry = bookings.settlement_arrived(
            self.book.head(f"payout/{sender.id}/{payout.external_ref}/arrived", day=fact.value_date, source=payout.id),
            leaves={**theirs, Role.BANK: ours[Role.BANK]},
            arrived=fact.amount,
            expected=Money(payout.net_minor, payout.currency),
        )
        self.book.post(entry)
        payouts.change(self.tx, payout.id, state="arrived", arrived_minor=fact.amount.minor, arrived_ref=line)

    def _book_receipt(self, receipt: Receipt, fact: ReceiptFact, parts: tuple[Allocation, ...]) -> None:
        currency, paid = fact.amount.currency, by_loan(parts, fact.amount.currency)
        write_offs.recover(self.book, paid, cause=receipt.id, day=fact.value_date, source=receipt.id)
        entry = bookings.receipt(
            self.book.head(f"receipt/{self.connection.id}/{fact.external_ref}", day=fact.value_date, source=receipt.id),
            leaves=self.leaves(currency),
            amount=fact.amount,
            fee=fact.fee or zero(currency),
            allocated=allocations.receivables(self.tx, paid),
            to_bank=fact.to_bank,
            withheld=fact.withheld,
        )
        self.book.post(entry)

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

    def _pay_refund(self, fact: ReversalFact, receipt: Receipt) -> Money:
        """The platform carries out what the creditor had decided to give back; what of the reversal is not that.

        A refund that it was asked for is ended by it; another takes of what is owed back without the platform.
        """
        if fact.kind is not ReversalKind.REFUND or not receipt.refunding_minor:
            return fact.amount
        asked = refunds.carried_out(self.book, receipt, fact)
        owed = asked.amount if asked else refunds.owed_otherwise(self.tx, receipt)
        if not owed:
            return fact.amount
        paid = min(fact.amount, owed)
        entry = bookings.refund_paid(
            self.book.head(f"refund/{self.connection.id}/{fact.external_ref}", day=fact.value_date, source=receipt.id),
            leaves=self.leaves(receipt.currency, Role.REFUND_PAYABLE),
            amount=paid,
            to_bank=receipt.to_bank,
        )
        self.book.post(entry)
        receipts.move(
            self.tx,
            receipt,
            refunding_minor=receipt.refunding_minor - paid.minor,
            reversed_minor=receipt.reversed_minor + paid.minor,
        )
        return fact.amount - paid

    def _take_back(self, fact: ReversalFact, amount: Money, receipt: Receipt, reversal_id: str) -> None:
        """First out of suspense, then out of allocations, the last allocated first; booked as one entry."""
        taken = allocations.take_back(self.tx, receipt, amount, now=self.now, reversal_id=reversal_id)
        if taken.lacking:
            raise Invalid("reversal_exceeds_receipt", f"{amount} cannot go back of the receipt.")
        key = f"reversal/{self.connection.id}/{fact.external_ref}"
        entry = bookings.receipt_returned(
            self.book.head(key, day=fact.value_date, source=receipt.id),
            leaves=self.leaves(receipt.currency),
            kind=_BOOKED_AS[fact.kind],
            unallocated=allocations.receivables(self.tx, taken.unallocated),
            from_suspense=taken.from_suspense,
            to_bank=receipt.to_bank,
        )
        self.book.post(entry)
        write_offs.unrecover(self.book, taken.unallocated, cause=key, day=fact.value_date, source=receipt.id)
        receipts.move(
            self.tx,
            receipt,
            suspense_minor=receipt.suspense_minor - taken.from_suspense.minor,
            allocated_minor=receipt.allocated_minor - (amount - taken.from_suspense).minor,
            reversed_minor=receipt.reversed_minor + amount.minor,
        )
        commissions.follow(self.book, receipt.id, cause=key, day=fact.value_date)

    def owed_again(self, receipt: Receipt, ref: str, *, at: datetime) -> str | None:
        """Tell the case that money went back; where it is closed already, open a new one if the debt is overdue."""
        return case_files.owed_again(self.tx, receipt.case_id, ref, at=at, new_id=self.new_id, now=self.now)

    def tell(self, receipt: Receipt, kind: str, ref: str, *, at: datetime) -> str | None:
        """Tell the receipt's case of a fact; the case, if there is one."""
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

_BANK = "bank statement"
"""Who decides what the bank itself says of a line."""

_LEAST_LEFT = 20
"""Banks on the way may take one part in this many of a batch; a line that lacks more is not taken for it."""

_BOOKED_AS = {
    ReversalKind.REFUND: "refund",
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
    if case.closed_at is not None and case.work_state != WorkState.WRITTEN_OFF.value:
        return SuspenseReason.CASE_CLOSED
    return None
