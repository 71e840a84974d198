"""Effects of a decision, kept in order so that it can be undone exactly: by mirrors of its entries, last first.

An effect is a JSON object with its ``kind``:

====================  ============================================================================================
``entry``             an entry that was posted; undone by its mirror
``payout``            a batch that a bank showed; undone by what it was before
``assigned``          money of a receipt that was matched to a case; undone part by part
``taken_out``         money of a receipt that paid a case and waits now; undone by paying the same again
``set_back``          a receipt that was found to be no receipt; undone by letting it wait again
``collected``         what an agency collected of a contract; undone by what is owed again
``item``              an item that a decision explains; undone by opening it
====================  ============================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from activities import allocations, commissions, write_offs
from activities import cases as case_files
from activities.book import Book
from domain import bookings
from domain.allocation import Allocation, by_loan
from domain.bookings import Leaves
from domain.errors import Conflict
from domain.money import Money
from domain.receipts import SuspenseReason
from ledger import posting, reversals
from store import cases, loans, payouts, receipts, recon_items
from store.payouts import Payout
from store.receipts import Receipt

Effect = dict[str, Any]


def undo(book: Book, effects: Sequence[Mapping[str, Any]], *, key: str, day: date) -> None:
    """Take back what a decision did, the last first; ``key`` names the undoing.

    Raises ``changed_since`` where what it did is no longer there to be taken back: that is to be undone first.
    """
    for place, effect in reversed(list(enumerate(effects))):
        match effect["kind"]:
            case "entry":
                reverse(book, effect["id"], key=f"{key}/{place}", day=day)
            case "payout":
                _payout_back(book.tx, effect)
            case "assigned":
                unassign(book, effect, key=f"{key}/{place}", day=day)
            case "taken_out":
                _pays_again(book, effect, key=f"{key}/{place}", day=day)
            case "set_back":
                _waits_again(book.tx, effect)
            case "collected":
                _collected_back(book, effect, key=f"{key}/{place}", day=day)
            case "item":
                recon_items.settle(book.tx, effect["seq"], now=None)
            case unknown:
                raise AssertionError(f"nothing is known of undoing {unknown}")


def reverse(book: Book, entry_id: str, *, key: str, day: date) -> Effect:
    """Post the mirror of an entry; the effect that it is."""
    posted = reversals.reverse(
        book.tx, entry_id, reversal_id=book.new_id("entry"), key=key, effective_date=day, now=book.now
    )
    return {"kind": "entry", "id": posted.entry_id}


def arrived(tx: Connection, payout: Payout, *, minor: int, ref: str) -> Effect:
    """Note a batch as arrived; the effect that it is."""
    payouts.change(tx, payout.id, state="arrived", arrived_minor=minor, arrived_ref=ref)
    return {"kind": "payout", "id": payout.id, "ref": ref}


def _payout_back(tx: Connection, effect: Mapping[str, Any]) -> None:
    payout = payouts.get(tx, effect["id"], lock=True)
    if (payout.state, payout.arrived_ref) != ("arrived", effect["ref"]):
        raise _changed("The batch has moved on since.")
    payouts.change(tx, payout.id, state="sent", arrived_minor=None, arrived_ref=None)


def settle_item(book: Book, seq: int) -> Effect:
    """State that an item is explained; the effect that it is."""
    recon_items.settle(book.tx, seq, now=book.now)
    return {"kind": "item", "seq": seq}


def set_back(book: Book, receipt: Receipt, *, key: str, day: date) -> list[Effect]:
    """A receipt that waits whole was no receipt: its entry is mirrored, and nothing of it waits. Its effects.

    Raises ``changed_since`` where part of it was used meanwhile.
    """
    if receipt.suspense_minor != receipt.amount_minor or receipt.contested_minor:
        raise _changed("Part of the receipt has been used.")
    booked = next(one.entry for one in posting.of_source(book.tx, receipt.id) if one.entry.kind == "receipt")
    mirrored = reverse(book, booked.id, key=key, day=day)
    receipts.move(book.tx, receipt, suspense_minor=0, reversed_minor=receipt.amount_minor)
    return [mirrored, {"kind": "set_back", "id": receipt.id}]


def _waits_again(tx: Connection, effect: Mapping[str, Any]) -> None:
    receipt = receipts.get(tx, effect["id"], lock=True)
    if receipt.reversed_minor != receipt.amount_minor:
        raise _changed("The receipt has changed since.")
    receipts.move(tx, receipt, suspense_minor=receipt.amount_minor, reversed_minor=0)


def assigned(before: Receipt, after: Receipt, parts: Sequence[Allocation], entry_id: str) -> Effect:
    """The effect of matching money that waited to a case."""
    return {
        "kind": "assigned",
        "id": before.id,
        "entry": entry_id,
        "case_before": before.case_id,
        "reason_before": before.suspense_reason,
        "case": after.case_id,
        "parts": [[part.loan_id, part.instalment, part.amount.minor] for part in parts],
    }


def unassign(book: Book, effect: Mapping[str, Any], *, key: str, day: date) -> None:
    """Take money back that was matched to a case: what it paid is owed again, and it waits as it did before.

    Raises ``changed_since`` where it no longer pays what it did.
    """
    tx = book.tx
    receipt = receipts.get(tx, effect["id"], lock=True)
    parts = [Allocation(loan, number, Money(minor, receipt.currency)) for loan, number, minor in effect["parts"]]
    held = {(row.loan_id, row.instalment): row.amount_minor for row in receipts.allocations(tx, receipt.id)}
    if any(held.get((part.loan_id, part.instalment), 0) < part.amount.minor for part in parts):
        raise _changed("The receipt no longer pays what it did.")
    allocations.pay(tx, receipt, parts, sign=-1, now=book.now)
    paid = by_loan(parts, receipt.currency)
    reverse(book, effect["entry"], key=key, day=day)
    write_offs.unrecover(book, paid, cause=key, day=day, source=receipt.id)
    moved = sum(part.amount.minor for part in parts)
    left = receipt.allocated_minor - moved
    receipts.move(
        tx,
        receipt,
        case_id=receipt.case_id if left else effect["case_before"],
        allocated_minor=left,
        suspense_minor=receipt.suspense_minor + moved,
        suspense_reason=effect["reason_before"],
    )
    commissions.follow(book, receipt.id, cause=key, day=day)
    case_files.owed_again(tx, receipt.case_id, key, at=book.now, new_id=book.new_id, now=book.now)


def take_out(book: Book, receipt: Receipt, *, key: str, day: date, leaves: Leaves) -> Effect:
    """Everything that a receipt paid is owed again, and waits for another case; the effect that it is."""
    tx = book.tx
    held = [
        Allocation(row.loan_id, row.instalment, Money(row.amount_minor, receipt.currency))
        for row in receipts.allocations(tx, receipt.id)
    ]
    paid = by_loan(held, receipt.currency)
    allocations.pay(tx, receipt, held, sign=-1, now=book.now)
    back = [(account, -amount) for account, amount in allocations.receivables(tx, paid)]
    head = book.head(key, day=day, source=receipt.id)
    entry_id = book.post(bookings.suspense_applied(head, leaves=leaves, allocated=back))
    write_offs.unrecover(book, paid, cause=key, day=day, source=receipt.id)
    moved = sum(part.amount.minor for part in held)
    receipts.move(
        tx,
        receipt,
        case_id=None,
        allocated_minor=receipt.allocated_minor - moved,
        suspense_minor=receipt.suspense_minor + moved,
        suspense_reason=SuspenseReason.NO_MATCH.value,
    )
    commissions.follow(book, receipt.id, cause=key, day=day)
    case_files.owed_again(tx, receipt.case_id, key, at=book.now, new_id=book.new_id, now=book.now)
    effect = assigned(receipt, receipt, held, entry_id)
    return effect | {"kind": "taken_out"}


def _pays_again(book: Book, effect: Mapping[str, Any], *, key: str, day: date) -> None:
    tx = book.tx
    receipt = receipts.get(tx, effect["id"], lock=True)
    parts = [Allocation(loan, number, Money(minor, receipt.currency)) for loan, number, minor in effect["parts"]]
    moved = sum(part.amount.minor for part in parts)
    owed = {(row.loan_id, row.number): row for row in loans.instalments(tx, list({part.loan_id for part in parts}))}
    rows = [(owed[part.loan_id, part.instalment], part.amount.minor) for part in parts]
    if receipt.suspense_minor < moved or any(row.amount_minor - row.paid_minor < minor for row, minor in rows):
        raise _changed("The receipt does not wait any more, or the debt was paid otherwise.")
    paid = by_loan(parts, receipt.currency)
    allocations.pay(tx, receipt, parts, sign=1, now=book.now)
    write_offs.recover(book, paid, cause=key, day=day, source=receipt.id)
    reverse(book, effect["entry"], key=key, day=day)
    receipts.move(
        tx,
        receipt,
        case_id=effect["case"],
        allocated_minor=receipt.allocated_minor + moved,
        suspense_minor=receipt.suspense_minor - moved,
        suspense_reason=effect["reason_before"],
    )
    commissions.restore(book, receipt.id, cause=key, day=day)
    case_files.owed_again(tx, effect["case"], key, at=book.now, new_id=book.new_id, now=book.now)


def _collected_back(book: Book, effect: Mapping[str, Any], *, key: str, day: date) -> None:
    """What a contract was paid through an agency is owed again. Raises ``changed_since``."""
    tx = book.tx
    loan = loans.get(tx, effect["loan"], lock=True)
    paid = {row.number: row.paid_minor for row in loans.instalments(tx, [loan.id])}
    if any(paid.get(number, 0) < minor for number, minor in effect["parts"]):
        raise _changed("The contract is no longer paid as it was.")
    for number, minor in effect["parts"]:
        loans.set_paid(tx, loan_id=loan.id, number=number, paid_minor=paid[number] - minor)
    reverse(book, effect["entry"], key=key, day=day)
    moved = Money(sum(minor for _, minor in effect["parts"]), loan.currency)
    write_offs.unrecover(book, {loan.id: moved}, cause=key, day=day, source=loan.id)
    case = cases.latest_case(tx, creditor_id=loan.creditor_id, party_id=loan.party_id)
    case_files.owed_again(tx, None if case is None else case.id, key, at=book.now, new_id=book.new_id, now=book.now)


def _changed(message: str) -> Conflict:
    return Conflict("changed_since", message, fix="Undo first what was done after it.")
