"""What follows in the book from money that was found to be the same: fees, batches that arrived, money that waited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from activities import advices, receipt_orders
from activities import creditors as opening
from activities.book import Book
from activities.undoing import Effect, arrived, assigned, set_back, settle_item
from domain import bookings
from domain.accounts import Role
from domain.errors import Conflict, Refused
from domain.matching.rules import RuleSet
from domain.money import Money
from domain.money_events import Order
from domain.reconciliation import Leg, Policy, fee_agrees, fee_expected
from ledger import balances
from store import cases, creditors, expected, money_events, payouts, receipts, recon_items
from store import statement_files as files
from store.payouts import Payout
from store.receipts import Receipt
from store.reconciliation import MatchGroup, Member

_WITH_FEES: Final = frozenset({"payment", "refund", "chargeback", "chargeback_won", "returned", "reversal"})


def apply(book: Book, group: MatchGroup, members: Sequence[Member], *, rules: RuleSet, policy: Policy) -> list[Effect]:
    """Book what follows from a group that is confirmed; the effects, in order, by which it can be undone.

    Raises what the bookings raise, ``fee_not_agreed``, ``line_booked_already``, ``changed_since`` and
    ``match_of_two_cases``.
    """
    left = [one for one in members if one.side == "left"]
    right = [one for one in members if one.side == "right"]
    match Leg(group.leg):
        case Leg.PLATFORM:
            return _platform(book, group, left, right, rules=rules, policy=policy)
        case Leg.BANK:
            return _bank(book, group, left, right)
        case Leg.TRANSIT:
            return _transit(book, group, left, right)
        case Leg.EXPECTED:
            return _expected(book, group, left, right)


# At the platform ------------------------------------------------------------------------------------------------------


def unbooked(left: Sequence[Member], right: Sequence[Member]) -> tuple[int, int]:
    """The fee and tax that a report states beyond what the book has of the same payments, in minor units."""
    if not left or not all(one.kind in _WITH_FEES for one in left):
        return 0, 0
    fee = sum(one.fee_minor for one in right) - sum(one.fee_minor for one in left)
    return fee, sum(one.tax_minor for one in right) - sum(one.tax_minor for one in left)


def _platform(
    book: Book,
    group: MatchGroup,
    left: Sequence[Member],
    right: Sequence[Member],
    *,
    rules: RuleSet,
    policy: Policy,
) -> list[Effect]:
    fee, tax = unbooked(left, right)
    disagreeing = not_agreed(left, right, rules=rules, policy=policy)
    effects: list[Effect] = []
    for what, minor in (("fee", fee), ("tax", tax)):
        if minor and what not in disagreeing:
            effects.append(kept_by_platform(book, group, right, what=what, minor=minor))
    return effects


def not_agreed(
    left: Sequence[Member], right: Sequence[Member], *, rules: RuleSet, policy: Policy
) -> dict[str, tuple[int, int | None]]:
    """What of fee and tax is beyond the contract: what is stated, and what the contract says."""
    gross = sum(abs(one.amount_minor) for one in right)
    kind = left[0].kind if left else "payment"
    found: dict[str, tuple[int, int | None]] = {}
    for what, beyond in zip(("fee", "tax"), unbooked(left, right), strict=True):
        stated = sum(one.fee_minor if what == "fee" else one.tax_minor for one in right)
        says = fee_expected(rules, kind=kind, gross_minor=gross, what=what)
        agreed = fee_agrees(policy, gross_minor=gross, stated_minor=stated, expected_minor=says)
        if beyond and not agreed:
            found[what] = (stated, says)
    return found


def kept_by_platform(book: Book, group: MatchGroup, right: Sequence[Member], *, what: str, minor: int) -> Effect:
    """Book a fee or tax that a report states and the book has not."""
    connection = creditors.get_connection(book.tx, group.connection_id)
    leaves = book.leaves(opening.child_for(book, connection, group.currency), Role.FEES, Role.WITHHELD, Role.CLEARING)
    head = book.head(f"match/{group.id}/{what}", day=max(one.day for one in right), source=group.id)
    booking = bookings.platform_fee if what == "fee" else bookings.tax_withheld
    return {"kind": "entry", "id": book.post(booking(head, leaves=leaves, amount=Money(minor, group.currency)))}


# At the bank ----------------------------------------------------------------------------------------------------------


def _bank(book: Book, group: MatchGroup, left: Sequence[Member], right: Sequence[Member]) -> list[Effect]:
    """Batches on their way have arrived; where the intake booked that by the batch's name, nothing follows."""
    sent = _sent(book, left)
    if not sent or not right:
        return []
    connection_id = right[0].connection_id
    for line in _lines(book, right):
        if receipts.by_external(book.tx, connection_id=connection_id, external_ref=line):
            raise Conflict(
                "line_booked_already",
                "The line is booked as a receipt that waits.",
                fix="Match the batch with the receipt.",
            )
    came = Money(sum(one.amount_minor - one.fee_minor - one.tax_minor for one in right), group.currency)
    ref = f"{connection_id}/{_lines(book, right)[0]}"
    return _arrive(book, group, sent, came=came, day=max(one.day for one in right), ref=ref, bank_of=connection_id)


def _lines(book: Book, right: Sequence[Member]) -> list[str]:
    return [files.line(book.tx, one.line_seq).identity for one in right if one.line_seq is not None]


def _sent(book: Book, left: Sequence[Member]) -> list[Payout]:
    found = [payouts.get(book.tx, one.ref, lock=True) for one in left if one.kind == "payout"]
    return [payout for payout in found if payout.state == "sent"]


def _arrive(
    book: Book, group: MatchGroup, sent: Sequence[Payout], *, came: Money, day: date, ref: str, bank_of: str
) -> list[Effect]:
    """Book each batch as arrived in the bank of a connection; what banks on the way took is of the last one."""
    bank = creditors.get_connection(book.tx, bank_of)
    ours = book.leaves(opening.child_for(book, bank, came.currency), Role.BANK)
    rest = came.minor
    effects: list[Effect] = []
    for place, payout in enumerate(sent, start=1):
        part = rest if place == len(sent) else min(rest, payout.net_minor)
        rest -= part
        sender = creditors.get_connection(book.tx, payout.connection_id)
        theirs = book.leaves(opening.child_for(book, sender, came.currency), Role.FEES, Role.IN_TRANSIT)
        entry = bookings.settlement_arrived(
            book.head(f"match/{group.id}/{payout.id}", day=day, source=payout.id),
            leaves={**theirs, Role.BANK: ours[Role.BANK]},
            arrived=Money(part, came.currency),
            expected=Money(payout.net_minor, came.currency),
        )
        effects.append({"kind": "entry", "id": book.post(entry)})
        effects.append(arrived(book.tx, payout, minor=part, ref=ref))
    return effects


# What waits -----------------------------------------------------------------------------------------------------------


def waiting(book: Book, right: Sequence[Member]) -> list[Receipt]:
    """The receipts of a group that wait; ``changed_since`` where one does no longer, or not as much."""
    found = [receipts.get(book.tx, one.ref.partition("/")[0], lock=True) for one in right]
    for receipt, one in zip(found, right, strict=True):
        if receipt.suspense_minor != one.amount_minor:
            raise Conflict("changed_since", "The receipt does not wait any more as it did.", fix="Run again.")
    return found


def _transit(book: Book, group: MatchGroup, left: Sequence[Member], right: Sequence[Member]) -> list[Effect]:
    """Bank receipts that waited were batches of a platform: taken back as receipts, booked as arrived."""
    found = waiting(book, right)
    sent = _sent(book, left)
    if len(sent) != len(left):
        raise Conflict("changed_since", "A batch of the group is not on its way any more.", fix="Run again.")
    effects: list[Effect] = []
    for receipt in found:
        effects += set_back(book, receipt, key=f"match/{group.id}/{receipt.id}", day=receipt.value_date)
    first = found[0]
    came = Money(sum(receipt.amount_minor for receipt in found), group.currency)
    ref = f"{first.connection_id}/{first.external_ref}"
    day = max(receipt.value_date for receipt in found)
    effects += _arrive(book, group, sent, came=came, day=day, ref=ref, bank_of=first.connection_id)
    numbers = recon_items.numbers(book.tx, Leg.BANK, [payout.id for payout in sent])
    effects += [settle_item(book, seq) for seq, _ in numbers.values()]
    return effects


def _expected(book: Book, group: MatchGroup, left: Sequence[Member], right: Sequence[Member]) -> list[Effect]:
    if all(one.kind == "agency" for one in left):
        return _remitted(book, group, left, right)
    found = waiting(book, right)
    if any(one.line_seq is not None for one in left):
        return advices.arrived(book, group, left, found)
    case_ids = {expected.case_of(book.tx, one.ref) for one in left}
    if len(case_ids) != 1 or None in case_ids:
        raise Refused("match_of_two_cases", "What is expected is of more than one case, or of none.", fix="Split it.")
    (case_id,) = case_ids
    order = Order(f"match/{group.id}", group.decided_by or group.made_by, "matched", book.now.date())
    return [assign(book, order, receipt, case_id or "") for receipt in found]


def assign(book: Book, order: Order, receipt: Receipt, case_id: str, *, amount: Money | None = None) -> Effect:
    """Match money that waits to a case, as a person would; the effect by which it can be undone."""
    wanted = amount or Money(receipt.suspense_minor, receipt.currency)
    debt = receipt_orders.preview(book.tx, receipt, cases.get(book.tx, case_id, lock=True), amount=wanted)
    named = Order(f"{order.event_id}/{receipt.id}", order.actor, order.reason, order.day)
    event = receipt_orders.assign(book, named, receipt_id=receipt.id, case_id=case_id, amount=wanted)
    return assigned(receipt, receipts.get(book.tx, receipt.id), debt.parts, event.entry_id)


def _remitted(book: Book, group: MatchGroup, left: Sequence[Member], right: Sequence[Member]) -> list[Effect]:
    """Bank receipts that waited are what an agency had reported: taken back as receipts, booked as handed over."""
    found = waiting(book, right)
    agencies = {money_events.subject_of(book.tx, one.ref) for one in left}
    if len(agencies) != 1:
        raise Refused("match_of_two_agencies", "The reports are of more than one agency's account.", fix="Split it.")
    (account_id,) = agencies
    collected = Money(sum(one.amount_minor for one in left), group.currency)
    came = Money(sum(receipt.amount_minor for receipt in found), group.currency)
    theirs = book.leaves(account_id, Role.EXPECTED_RECEIPT, Role.COMMISSION_PAYABLE, Role.WITHHELD)
    owed = balances.of_leaf(book.tx, theirs[Role.COMMISSION_PAYABLE])
    if not 0 <= (collected - came).minor <= -owed.minor:
        raise Refused("remittance_short", f"{came} came of {collected}; the commission owed does not explain the rest.")
    effects: list[Effect] = []
    for receipt in found:
        effects += set_back(book, receipt, key=f"match/{group.id}/{receipt.id}", day=receipt.value_date)
    bank = creditors.get_connection(book.tx, found[0].connection_id)
    ours = book.leaves(opening.child_for(book, bank, group.currency), Role.BANK)
    entry = bookings.agency_remitted(
        book.head(f"match/{group.id}", day=max(receipt.value_date for receipt in found), source=group.id),
        leaves={**theirs, Role.BANK: ours[Role.BANK]},
        collected=collected,
        commission_kept=collected - came,
    )
    return [*effects, {"kind": "entry", "id": book.post(entry)}]
