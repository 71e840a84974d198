"""The accounting manual, second part: sweeps from child accounts to their parent, exchange and its result.

Currencies are exchanged through position accounts, one in each currency under the treasury of the parent, so that
every entry comes to zero in each currency. The spread is a line of its own: what a bank kept cannot be told afterwards
from two amounts alone (the practice that TigerBeetle's documentation recommends for currency exchange).
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.accounts import Role
from domain.bookings import Head, Leaves, entry
from domain.errors import Invalid
from domain.journal import JournalEntry
from domain.money import Money, zero


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a bank gives for money swept: ``brought`` arrives, ``at_middle`` is the same at the middle rate."""

    brought: Money
    at_middle: Money

    def __post_init__(self) -> None:
        if self.brought.currency != self.at_middle.currency:
            raise Invalid("currency_mismatch", f"{self.brought} and {self.at_middle} are of two currencies.")


@dataclass(frozen=True, slots=True)
class Between:
    """The two accounts of a sweep from one legal entity to another: due from the parent, and due to the child."""

    child_side: str
    parent_side: str


def sweep_sent(
    head: Head, *, child: Leaves, treasury: Leaves, amount: Money, between: Between | None = None
) -> JournalEntry:
    """Money of a child account is on its way to the parent, in its own currency.

    =======================================  =======================================
    debit                                    credit
    =======================================  =======================================
    in_transit of the treasury               bank of the child
    intercompany of the child (two entities) intercompany of the treasury
    =======================================  =======================================
    """
    lines = [(treasury[Role.IN_TRANSIT], amount), (child[Role.BANK], -amount)]
    return entry(head, "sweep_sent", [*lines, *_between(between, amount)])


def sweep_exchanged(
    head: Head,
    *,
    child: Leaves,
    treasury_from: Leaves,
    treasury_into: Leaves,
    amount: Money,
    exchange: Exchange,
    between: Between | None = None,
) -> JournalEntry:
    """Money of a child account is exchanged and on its way to the parent.

    ==============================================  ==============================================
    debit                                           credit
    ==============================================  ==============================================
    fx_position (child's currency)                  bank of the child
    in_transit (parent's currency, brought)         fx_position (parent's currency, at the middle)
    fx_spread (parent's currency, the difference)
    intercompany of the child (two entities)        intercompany of the treasury
    ==============================================  ==============================================

    A bank that pays above the middle rate turns the spread to the credit side.
    """
    lines = [
        (treasury_from[Role.FX_POSITION], amount),
        (child[Role.BANK], -amount),
        (treasury_into[Role.IN_TRANSIT], exchange.brought),
        (treasury_into[Role.FX_SPREAD], exchange.at_middle - exchange.brought),
        (treasury_into[Role.FX_POSITION], -exchange.at_middle),
    ]
    return entry(head, "sweep_exchanged", [*lines, *_between(between, amount)])


def sweep_arrived(head: Head, *, treasury: Leaves, expected: Money, arrived: Money) -> JournalEntry:
    """The parent's bank confirms a sweep; what banks on the way took is a fee.

    ============================  ======================
    debit                         credit
    ============================  ======================
    bank (arrived)                in_transit (expected)
    fees (expected less arrived)
    ============================  ======================
    """
    lines = [
        (treasury[Role.BANK], arrived),
        (treasury[Role.FEES], expected - arrived),
        (treasury[Role.IN_TRANSIT], -expected),
    ]
    return entry(head, "sweep_arrived", lines)


def fx_realised(head: Head, *, treasury: Leaves, gain: Money) -> JournalEntry:
    """Money was exchanged at another rate than it had arrived at: a gain, or (negative) a loss.

    ======================  ======================
    debit                   credit
    ======================  ======================
    fx_position (gain)      fx_result (gain)
    fx_result (loss)        fx_position (loss)
    ======================  ======================
    """
    return entry(head, "fx_realised", [(treasury[Role.FX_POSITION], gain), (treasury[Role.FX_RESULT], -gain)])


def revalued(head: Head, *, treasury: Leaves, change: Money) -> JournalEntry:
    """What is held in other currencies is worth more at a day's close, or (negative) less, than it was carried at.

    ==========================  ==========================
    debit                       credit
    ==========================  ==========================
    fx_revaluation (more)       fx_unrealised (more)
    fx_unrealised (less)        fx_revaluation (less)
    ==========================  ==========================
    """
    return entry(
        head, "revaluation", [(treasury[Role.FX_REVALUATION], change), (treasury[Role.FX_UNREALISED], -change)]
    )


def _between(between: Between | None, amount: Money) -> list[tuple[str, Money]]:
    if between is None:
        return []
    return [(between.child_side, amount), (between.parent_side, zero(amount.currency) - amount)]
