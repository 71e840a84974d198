"""What each rule of cash sweeps would do now: the facts it is judged by, and the plan or the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from connectors import banking_days, registry
from connectors.rates import treasury
from connectors.rates.book import RateBook
from domain.accounts import Account, AccountState, Role
from domain.errors import AfluenteError, Invalid
from domain.money import Money
from domain.remittance import Remittance
from domain.sweeps import (
    FxPolicy,
    NotNow,
    Price,
    Priceless,
    Reason,
    RuleStatus,
    Situation,
    SweepPlan,
    SweepRule,
    plan,
)
from ledger import account_states, accounts, reservations
from store import bank_accounts, creditors, sweep_runs, sweeps
from store.sweeps import StoredRule


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a sweep starts and ends: the child account with its leaves, and the parent that it hangs under."""

    child: Account
    leaves: dict[Role, str]
    parent: Account

    @property
    def bank(self) -> str:
        """The child's bank leaf."""
        return self.leaves[Role.BANK]


@dataclass(frozen=True, slots=True)
class Prospect:
    """A rule with what it would do now; ``error`` where it could not be asked. ``available`` is in the bank leaf."""

    stored: StoredRule
    ends: Ends
    available: Money
    answer: SweepPlan | NotNow | None
    error: AfluenteError | None = None


def ends_of(tx: Connection, child_account_id: str) -> Ends:
    """Both ends of a child account's sweeps; raises ``account_unknown`` and ``account_not_sweepable``."""
    child = accounts.get(tx, child_account_id)
    leaves = accounts.leaves_of(tx, child.id)
    if child.role is not Role.CHILD or Role.BANK not in leaves or child.country is None:
        raise Invalid(
            "account_not_sweepable",
            f"{child.name} is no child account with money in a bank.",
            fix="Name a child account.",
        )
    creditor = creditors.get(tx, child.creditor_id)
    return Ends(child, leaves, accounts.get(tx, creditor.parent_account_id))


def remittance_of(country: str | None) -> Remittance | None:
    """What a country asks of money that leaves it, or ``None`` where nothing is known."""
    found = registry.countries().get(country or "")
    return None if found is None else found.remittance


def outlook(
    tx: Connection, stored: StoredRule, ends: Ends, *, book: RateBook, now: datetime, by_hand: bool = False
) -> SweepPlan | NotNow:
    """What a rule would do now; raises what its calendars raise."""
    return plan(stored.rule, situation(tx, stored, ends, book=book, now=now, by_hand=by_hand), now=now)


def survey(tx: Connection, rules: Sequence[StoredRule], *, book: RateBook, now: datetime) -> list[Prospect]:
    """What rules would do now, each for itself; retired ones are left out."""
    return [
        _prospect(tx, stored, book=book, now=now) for stored in rules if stored.rule.status is not RuleStatus.RETIRED
    ]


def _prospect(tx: Connection, stored: StoredRule, *, book: RateBook, now: datetime) -> Prospect:
    ends = ends_of(tx, stored.rule.child_account_id)
    available = reservations.available(tx, ends.bank).least
    try:
        return Prospect(stored, ends, available, outlook(tx, stored, ends, book=book, now=now))
    except AfluenteError as error:
        return Prospect(stored, ends, available, None, error)


def situation(
    tx: Connection, stored: StoredRule, ends: Ends, *, book: RateBook, now: datetime, by_hand: bool = False
) -> Situation:
    """The facts that a rule is judged by."""
    rule = stored.rule
    day = rule.schedule.today(now)
    in_bank = reservations.available(tx, ends.bank)
    ran, failed = sweep_runs.dates(tx, rule.id, day)
    stated = treasury.of_tenant(book, tx)
    country = registry.country(str(ends.child.country))
    return Situation(
        available=in_bank.least,
        floor=in_bank.floor,
        frozen=account_states.state_of(tx, ends.bank) is not AccountState.OPEN,
        parent_currency=ends.parent.currency,
        is_business_day=banking_days.between(country.code, ends.parent.currency),
        convert=lambda amount, currency: _converted(stated, amount, currency, day),
        crosses_border=_crosses_border(tx, rule, ends),
        remittance=country.remittance,
        local_currency=country.currency,
        documents=tuple(paper.held for paper in sweeps.documents(tx, rule.id)),
        price=price_of(tx, rule, ends, book=book, now=now),
        ran=frozenset({day} if ran else ()),
        failed=frozenset({day} if failed else ()),
        in_transit_since=sweep_runs.oldest_on_its_way(tx, rule.id),
        by_hand=by_hand,
    )


def _crosses_border(tx: Connection, rule: SweepRule, ends: Ends) -> bool:
    """Whether money leaves the child's country: to where the parent's bank is, or else the creditor."""
    leaf = accounts.treasury_of(tx, ends.parent.id, rule.into(ends.parent.currency)).get(Role.BANK)
    known = bank_accounts.find(tx, [leaf]).get(leaf) if leaf is not None else None
    home = known.country if known is not None else creditors.get(tx, ends.child.creditor_id).country
    return home != ends.child.country


def _converted(book: RateBook, amount: Money, currency: str, day: date) -> Money | None:
    try:
        return book.convert(amount, currency, day).amount
    except AfluenteError:
        return None


def price_of(tx: Connection, rule: SweepRule, ends: Ends, *, book: RateBook, now: datetime) -> Price | Priceless | None:
    """What an exchange would bring now by the rule's policy; ``None`` where nothing is exchanged."""
    base, quote = rule.currency, ends.parent.currency
    match rule.fx_policy:
        case FxPolicy.NONE | FxPolicy.HOLD:
            return None
        case FxPolicy.QUOTED:
            found = sweeps.usable_quote(tx, base, quote, at=now)
            if found is None:
                return Priceless(Reason.RATE_MISSING, f"Treasury has no quote from {base} to {quote} that is good now.")
            return Price(base, quote, found.rate, found.mid, found.source, found.quoted_at.date(), found.id)
        case FxPolicy.RATE_OF_DAY:
            return _rate_of_day(tx, rule, quote, book=book, now=now)


def _rate_of_day(tx: Connection, rule: SweepRule, quote: str, *, book: RateBook, now: datetime) -> Price | Priceless:
    """Treasury's rate of the day beside that of the other sources, which is the middle it is measured by."""
    day = rule.schedule.today(now)
    try:
        rate = treasury.of_tenant(book, tx).rate(rule.currency, quote, day)
        middle = book.rate(rule.currency, quote, day)
    except AfluenteError as error:
        reason = Reason.RATE_STALE if error.code == "rate_stale" else Reason.RATE_MISSING
        return Priceless(reason, error.message)
    return Price(rule.currency, quote, rate.value, middle.value, rate.source, rate.as_of)
