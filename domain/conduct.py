"""What a country's law asks of collecting beyond the hour of contact: charges, limitation, recovery, agencies, data.

Every rule is dated, cited and marked with how well it is founded. Amounts and rates are data, so that a change of law
is a new row; what is not known is absent, and whoever needs it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.contacts import Channel, Confidence, LenderType
from domain.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A rule with its source. ``effective_to`` is the first day on which it no longer holds."""

    id: str  # such as "cl.collection_cost"
    text: str  # what it asks, in one sentence
    source: str
    confidence: Confidence
    effective_from: date
    effective_to: date | None = None

    def __post_init__(self) -> None:
        if not self.id.strip() or not self.source.strip() or not self.text.strip():
            raise Invalid("rule_unsourced", f"The rule {self.id!r} names no source or says nothing.")
        if self.effective_to is not None and self.effective_to <= self.effective_from:
            raise Invalid("rule_never_holds", f"The rule {self.id} ends before it begins.")

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


# Charges --------------------------------------------------------------------------------------------------------


class ChargeKind(StrEnum):
    """What a debtor may be asked to pay on top of the instalment."""

    LATE_FEE = "late_fee"  # once, for being late
    LATE_INTEREST = "late_interest"  # for the time
    COLLECTION_COST = "collection_cost"  # for the effort


class Basis(StrEnum):
    """What a percentage is of."""

    INSTALMENT = "instalment"  # the overdue part of one instalment
    OVERDUE = "overdue"  # everything overdue
    PRINCIPAL = "principal"  # what is outstanding of the loan


class Per(StrEnum):
    """How often a charge may be taken; ``once`` for each default, ``cycle`` for each billing cycle in arrears."""

    ONCE = "once"
    CYCLE = "cycle"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Percent:
    """At most so many percent of the basis, for each period begun or ended (simple, not compounded)."""

    value: Decimal
    per: Per
    basis: Basis = Basis.INSTALMENT


@dataclass(frozen=True, slots=True)
class Amount:
    """At most so much, in major units of a currency, for each period."""

    value: Decimal
    currency: str
    per: Per = Per.ONCE


@dataclass(frozen=True, slots=True)
class Ladder:
    """Progressive: each step's percentage applies to the part of what is overdue up to ``upto`` (``None``: the rest).

    ``unit`` is the unit that ``upto`` counts in: a currency, or an indexed unit such as Chile's ``CLF``.
    """

    unit: str
    steps: tuple[tuple[Decimal | None, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A rate that an authority states again and again, in percent for each ``per``: first day in force, and rate.

    ``stale_days`` after the last one began, the series no longer says anything. An ``effective`` rate compounds: over
    d days of a year it is (1 + r) to the power of d/365, less 1.
    """

    per: Per
    rates: tuple[tuple[date, Decimal], ...]
    stale_days: int
    basis: Basis = Basis.OVERDUE
    effective: bool = False


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The charge may not be made at all."""


@dataclass(frozen=True, slots=True)
class ToCharity:
    """The charge may be made to deter, never kept: it goes to charity (less the true cost, where the text says so)."""


@dataclass(frozen=True, slots=True)
class AsAgreed:
    """What the contract says, without a ceiling in law that is known."""


@dataclass(frozen=True, slots=True)
class OfContractRate:
    """At most so many percent of the loan's own yearly rate, as simple interest for the days: 150 is half more."""

    percent: Decimal
    basis: Basis = Basis.OVERDUE


@dataclass(frozen=True, slots=True)
class ActualCost:
    """No more than was really spent, as shown by papers."""


ChargeCap = Percent | Amount | Ladder | Series | NotAllowed | ToCharity | AsAgreed | OfContractRate | ActualCost


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRule(Cited):
    """The most that may be charged, from ``from_day`` days past due; ``None`` in ``products`` and the like is all.

    ``unpaid`` says of how many unpaid instalments it speaks, a half-open range; nothing is charged while what is
    overdue is not ``more_than`` so much.
    """

    kind: ChargeKind
    cap: ChargeCap
    products: frozenset[str] | None = None
    lender_types: frozenset[LenderType] | None = None
    subdivisions: frozenset[str] | None = None
    from_day: int = 1
    unpaid: tuple[int, int | None] = (0, None)
    more_than: Amount | None = None
    less_without_action: Amount | None = None  # taken off where nobody helped the debtor to pay in time

    def touches(self, *, product: str, lender_type: LenderType, subdivision: str | None, unpaid: int) -> bool:
        """Whether the rule speaks of this loan, ``unpaid`` of whose instalments are overdue."""
        first, end = self.unpaid
        return (
            first <= unpaid
            and (end is None or unpaid < end)
            and (self.products is None or product in self.products)
            and (self.lender_types is None or lender_type in self.lender_types)
            and (self.subdivisions is None or subdivision is None or subdivision in self.subdivisions)
        )


# Time ------------------------------------------------------------------------------------------------------------


class Restart(StrEnum):
    """What sets a limitation clock back to its beginning."""

    ACKNOWLEDGEMENT = "acknowledgement"  # the debtor admits the debt in writing
    PART_PAYMENT = "part_payment"
    LAWSUIT = "lawsuit"
    NOTICE = "notice"  # a formal demand
    PROTEST = "protest"  # notarial


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitationRule(Cited):
    """So long after the due date a claim can no longer be enforced; ``restarts`` begin the time anew."""

    claim: str  # what kind of claim: "contract", "promissory_note", "instalment"
    years: int
    months: int = 0
    restarts: frozenset[Restart] = frozenset()


# Recovery of the vehicle -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryStep(Cited):
    """One step before a vehicle may be taken back, in order. ``wait_days`` pass after it before the next one.

    ``form`` is how it must be done (``registered_letter``, ``court_order``, ``registry_notice``…); ``after_unpaid`` is
    the number of instalments that must be unpaid, ``products`` the kinds of contract it holds for.
    """

    order: int
    code: str
    form: str
    wait_days: int
    working_days: bool = False
    after_unpaid: int | None = None
    route: str = "default"  # "judicial", "extrajudicial": a country may have several
    products: frozenset[str] | None = None
    notice_kind: str | None = None  # the notice of the catalogue that does it


# Who may act, and what is kept -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRule(Cited):
    """Whether a third party may collect, may take money, and where it must be registered; ``None`` is not known."""

    may_act: bool | None
    may_hold_money: bool | None
    register: str | None = None


class DutyKind(StrEnum):
    """What must be done whenever a debtor is contacted or data are kept."""

    DISCLOSE = "disclose"  # say who speaks, for whom, about what
    CALLER_ID = "caller_id"
    RECORD = "record"  # record the call, or ask before
    LANGUAGE = "language"
    LOG = "log"
    RETENTION = "retention"
    DATA_TRANSFER = "data_transfer"
    CREDIT_REPORTING = "credit_reporting"
    COMPLAINTS = "complaints"
    VULNERABLE = "vulnerable"
    PLACE = "place"  # where a debtor may be met or written to
    RECEIPT = "receipt"  # what is handed over for what was paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Cited):
    """Something that must be done. ``elements`` are what a message must contain, by code; ``days`` a time limit.

    Elements are those of ``DISCLOSURES``; ``channels`` and ``subdivisions`` of ``None`` are all.
    """

    kind: DutyKind
    channels: frozenset[Channel] | None = None
    subdivisions: frozenset[str] | None = None
    elements: tuple[str, ...] = ()
    days: int | None = None


DISCLOSURES: Mapping[str, str] = {
    "creditor_name": "the creditor's name",
    "creditor_address": "the creditor's address",
    "creditor_document": "the creditor's registration or tax number",
    "creditor_phone": "a telephone number of the creditor",
    "department": "the department that writes",
    "agent_name": "the name of the person or agency that writes",
    "agency_name": "the agency's name and registration",
    "contract": "the contract's number",
    "amount": "the amount due",
    "amount_itemised": "the amount due, item by item",
    "due_date": "when it was due",
    "how_to_pay": "how and to whom to pay",
    "pay_creditor_only": "that only the creditor may be paid",
    "complaint": "where to complain",
    "dispute": "how to dispute the debt",
    "opt_out": "how to stop such messages",
    "recorded": "that the call is recorded",
    "working_hours": "the hours at which questions are answered",
}
"""What a message may have to say, by code, in words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRule(Cited):
    """What a message on a channel may not carry, and how its sender must appear."""

    channel: Channel
    links: bool = True
    phone_numbers: bool = True
    personal_data: bool = True
    sender_registered: bool = False  # the sender's name must be on a register first
    prefix: str | None = None  # what each message must begin with


class NameOrder(StrEnum):
    """How a person's name is put together where they live."""

    GIVEN_FIRST = "given_first"
    FAMILY_FIRST = "family_first"
    SINGLE = "single"  # one name, or names that are not split


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How people are addressed: the order of names, and forms of address by locale (``{name}`` is replaced)."""

    name_order: NameOrder
    formal_address: Mapping[str, str]
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """Everything that ``Country.conduct`` states."""

    charges: tuple[ChargeRule, ...] = ()
    limitation: tuple[LimitationRule, ...] = ()
    recovery: tuple[RecoveryStep, ...] = ()
    agencies: tuple[AgencyRule, ...] = ()
    duties: tuple[Duty, ...] = ()
    senders: tuple[SenderRule, ...] = ()
    manners: Manners | None = None
    opt_out_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by locale, upper case

    def cited(self) -> tuple[Cited, ...]:
        """Every rule of every kind."""
        return (*self.charges, *self.limitation, *self.recovery, *self.agencies, *self.duties, *self.senders)


NOTHING_STATED: Final = Conduct()
"""Of a country whose folder does not speak of conduct yet: whoever needs a rule is refused."""
