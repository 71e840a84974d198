"""What a person does about a difference: give it to somebody, resolve it (which books), accept it, and undo that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from activities import creditors as opening
from activities import match_effects, receipt_orders, statement_lines
from activities.book import Book
from activities.differences import DifferenceDesk
from activities.match_decisions import MatchDesk
from activities.undoing import Effect, settle_item, take_out, undo
from domain import bookings
from domain.accounts import Role
from domain.differences import (
    STANDING,
    DifferenceKind,
    Resolution,
    check_resolution,
    check_write_off,
    undoable,
    write_off_limit,
)
from domain.errors import Conflict, Invalid, Refused
from domain.fx import RateLookup, convert
from domain.money import Money
from domain.money_events import Order
from domain.reconciliation import Leg
from store import creditors, differences, receipts, recon_items, reconciliation
from store import statement_files as files
from store.creditors import PlatformConnection
from store.differences import Difference
from store.recon_items import Item


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decisions about differences, by a person with some roles, in the caller's transaction."""

    match: MatchDesk
    roles: frozenset[str]
    rate: RateLookup

    @property
    def book(self) -> Book:
        """The book in this transaction."""
        return Book(self.match.desk.tx, self.match.desk.new_id, self.match.desk.now)

    @property
    def _desk(self) -> DifferenceDesk:
        return DifferenceDesk(self.book.tx, self.book.new_id, self.book.now)

    def assign(self, difference_id: str, *, owner: str | None, due: date | None = None) -> Difference:
        """Say who looks after a difference, and by when. Raises ``difference_not_open``."""
        difference = self._standing(difference_id)
        values: dict[str, Any] = {"owner": owner} | ({} if due is None else {"due_date": due})
        differences.change(self.book.tx, difference.id, **values)
        document = {"owner": owner, "due_date": None if due is None else due.isoformat()}
        self._note(difference, "assigned", None, document)
        return differences.get(self.book.tx, difference.id)

    def resolve(
        self, difference_id: str, resolution: Resolution, *, note: str, case_id: str | None = None
    ) -> Difference:
        """Do something about a difference; what it books is booked with it.

        Raises ``difference_not_open``, ``resolution_not_of_kind``, ``reason_missing``, ``case_missing``,
        ``write_off_above_limit``, ``line_explained``, ``line_not_searched`` and what the bookings raise.
        """
        difference = self._standing(difference_id)
        check_resolution(DifferenceKind(difference.kind), resolution, note)
        effects = self._effects(difference, resolution, note=note, case_id=case_id)
        state = {Resolution.CLAIM: "claimed", Resolution.ACCEPT: "accepted"}.get(resolution, "resolved")
        differences.change(
            self.book.tx,
            difference.id,
            state=state,
            resolution=resolution.value,
            resolved_by=self.match.actor,
            resolved_at=self.book.now,
            effects=effects,
        )
        self._note(difference, resolution.value, note, {"case_id": case_id} if case_id else {})
        return differences.get(self.book.tx, difference.id)

    def undo(self, difference_id: str, *, note: str) -> Difference:
        """Take back what was done about a difference: its entries are mirrored, and it is open again.

        Raises ``difference_open``, ``explained_by_match`` (take the match back instead), ``not_undoable``,
        ``changed_since``.
        """
        difference = self._locked(difference_id)
        if difference.resolution is None:
            raise Conflict("difference_open", "Nothing was done about it yet.")
        resolution = Resolution(difference.resolution)
        if resolution is Resolution.EXPLAINED:
            raise Refused("explained_by_match", "Its other side came.", fix="Take the match back.")
        if not undoable(DifferenceKind(difference.kind), resolution):
            raise Refused(
                "not_undoable", "What was booked is an event of the receipt by now.", fix="Correct it at the receipt."
            )
        if not note.strip():
            raise Invalid("reason_missing", "A reason is needed.", fix="Say why.")
        times = len(differences.history(self.book.tx, difference.id))
        undo(self.book, difference.effects, key=f"undo/{difference.id}/{times}", day=self.book.now.date())
        self._desk.reopen(difference, actor=self.match.actor, note=note)
        return differences.get(self.book.tx, difference.id)

    # What each resolution does --------------------------------------------------------------------------------------

    def _effects(
        self, difference: Difference, resolution: Resolution, *, note: str, case_id: str | None
    ) -> list[Effect]:
        match resolution:
            case Resolution.CLAIM | Resolution.EXPLAINED:
                return []
            case Resolution.ACCEPT:
                return self._settled(difference)
            case Resolution.BOOK_FEE | Resolution.BOOK_TAX:
                return self._taken(difference, "fee" if resolution is Resolution.BOOK_FEE else "tax", note)
            case Resolution.BOOK_LINE:
                return self._book_line(difference)
            case Resolution.WRITE_OFF:
                return [self._write_off(difference), *self._settled(difference)]
            case _:
                return self._of_receipt(difference, resolution, note=note, case_id=case_id)

    def _taken(self, difference: Difference, what: str, note: str) -> list[Effect]:
        """A fee or a tax: of a receipt that was none, or of what two reports say."""
        if difference.kind != DifferenceKind.MONEY_OUT.value:
            return [*self._kept(difference, what=what), *self._settled(difference)]
        receipt_id = self._receipt_of(difference)
        receipt_orders.explain_charge(
            self.book, self._order(difference, note), receipt_id=receipt_id, tax=what == "tax"
        )
        return []

    def _of_receipt(
        self, difference: Difference, resolution: Resolution, *, note: str, case_id: str | None
    ) -> list[Effect]:
        if resolution is Resolution.REASSIGN:
            return self._reassign(difference, note=note, case_id=case_id)
        give_back, hold = receipt_orders.give_back, receipt_orders.hold_for_another
        act = give_back if resolution is Resolution.REFUND else hold
        act(self.book, self._order(difference, note), receipt_id=self._receipt_of(difference))
        return []

    def _settled(self, difference: Difference) -> list[Effect]:
        named = (difference.item_seq, difference.other_seq)
        return [settle_item(self.book, seq) for seq in named if seq is not None]

    def _kept(self, difference: Difference, *, what: str) -> list[Effect]:
        """Book what a platform kept: of a group what it states beyond the book, else the whole difference."""
        connection = creditors.get_connection(self.book.tx, difference.connection_id)
        if difference.group_id is not None and difference.kind != DifferenceKind.AMOUNT.value:
            members = reconciliation.members(self.book.tx, [difference.group_id])[difference.group_id]
            left = [one for one in members if one.side == "left"]
            right = [one for one in members if one.side == "right"]
            fee, tax = match_effects.unbooked(left, right)
            minor = fee if what == "fee" else tax
        else:
            minor = -difference.amount_minor
        if not minor:
            return []
        leaves = self._leaves(connection, difference.currency)
        head = self.book.head(self._key(difference, what), day=difference.day, source=difference.id)
        booking = bookings.platform_fee if what == "fee" else bookings.tax_withheld
        entry = booking(head, leaves=leaves, amount=Money(minor, difference.currency))
        return [{"kind": "entry", "id": self.book.post(entry)}]

    def _write_off(self, difference: Difference) -> Effect:
        connection = creditors.get_connection(self.book.tx, difference.connection_id)
        creditor = creditors.get(self.book.tx, connection.creditor_id)
        amount = Money(difference.amount_minor, difference.currency)
        limit = write_off_limit(self.roles, creditor.settlement_currency)
        worth = abs_money(amount)
        if worth.currency != limit.currency:
            day = self.book.now.date()
            worth = convert(worth, self.rate(worth.currency, limit.currency, day)).amount
        check_write_off(worth, limit)
        entry = bookings.rounded(
            self.book.head(self._key(difference, "write_off"), day=self.book.now.date(), source=difference.id),
            leaves=self._leaves(connection, difference.currency),
            against=self._where(difference),
            difference=amount,
            limit=abs_money(amount),
        )
        return {"kind": "entry", "id": self.book.post(entry)}

    def _where(self, difference: Difference) -> Role:
        """The leaf on which the money of a difference stands, or is lacking."""
        item = self._item(difference)
        if item is None:
            return Role.BANK if difference.leg == Leg.BANK.value else Role.CLEARING
        if item.leg == Leg.PLATFORM.value:
            return Role.CLEARING
        return Role.IN_TRANSIT if item.kind == "payout" and item.side == "left" else Role.BANK

    def _book_line(self, difference: Difference) -> list[Effect]:
        """Have the intake book a line that nothing explains; it is matched with it by the next run."""
        item = self._item(difference)
        if item is None or item.line_seq is None:
            raise Invalid("line_missing", "The difference is not about a line of a file.")
        line = files.line(self.book.tx, item.line_seq)
        if line.net_minor <= 0 and item.leg == Leg.PLATFORM.value:
            raise Refused("line_takes", "The line takes money; it is no receipt.", fix="Book it as a fee or tax.")
        self.match.unexplained(item)
        connection = creditors.get_connection(self.book.tx, line.connection_id)
        statement_lines.deliver_line(self.book.tx, line, connection, new_id=self.book.new_id, now=self.book.now)
        return []

    def _reassign(self, difference: Difference, *, note: str, case_id: str | None) -> list[Effect]:
        """The receipt belongs to another case: what it paid is owed again, and it pays the other."""
        if case_id is None:
            raise Invalid("case_missing", "Say to which case the money belongs.")
        receipt = receipts.get(self.book.tx, self._receipt_of(difference), lock=True)
        key = self._key(difference, "reassign")
        effects: list[Effect] = []
        if receipt.case_id != case_id and receipt.allocated_minor:
            connection = creditors.get_connection(self.book.tx, receipt.connection_id)
            leaves = self._leaves(connection, receipt.currency)
            effects.append(take_out(self.book, receipt, key=key, day=self.book.now.date(), leaves=leaves))
            receipt = receipts.get(self.book.tx, receipt.id)
        effects.append(match_effects.assign(self.book, self._order(difference, note), receipt, case_id))
        return effects

    # Small things -----------------------------------------------------------------------------------------------------

    def _leaves(self, connection: PlatformConnection, currency: str) -> dict[Role, str]:
        child = opening.child_for(self.book, connection, currency)
        return self.book.leaves(child, Role.FEES, Role.WITHHELD, Role.ROUNDING, Role.SUSPENSE)

    def _item(self, difference: Difference) -> Item | None:
        return None if difference.item_seq is None else recon_items.get(self.book.tx, difference.item_seq)

    def _receipt_of(self, difference: Difference) -> str:
        if difference.receipt_id is None:
            raise Invalid("receipt_missing", "The difference is not about a receipt.")
        return difference.receipt_id

    def _order(self, difference: Difference, note: str) -> Order:
        return Order(self._key(difference, "order"), self.match.actor, note, self.book.now.date())

    def _key(self, difference: Difference, what: str) -> str:
        """A name for what is booked, of its own each time that the difference is resolved again."""
        times = len(differences.history(self.book.tx, difference.id))
        return f"difference/{difference.id}/{times}/{what}"

    def _locked(self, difference_id: str) -> Difference:
        difference = differences.get(self.book.tx, difference_id)
        reconciliation.lock_context(self.book.tx, difference.creditor_id)
        return differences.get(self.book.tx, difference_id, lock=True)

    def _standing(self, difference_id: str) -> Difference:
        difference = self._locked(difference_id)
        if difference.state not in STANDING:
            raise Conflict("difference_not_open", f"The difference is {difference.state}.", fix="Undo that first.")
        return difference

    def _note(self, difference: Difference, kind: str, note: str | None, document: Mapping[str, Any]) -> None:
        differences.note(
            self.book.tx,
            difference,
            kind=kind,
            actor=self.match.actor,
            at=self.book.now,
            text_=note,
            document_=document,
        )


def abs_money(amount: Money) -> Money:
    """An amount without its sign."""
    return Money(abs(amount.minor), amount.currency)
