"""Cash sweeps from child accounts to their parent: the rule, and whether, how much and in what it sweeps now.

A sweep of kind ``zero_balance`` takes all, ``target_balance`` all beyond a target, ``trigger_amount`` waits until the
trigger is reached. ``push`` means that the child's bank is told to pay, ``pull`` that the parent's bank draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Context, Decimal
from enum import StrEnum
from typing import Final

from domain.errors import Invalid
from domain.money import Money, total, zero
from domain.remittance import (
    Convert,
    HeldDocument,
    Purpose,
    Remittance,
    RemittanceDocument,
    TaxDue,
    documents_missing,
    documents_needed,
    less_taxes,
    taxes_due,
)
from domain.sweep_schedules import IsBusinessDay, Schedule
from domain.treasury_bookings import Exchange

_WIDE: Final = Context(prec=60)
_BASIS_POINTS: Final = 10_000
_WIDEST_SPREAD: Final = 2_000
MOST_DAYS_IN_TRANSIT: Final = 60


class Direction(StrEnum):
    """Who moves the money: the child's bank on our order, or the parent's bank by an arrangement between banks."""

    PUSH = "push"
    PULL = "pull"


class SweepKind(StrEnum):
    """How much is taken."""

    ZERO_BALANCE = "zero_balance"
    TARGET_BALANCE = "target_balance"
    TRIGGER_AMOUNT = "trigger_amount"


class FxPolicy(StrEnum):
    """What happens to the currency of the child account."""

    NONE = "none"  # it is the parent's own
    QUOTED = "quoted"  # exchanged at a quote that treasury has from a bank
    RATE_OF_DAY = "rate_of_day"  # exchanged at treasury's rate, at most so far from the market's
    HOLD = "hold"  # kept as it is, at the parent


class RuleStatus(StrEnum):
    """Whether a rule sweeps. ``retired`` is for ever."""

    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


class Reason(StrEnum):
    """Why nothing is swept now."""

    RULE_NOT_ACTIVE = "rule_not_active"
    ACCOUNT_FROZEN = "account_frozen"
    CURRENCY_NOT_TRANSFERABLE = "currency_not_transferable"
    ALREADY_RUN_FOR_DATE = "already_run_for_date"
    FAILED_FOR_DATE = "failed_for_date"
    NOT_A_BUSINESS_DAY = "not_a_business_day"
    NOT_A_DAY_OF_THE_RULE = "not_a_day_of_the_rule"
    TOO_EARLY = "too_early"
    CUT_OFF_PASSED = "cut_off_passed"
    IN_TRANSIT_TOO_LONG = "in_transit_too_long"
    BELOW_TRIGGER = "below_trigger"
    NOTHING_TO_SWEEP = "nothing_to_sweep"
    BELOW_MINIMUM = "below_minimum"
    DOCUMENTS_MISSING = "documents_missing"
    RATE_MISSING = "rate_missing"
    RATE_STALE = "rate_stale"
    SPREAD_TOO_WIDE = "spread_too_wide"


@dataclass(frozen=True, slots=True)
class SweepRule:
    """How one child account is swept. Amounts are in ``currency``, the child's; raises ``sweep_rule_invalid``.

    Above ``approval_above`` a second person decides. ``active_until`` is the first business date that no longer
    counts. No more is sent while an earlier sweep is on its way for more than ``most_days_in_transit`` days.
    """

    id: str
    child_account_id: str
    direction: Direction
    kind: SweepKind
    currency: str
    minimum: Money
    approval_above: Money
    schedule: Schedule
    fx_policy: FxPolicy
    active_from: date
    trigger: Money | None = None
    target: Money | None = None
    max_spread_basis_points: int | None = None
    purpose: Purpose = Purpose.OWN_FUNDS
    most_days_in_transit: int = 5
    active_until: date | None = None
    status: RuleStatus = RuleStatus.ACTIVE

    def __post_init__(self) -> None:
        amounts = [one for one in (self.minimum, self.approval_above, self.trigger, self.target) if one is not None]
        self._must(
            all(one.currency == self.currency and one.minor >= 0 for one in amounts),
            f"Its amounts are in {self.currency} and not negative.",
        )
        self._must(
            (self.trigger is not None) == (self.kind is SweepKind.TRIGGER_AMOUNT),
            "A trigger belongs to a sweep by trigger, and to no other.",
        )
        self._must(
            self.target is None if self.kind is SweepKind.ZERO_BALANCE else True,
            "A sweep to zero has no target.",
        )
        self._must(
            self.kind is not SweepKind.TARGET_BALANCE or self.target is not None,
            "A sweep to a target says which.",
        )
        self._must(
            self.trigger is None or self.trigger > (self.target or zero(self.currency)),
            "The trigger lies above what is to stay.",
        )
        spread = self.max_spread_basis_points
        exchanges = self.fx_policy in (FxPolicy.QUOTED, FxPolicy.RATE_OF_DAY)
        self._must(spread is None or exchanges, "Only an exchange has a spread.")
        self._must(spread is None or 0 <= spread <= _WIDEST_SPREAD, f"A spread is 0 to {_WIDEST_SPREAD} basis points.")
        self._must(
            self.fx_policy is not FxPolicy.RATE_OF_DAY or spread is not None,
            "An exchange at the day's rate says how far from the middle it may be.",
        )
        self._must(
            1 <= self.most_days_in_transit <= MOST_DAYS_IN_TRANSIT,
            f"A sweep is on its way for 1 to {MOST_DAYS_IN_TRANSIT} days.",
        )
        self._must(
            self.active_until is None or self.active_until > self.active_from,
            "It ends after it begins.",
        )

    def _must(self, holds: object, sentence: str) -> None:
        if not holds:
            raise Invalid("sweep_rule_invalid", f"The rule does not make sense: {sentence}", fix=sentence)

    @property
    def exchanges(self) -> bool:
        """Whether what is swept arrives in the parent's currency rather than in the child's."""
        return self.fx_policy in (FxPolicy.QUOTED, FxPolicy.RATE_OF_DAY)

    def into(self, parent_currency: str) -> str:
        """The currency in which it arrives."""
        return parent_currency if self.exchanges else self.currency


def only_stops(before: SweepRule, after: SweepRule) -> bool:
    """Whether a change of a rule does nothing but pause or retire it."""
    return after.status is not RuleStatus.ACTIVE and after == replace(before, status=after.status)


@dataclass(frozen=True, slots=True)
class Price:
    """What an exchange would bring: ``rate`` units for one of the child's currency, beside the ``mid`` rate."""

    base: str
    quote: str
    rate: Decimal
    mid: Decimal
    source: str
    as_of: date
    quote_id: str | None = None

    @property
    def spread_basis_points(self) -> Decimal:
        """How far the rate is from the middle, either way, in hundredths of a percent of it."""
        distance = abs(_WIDE.subtract(self.mid, self.rate))
        return _WIDE.divide(_WIDE.multiply(distance, Decimal(_BASIS_POINTS)), self.mid)

    def exchange(self, amount: Money) -> Exchange:
        """What an amount brings, and what it would at the middle rate."""
        return Exchange(
            brought=amount.convert(rate=self.rate, currency=self.quote),
            at_middle=amount.convert(rate=self.mid, currency=self.quote),
        )


@dataclass(frozen=True, slots=True)
class Priceless:
    """Why there is no price: ``rate_missing`` or ``rate_stale``, with the words of whoever was asked."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a rule is asked.

    ``available`` is the child's bank leaf less what is reserved of it; ``floor`` what the book keeps there.
    ``ran`` and ``failed`` are business dates for which it ran or only failed; ``in_transit_since`` is the business
    date of the oldest sweep still on its way. ``by_hand``: a person asks, so hours and earlier failures do not count.
    """

    available: Money
    parent_currency: str
    is_business_day: IsBusinessDay
    convert: Convert
    floor: Money | None = None
    frozen: bool = False
    crosses_border: bool = True
    remittance: Remittance | None = None
    local_currency: str | None = None
    documents: tuple[HeldDocument, ...] = ()
    price: Price | Priceless | None = None
    ran: frozenset[date] = frozenset()
    failed: frozenset[date] = frozenset()
    in_transit_since: date | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What is to be swept: up to ``effective_at``, the cut-off of ``business_date``, the bank takes it for that date.

    ``taxes`` leave the account beside ``amount``; ``exchange`` is ``None`` where the currency stays.
    """

    amount: Money
    business_date: date
    effective_at: datetime
    into: str
    exchange: Exchange | None
    price: Price | None
    taxes: tuple[TaxDue, ...]
    documents: tuple[RemittanceDocument, ...]
    needs_approval: bool

    @property
    def tax(self) -> Money:
        """All taxes together."""
        return total([one.amount for one in self.taxes], self.amount.currency)

    @property
    def arriving(self) -> Money:
        """What is expected at the parent."""
        return self.exchange.brought if self.exchange is not None else self.amount


@dataclass(frozen=True, slots=True)
class NotNow:
    """Why nothing is swept, and from when the calendar would allow it; ``None`` where that is not what it waits for."""

    reason: Reason
    next_at: datetime | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[RemittanceDocument, ...] = ()


def plan(rule: SweepRule, situation: Situation, *, now: datetime) -> SweepPlan | NotNow:
    """What the rule sweeps at an instant, or why it does not."""
    day = rule.schedule.today(now)
    pool = spendable(rule, situation)
    return (
        _standing_in_the_way(rule, situation, day)
        or _calendar_says_no(rule, situation, day, now)
        or _amount_says_no(rule, situation, pool)
        or _planned(rule, situation, pool, day)
    )


def spendable(rule: SweepRule, situation: Situation) -> Money:
    """What may leave the account, taxes included: all but the target, the floor and what is reserved."""
    nothing = zero(rule.currency)
    stays = max((rule.target or nothing).minor, (situation.floor or nothing).minor)
    return Money(situation.available.minor - stays, rule.currency)


def _standing_in_the_way(rule: SweepRule, situation: Situation, day: date) -> NotNow | None:
    over = rule.active_until is not None and day >= rule.active_until
    if rule.status is not RuleStatus.ACTIVE or day < rule.active_from or over:
        return NotNow(Reason.RULE_NOT_ACTIVE, details={"status": rule.status.value})
    if situation.frozen:
        return NotNow(Reason.ACCOUNT_FROZEN)
    into = rule.into(situation.parent_currency)
    known = situation.remittance
    if situation.crosses_border and known is not None:
        local = situation.local_currency or rule.currency
        if not known.lets_out(into, local_currency=local):
            return NotNow(Reason.CURRENCY_NOT_TRANSFERABLE, details={"currency": into, "source": known.source})
    since = situation.in_transit_since
    if since is not None and (day - since).days > rule.most_days_in_transit:
        return NotNow(Reason.IN_TRANSIT_TOO_LONG, details={"since": since.isoformat()})
    return None


def _calendar_says_no(rule: SweepRule, situation: Situation, day: date, now: datetime) -> NotNow | None:
    schedule, works, scheduled = rule.schedule, situation.is_business_day, not situation.by_hand
    said = (
        (day in situation.ran, Reason.ALREADY_RUN_FOR_DATE),
        (not works(day), Reason.NOT_A_BUSINESS_DAY),
        (scheduled and not schedule.falls_on(day, works), Reason.NOT_A_DAY_OF_THE_RULE),
        (now >= schedule.closing(day), Reason.CUT_OFF_PASSED),
        (scheduled and now < schedule.opening(day), Reason.TOO_EARLY),
        (scheduled and day in situation.failed, Reason.FAILED_FOR_DATE),
    )
    reason = next((one for holds, one in said if holds), None)
    if reason is None:
        return None
    following = day if reason is Reason.TOO_EARLY else schedule.next_after(day, works)
    next_at = None if following is None else schedule.opening(following)
    return NotNow(reason, next_at, {"date": day.isoformat()})


def _amount_says_no(rule: SweepRule, situation: Situation, pool: Money) -> NotNow | None:
    if rule.trigger is not None and situation.available < rule.trigger:
        return NotNow(
            Reason.BELOW_TRIGGER, details={"available": str(situation.available), "trigger": str(rule.trigger)}
        )
    if pool.minor <= 0:
        return NotNow(Reason.NOTHING_TO_SWEEP, details={"available": str(situation.available)})
    return None


def _planned(rule: SweepRule, situation: Situation, pool: Money, day: date) -> SweepPlan | NotNow:
    known = situation.remittance if situation.crosses_border else None
    amount = less_taxes(known, pool, purpose=rule.purpose, on=day)
    if amount.minor <= 0:
        return NotNow(Reason.NOTHING_TO_SWEEP, details={"available": str(situation.available)})
    if amount < rule.minimum:
        return NotNow(Reason.BELOW_MINIMUM, details={"amount": str(amount), "minimum": str(rule.minimum)})
    needed: tuple[RemittanceDocument, ...] = ()
    if situation.crosses_border:
        needed = documents_needed(known, amount=amount, purpose=rule.purpose, convert=situation.convert)
    missing = documents_missing(needed, situation.documents, on=day)
    if missing:
        names = ", ".join(one.code for one in missing)
        return NotNow(Reason.DOCUMENTS_MISSING, details={"documents": names}, documents=missing)
    price = priced(rule, situation.price)
    if isinstance(price, NotNow):
        return price
    return SweepPlan(
        amount=amount,
        business_date=day,
        effective_at=rule.schedule.closing(day),
        into=rule.into(situation.parent_currency),
        exchange=price.exchange(amount) if price is not None else None,
        price=price,
        taxes=taxes_due(known, amount, purpose=rule.purpose, on=day),
        documents=needed,
        needs_approval=amount > rule.approval_above,
    )


def priced(rule: SweepRule, price: Price | Priceless | None) -> Price | NotNow | None:
    """The price that an exchange takes, unless it lacks one or is too far from the middle; ``None`` without one."""
    if not rule.exchanges:
        return None
    if price is None or isinstance(price, Priceless):
        reason = Reason.RATE_MISSING if price is None else price.reason
        return NotNow(reason, details={} if price is None else {"said": price.message})
    most = rule.max_spread_basis_points
    if most is not None and price.spread_basis_points > most:
        found = f"{price.spread_basis_points:.2f}"
        return NotNow(Reason.SPREAD_TOO_WIDE, details={"basis_points": found, "most": str(most)})
    return price
