"""What is compared with what when money is reconciled, by which identifiers, and what may be done without a person.

Four legs, each between what the book says (left) and what another says (right):

==============  ==========================================  ==========================================
leg             left                                        right
==============  ==========================================  ==========================================
``platform``    receipts, reversals, contests, payouts      lines of the platform's reports
``bank``        payouts, money booked straight in the bank  lines of the bank's statements
``transit``     payouts still on their way                  bank receipts that wait in suspense
``expected``    what debtors and agencies are to pay        receipts that wait in suspense
==============  ==========================================  ==========================================
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from domain.errors import Invalid
from domain.matching.amounts import scheduled
from domain.matching.known_names import KnownNames
from domain.matching.outcome import Stage
from domain.matching.rows import MAX_TEXT, Row
from domain.matching.rule_documents import rule_set
from domain.matching.rules import Confirming, RuleSet, Windows

MOST_IDENTIFIERS: Final = 40


class Leg(StrEnum):
    """Which two sides are compared."""

    PLATFORM = "platform"
    BANK = "bank"
    TRANSIT = "transit"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Known:
    """One row of a side before it is compared: with every identifier that it may be known by, best first.

    ``text`` is what the other side's text may contain, or what it says itself to be searched for names.
    """

    ref: str
    amount_minor: int
    currency: str
    day: date
    kind: str
    identifiers: tuple[str, ...] = ()
    payer: str | None = None
    text: str | None = None
    batch_id: str | None = None
    fee_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What a connection's comparisons may do and how long they wait; amounts of fees in basis points of the gross.

    ``patience_days`` is how long a row may stay open before it is a difference. A fee that the contract does not
    state is booked as the platform states it up to ``fee_basis_points``; beyond the contract it may be
    ``fee_variance_minor`` (minor units) or ``fee_variance_basis_points`` more or less, the larger of the two.
    """

    patience_days: int = 3
    fee_basis_points: int = 1_000
    fee_variance_minor: int = 0
    fee_variance_basis_points: int = 5

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST[name]:
                raise Invalid("policy_out_of_range", f"{name} is from 0 to {_MOST[name]}.", field=name)


_MOST: Final = {
    "patience_days": 90,
    "fee_basis_points": 10_000,
    "fee_variance_minor": 10**9,
    "fee_variance_basis_points": 10_000,
}

_AS_STATED: Final = Confirming(frozenset({Stage.EXACT_KEY, Stage.REFERENCE}))
STANDARD: Final[Mapping[Leg, tuple[RuleSet, Policy]]] = {
    # What was booked already is told whole: another amount under its name is a difference, not a part of a debt.
    Leg.PLATFORM: (
        RuleSet(name="platform", windows=Windows(before_days=1, after_days=3), largest_part_basis_points=0),
        Policy(),
    ),
    Leg.BANK: (
        RuleSet(name="bank", windows=Windows(before_days=1, after_days=5), largest_part_basis_points=0),
        Policy(patience_days=5),
    ),
    # What waits is moved by these two, so nothing but an identifier that both sides state moves it by itself.
    Leg.TRANSIT: (RuleSet(name="transit", confirming=_AS_STATED), Policy(patience_days=5)),
    Leg.EXPECTED: (
        RuleSet(name="expected", confirming=_AS_STATED, windows=Windows(before_days=15, after_days=30, key_days=120)),
        Policy(patience_days=5),
    ),
}
"""The rule set and limits of each leg where a connection states none."""


def rules_of(leg: Leg, version: int, document: Mapping[str, Any], policy: Mapping[str, Any]) -> tuple[RuleSet, Policy]:
    """The rule set and limits that documents state; what they leave out is the leg's standard.

    Raises ``Invalid``: ``rules_key_unknown``, ``rules_value_malformed``, ``rules_out_of_range``,
    ``policy_key_unknown``, ``policy_out_of_range``.
    """
    standard, limits = STANDARD[leg]
    stated = rule_set(document)
    told = {name: getattr(stated, name) for name in document}
    unknown = sorted(set(policy) - set(Policy.__dataclass_fields__))
    if unknown:
        raise Invalid("policy_key_unknown", f"There is no limit {unknown[0]}.", field=unknown[0])
    return replace(standard, **{**told, "version": version}), replace(limits, **policy)


def sides(left: Sequence[Known], right: Sequence[Known]) -> tuple[list[Row], list[Row]]:
    """Rows for the engine: each named by the best identifier that the other side knows too, else by its text.

    An identifier that both sides state is taken over any other, so that a receipt known by five names still meets the
    report line that says the third. Only rows of one sign meet by it: a refund states the payment it takes back. A row
    that names no payer is taken to name one where its text holds a payer that the other side names.
    """
    named_left, named_right = _by_identifier(left), _by_identifier(right)
    paid_left, paid_right = _payers(left), _payers(right)
    return (
        [_row(one, named_right, paid_right) for one in left],
        [_row(one, named_left, paid_left) for one in right],
    )


def _payers(rows: Iterable[Known]) -> KnownNames:
    return KnownNames.of({row.payer for row in rows if row.payer})


def _by_identifier(rows: Iterable[Known]) -> set[tuple[str, bool]]:
    found: set[tuple[str, bool]] = set()
    for row in rows:
        for name in row.identifiers[:MOST_IDENTIFIERS]:
            found.add((name, row.amount_minor < 0))
    return found


def _row(one: Known, others: set[tuple[str, bool]], payers: KnownNames) -> Row:
    shared = (name for name in one.identifiers[:MOST_IDENTIFIERS] if (name, one.amount_minor < 0) in others)
    reference = next(shared, None) or _own(one)
    return Row(
        id=one.ref,
        amount_minor=one.amount_minor,
        currency=one.currency,
        day=one.day,
        reference=reference,
        payer=_payer(one, payers),
        batch_id=one.batch_id,
        fee_minor=one.fee_minor,
        tax_minor=one.tax_minor,
        kind=_SIGNLESS.get(one.kind, one.kind),
    )


def _payer(one: Known, payers: KnownNames) -> str | None:
    said = one.payer or (one.text if one.text and payers.stands_in(one.text) else None)
    return (said or "")[:MAX_TEXT] or None


_SIGNLESS: Final = dict.fromkeys(("refund", "chargeback", "returned", "fee", "tax", "reversal"), "movement")
"""Amounts here are signed already; a kind that the engine turns negative must not turn one that was given back."""


def _own(one: Known) -> str | None:
    """What a row says where no identifier is shared: names that its source alone gives would only contradict."""
    return (one.text or "").strip()[:MAX_TEXT] or None


def fee_expected(rules: RuleSet, *, kind: str, gross_minor: int, what: str) -> int | None:
    """What the contract takes of an amount as ``fee`` or ``tax``; ``None`` where it says nothing of it."""
    applying = [one for one in rules.schedules if not one.per_batch and one.applies(kind) and one.what == what]
    return scheduled(gross_minor, applying) if applying else None


def fee_agrees(policy: Policy, *, gross_minor: int, stated_minor: int, expected_minor: int | None) -> bool:
    """Whether what a platform kept may be booked without a person: within the contract, or small where there is none.

    What a platform gives back (a negative fee) may be booked as far as it could have been taken.
    """
    if expected_minor is None:
        return abs(stated_minor) * _BASIS <= abs(gross_minor) * policy.fee_basis_points
    allowed = max(policy.fee_variance_minor, abs(gross_minor) * policy.fee_variance_basis_points // _BASIS)
    return abs(stated_minor - expected_minor) <= allowed


_BASIS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Verified:
    """How much of an account's value was verified, and when: amounts without sign, in minor units.

    ``by_t1`` and ``by_t4`` were matched within one and four days of their day; ``later`` after that; ``open`` is
    explained by nothing, and ``oldest`` is the day of the oldest of it.
    """

    items: int = 0
    value: int = 0
    by_t1: int = 0
    by_t4: int = 0
    later: int = 0
    open: int = 0
    oldest: date | None = None


def verified(rows: Iterable[tuple[int, date, date | None]]) -> Verified:
    """What rows of amount, day and the day on which they were settled (``None``: open) come to."""
    sums: dict[str, int] = defaultdict(int)
    oldest: date | None = None
    for amount, day, settled in rows:
        size = abs(amount)
        sums["items"] += 1
        sums["value"] += size
        if settled is None:
            sums["open"] += size
            oldest = day if oldest is None else min(oldest, day)
            continue
        waited = (settled - day).days
        if waited <= 1:
            sums["by_t1"] += size
        if waited <= _T4:
            sums["by_t4"] += size
        else:
            sums["later"] += size
    return Verified(**sums, oldest=oldest)


_T4: Final = 4
