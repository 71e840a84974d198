"""Contested payments: the money is held back, then given free again or lost, and the case is told each time.

While a contest is open the debt is not owed again: the payer paid, and the platform only holds the money back. When
it is lost, what the receipt paid is undone; what the receipt no longer held (a refund went before) the creditor bears.
"""

from __future__ import annotations

from dataclasses import replace

from activities import allocations, commissions, write_offs
from activities.receipts import Recorder
from domain import bookings
from domain.accounts import Role
from domain.errors import Invalid, NotFound
from domain.money import Money, zero
from domain.receipts import ContestFact, ContestPhase, ReceiptFact
from store import cases, contests, receipts, timeline
from store.contests import Contest
from store.receipts import Receipt


def record(recorder: Recorder, fact: ContestFact) -> str | None:
    """Record how far a contest has come; the case concerned, or ``None`` where nothing is new.

    Of two facts the later one counts. An end that comes before its opening opens and ends it at once. Raises
    ``receipt_unknown`` if the receipt is not here yet, and ``contest_exceeds_receipt``.
    """
    receipt = recorder.original(fact.original_ref)
    if receipt is None:
        raise NotFound("receipt_unknown", f"The receipt that {fact.external_ref} contests has not arrived.")
    known = contests.by_external(recorder.tx, connection_id=recorder.connection.id, external_ref=fact.external_ref)
    if known is None:
        known = _open(recorder, receipt, fact)
    elif fact.phase is ContestPhase.OPENED or fact.phase.value == known.state or fact.at < known.told_at:
        return None
    elif known.state == ContestPhase.LOST.value:
        return _reinstated(recorder, receipt, known, fact)
    elif known.state == ContestPhase.WON.value:
        known = _hold_back(recorder, receipt, replace(known, round=known.round + 1), fact)
    if fact.phase is ContestPhase.OPENED:
        return _tell(recorder, receipt, "receipt_contested", fact, known)
    receipt = receipts.get(recorder.tx, receipt.id)
    _book_further_fee(recorder, receipt, known, fact)
    end = _win if fact.phase is ContestPhase.WON else _lose
    return end(recorder, receipt, known, fact)


def _open(recorder: Recorder, receipt: Receipt, fact: ContestFact) -> Contest:
    left = receipt.amount_minor - contests.standing(recorder.tx, receipt.id)
    if fact.amount.currency != receipt.currency or not 0 < fact.amount.minor <= left:
        raise Invalid(
            "contest_exceeds_receipt",
            f"{fact.amount} cannot be contested of a receipt of which {Money(left, receipt.currency)} is not yet.",
            fix="Check the platform's event; nothing was booked.",
        )
    contest = Contest(
        id=recorder.new_id("contest"),
        tenant_id=receipt.tenant_id,
        connection_id=recorder.connection.id,
        inbox_id=recorder.inbox_id,
        receipt_id=receipt.id,
        external_ref=fact.external_ref,
        kind=fact.kind.value,
        amount_minor=fact.amount.minor,
        fee_minor=0,
        currency=fact.amount.currency,
        state=ContestPhase.OPENED.value,
        round=1,
        reason=fact.reason,
        told_at=fact.at,
        created_at=recorder.now,
    )
    contests.add(recorder.tx, contest)
    return _hold_back(recorder, receipt, contest, fact)


def _hold_back(recorder: Recorder, receipt: Receipt, contest: Contest, fact: ContestFact) -> Contest:
    """Book the opening, with the fee that was not booked yet."""
    fee = _further_fee(contest, fact)
    entry = bookings.contested(
        recorder.book.head(_key(contest, "opened"), day=fact.value_date, source=receipt.id),
        leaves=recorder.leaves(contest.currency, Role.CHARGEBACK_RESERVE),
        kind=contest.kind,
        amount=Money(contest.amount_minor, contest.currency),
        fee=fee,
        to_bank=receipt.to_bank,
    )
    recorder.book.post(entry)
    receipts.move(recorder.tx, receipt, contested_minor=receipt.contested_minor + contest.amount_minor)
    booked = replace(contest, state=ContestPhase.OPENED.value, fee_minor=contest.fee_minor + fee.minor, told_at=fact.at)
    _note(recorder, booked)
    return booked


def _further_fee(contest: Contest, fact: ContestFact) -> Money:
    """What the contest costs beyond what was booked of it; negative where the platform gave some back."""
    if fact.fee is None:
        return zero(contest.currency)
    return fact.fee - Money(contest.fee_minor, contest.currency)


def _book_further_fee(recorder: Recorder, receipt: Receipt, contest: Contest, fact: ContestFact) -> None:
    further = _further_fee(contest, fact)
    if further:
        entry = bookings.platform_fee(
            recorder.book.head(_key(contest, f"{fact.phase.value}/fee"), day=fact.value_date, source=receipt.id),
            leaves=recorder.leaves(contest.currency),
            amount=further,
        )
        recorder.book.post(entry)
    ended = replace(contest, state=fact.phase.value, fee_minor=contest.fee_minor + further.minor, told_at=fact.at)
    _note(recorder, ended)


def _win(recorder: Recorder, receipt: Receipt, contest: Contest, fact: ContestFact) -> str | None:
    entry = bookings.contest_won(
        recorder.book.head(_key(contest, "won"), day=fact.value_date, source=receipt.id),
        leaves=recorder.leaves(contest.currency, Role.CHARGEBACK_RESERVE),
        kind=contest.kind,
        amount=Money(contest.amount_minor, contest.currency),
        to_bank=receipt.to_bank,
    )
    recorder.book.post(entry)
    receipts.move(recorder.tx, receipt, contested_minor=receipt.contested_minor - contest.amount_minor)
    return _tell(recorder, receipt, "contest_won", fact, contest)


def _lose(recorder: Recorder, receipt: Receipt, contest: Contest, fact: ContestFact) -> str | None:
    tx, book = recorder.tx, recorder.book
    amount = Money(contest.amount_minor, contest.currency)
    taken = allocations.take_back(tx, receipt, amount, now=recorder.now)
    entry = bookings.contest_lost(
        book.head(_key(contest, "lost"), day=fact.value_date, source=receipt.id),
        leaves=recorder.leaves(contest.currency, Role.CHARGEBACK_RESERVE, Role.CHARGEBACK_LOSS),
        kind=contest.kind,
        unallocated=allocations.receivables(tx, taken.unallocated),
        from_suspense=taken.from_suspense,
        borne=taken.lacking,
    )
    book.post(entry)
    write_offs.unrecover(book, taken.unallocated, cause=_key(contest, "lost"), day=fact.value_date, source=receipt.id)
    unpaid = (amount - taken.from_suspense - taken.lacking).minor
    receipts.move(
        tx,
        receipt,
        contested_minor=receipt.contested_minor - amount.minor,
        suspense_minor=receipt.suspense_minor - taken.from_suspense.minor,
        allocated_minor=receipt.allocated_minor - unpaid,
        reversed_minor=receipt.reversed_minor + (amount - taken.lacking).minor,
    )
    commissions.follow(book, receipt.id, cause=_key(contest, "lost"), day=fact.value_date)
    return recorder.owed_again(receipt, f"{contest.external_ref}/{contest.round}", at=fact.at)


def _reinstated(recorder: Recorder, receipt: Receipt, contest: Contest, fact: ContestFact) -> str | None:
    """A lost contest was won after all: what had gone is money of its own that arrives, and finds the same debt."""
    back = ReceiptFact(
        external_ref=f"{contest.external_ref}:reinstated/{contest.round}",
        amount=Money(contest.amount_minor, contest.currency),
        at=fact.at,
        value_date=fact.value_date,
        references=tuple(dict.fromkeys((*receipt.references, fact.original_ref))),
        payer_name=receipt.payer_name,
        to_bank=receipt.to_bank,
    )
    _book_further_fee(recorder, receipt, contest, fact)
    return recorder.receipt(back)


def _tell(recorder: Recorder, receipt: Receipt, kind: str, fact: ContestFact, contest: Contest) -> str | None:
    """The receipt's case is told, and its history says how much is contested and why."""
    case_id = recorder.tell(receipt, kind, f"{contest.external_ref}/{contest.round}", at=fact.at)
    if case_id is not None:
        amount = str(Money(contest.amount_minor, contest.currency))
        timeline.note(
            recorder.tx,
            cases.get(recorder.tx, case_id),
            at=recorder.now,
            actor="system",
            kind=kind,
            detail={"amount": amount, "receipt": receipt.id, "message": fact.reason},
        )
    return case_id


def _note(recorder: Recorder, contest: Contest) -> None:
    contests.change(
        recorder.tx,
        contest.id,
        state=contest.state,
        round=contest.round,
        fee_minor=contest.fee_minor,
        told_at=contest.told_at,
    )


def _key(contest: Contest, phase: str) -> str:
    return f"contest/{contest.connection_id}/{contest.external_ref}/{contest.round}/{phase}"
