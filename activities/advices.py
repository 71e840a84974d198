"""An agency's advice whose money arrived: each line pays its contract through the agency, which kept its commission.

An advice books nothing when it is handed in. When the transfer that it announces is matched with its lines, what the
debtors paid to the agency is booked as collected, the commission as earned, and the transfer as handed over; so the
agency owes nothing of it any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from activities import creditors as opening
from activities import money_events
from activities.book import Book
from activities.undoing import Effect, set_back
from domain import bookings
from domain.accounts import Role
from domain.bookings import Leaves
from domain.errors import Refused
from domain.money import Money
from store import creditors, loans
from store import statement_files as files
from store.creditors import PlatformConnection
from store.receipts import Receipt
from store.reconciliation import MatchGroup, Member
from store.statement_files import SourceLine


def arrived(book: Book, group: MatchGroup, left: Sequence[Member], found: Sequence[Receipt]) -> list[Effect]:
    """Book what follows from lines of advices that are the receipts found; the effects, in order.

    Raises ``match_of_two_agencies``, ``remittance_short``, ``advice_line_takes``, ``advice_names_no_contract``,
    ``agency_report_exceeds_debt`` and ``changed_since``.
    """
    lines = [files.line(book.tx, one.line_seq) for one in left if one.line_seq is not None]
    named = {line.connection_id for line in lines}
    if len(lines) != len(left) or len(named) != 1:
        raise Refused("match_of_two_agencies", "What is expected is not all of one agency's advice.", fix="Split it.")
    agency = creditors.get_connection(book.tx, named.pop())
    came = Money(sum(receipt.amount_minor for receipt in found), group.currency)
    announced = Money(sum(line.net_minor for line in lines), group.currency)
    if came != announced:
        raise Refused("remittance_short", f"{came} came of the {announced} that the advice announces.")
    leaves = book.leaves(
        opening.child_for(book, agency, group.currency),
        Role.EXPECTED_RECEIPT,
        Role.COMMISSION,
        Role.COMMISSION_PAYABLE,
        Role.WITHHELD,
    )
    effects = [_collected(book, group, line, agency, leaves) for line in lines]
    for receipt in found:
        effects += set_back(book, receipt, key=f"match/{group.id}/{receipt.id}", day=receipt.value_date)
    return [*effects, *_handed_over(book, group, lines, found, leaves)]


def _collected(book: Book, group: MatchGroup, line: SourceLine, agency: PlatformConnection, leaves: Leaves) -> Effect:
    if line.gross_minor <= 0:
        raise Refused("advice_line_takes", f"Line {line.line_no} takes money back.", fix="Book it by hand first.")
    names = [name for name in (*line.references, line.external_id) if name]
    known = (loans.by_contract(book.tx, creditor_id=agency.creditor_id, contract_no=name) for name in names)
    found = next((loan for loan in known if loan is not None), None)
    if found is None:
        raise Refused(
            "advice_names_no_contract",
            f"Line {line.line_no} names no contract of the creditor: {', '.join(names)[:200]}.",
            fix="Ask the agency for the contract's number.",
        )
    loan = loans.get(book.tx, found.id, lock=True)
    head = book.head(f"match/{group.id}/line/{line.seq}", day=line.value_date, source=group.id)
    amount = Money(line.gross_minor, line.currency)
    entry, parts = money_events.collected_by_agency(book, head, loan, amount, leaves)
    return {
        "kind": "collected",
        "entry": book.post(entry),
        "loan": loan.id,
        "parts": [[part.instalment, part.amount.minor] for part in parts],
    }


def _handed_over(
    book: Book, group: MatchGroup, lines: Sequence[SourceLine], found: Sequence[Receipt], leaves: Leaves
) -> list[Effect]:
    """The commission that the agency kept is earned, and the rest has arrived in the bank of the receipts."""
    gross, fee, tax = (
        Money(sum(getattr(line, f"{what}_minor") for line in lines), group.currency) for what in ("gross", "fee", "tax")
    )
    day = max(receipt.value_date for receipt in found)
    bank = creditors.get_connection(book.tx, found[0].connection_id)
    ours = book.leaves(opening.child_for(book, bank, group.currency), Role.BANK)
    effects: list[Effect] = []
    if fee:
        head = book.head(f"match/{group.id}/commission", day=day, source=group.id)
        earned = bookings.commission_accrued(head, leaves=leaves, amount=fee)
        effects.append({"kind": "entry", "id": book.post(earned)})
    remitted = bookings.agency_remitted(
        book.head(f"match/{group.id}", day=day, source=group.id),
        leaves={**leaves, Role.BANK: ours[Role.BANK]},
        collected=gross,
        commission_kept=fee,
        withheld=tax,
    )
    return [*effects, {"kind": "entry", "id": book.post(remitted)}]
