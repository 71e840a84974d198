"""What a decision would book: it is carried out and taken back, so that a person sees its entries before they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from domain.errors import AfluenteError
from ledger import accounts, posting
from ledger.posting import BookedEntry


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The entries that would be booked, with their accounts' names, or why the decision would be refused."""

    entries: tuple[BookedEntry, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    refused: AfluenteError | None = None

    @property
    def mark(self) -> str:
        """What the entries come to: the same mark means that the same would be booked."""
        lines = (
            f"{line.account_id}:{line.amount.minor}{line.amount.currency}"
            for booked in self.entries
            for line in booked.entry.postings
        )
        return "|".join(sorted(lines))


def rehearse(tx: Connection, act: Callable[[], object], *, sources: Sequence[str]) -> Rehearsal:
    """Carry a decision out and take it back; ``sources`` are what its entries would be booked for."""
    before = {booked.entry.id for source in sources for booked in posting.of_source(tx, source)}
    attempt = tx.begin_nested()
    try:
        act()
        entries = tuple(
            booked for source in sources for booked in posting.of_source(tx, source) if booked.entry.id not in before
        )
        touched = {line.account_id for booked in entries for line in booked.entry.postings}
        return Rehearsal(entries, {one: accounts.get(tx, one).name for one in touched})
    except AfluenteError as error:
        return Rehearsal(refused=error)
    finally:
        attempt.rollback()
