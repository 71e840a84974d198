"""Papers of rules of cash sweeps, and how banks name our accounts; ``sweep_rule_changes`` writes the rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from schwifty import BIC
from schwifty.exceptions import SchwiftyException
from sqlalchemy import Connection

from activities.sweep_outlook import ends_of, remittance_of
from connectors.payment_files.letters import restricted
from connectors.shared import iban
from domain.accounts import Role
from domain.errors import Invalid, TooLarge
from domain.ids import NewId
from domain.remittance import APPROVAL, Remittance
from ledger import accounts
from store import bank_accounts, sweeps
from store.bank_accounts import BankAccount
from store.sweeps import SweepDocument, SweepEvent

LARGEST_DOCUMENT: Final = 5_242_880
_SHORTEST_HOLDER: Final = 3
_LONGEST_LOCAL_ID: Final = 34


def say_why(reason: str) -> None:
    """Refuse with ``reason_missing`` what has no reason."""
    if not reason.strip():
        raise Invalid("reason_missing", "A change has a reason.", fix="Say why.")


# Papers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A paper to attach: which one, the first and last day of transfers it covers, and the file."""

    code: str
    first_day: date
    last_day: date | None
    filename: str
    body: bytes
    note: str = ""


def attach(
    tx: Connection, rule_id: str, new: NewDocument, *, tenant_id: str, actor: str, new_id: NewId, now: datetime
) -> SweepDocument:
    """Attach a paper to a rule, for ever.

    Raises ``sweep_document_code_unknown`` (the country asks for no such paper), ``period_empty``, ``file_empty`` and
    ``too_large``.
    """
    stored = sweeps.get_rule(tx, rule_id)
    known = documents_known(ends_of(tx, stored.rule.child_account_id).child.country)
    if new.code not in known:
        raise Invalid("sweep_document_code_unknown", f"No paper {new.code!r} is asked for there.", known=sorted(known))
    if new.last_day is not None and new.last_day < new.first_day:
        raise Invalid("period_empty", "The last day it covers is before the first.")
    if not new.body:
        raise Invalid("file_empty", "The file is empty.")
    if len(new.body) > LARGEST_DOCUMENT:
        raise TooLarge("too_large", f"A paper has at most {LARGEST_DOCUMENT} bytes.", limit=LARGEST_DOCUMENT)
    paper = SweepDocument(
        id=new_id("sweep_document"),
        rule_id=rule_id,
        code=new.code,
        first_day=new.first_day,
        last_day=new.last_day,
        filename=new.filename,
        sha256=hashlib.sha256(new.body).hexdigest(),
        note=new.note,
        attached_by=actor,
        attached_at=now,
    )
    sweeps.add_document(tx, paper, tenant_id=tenant_id, body=new.body)
    detail = {"document": paper.id, "code": paper.code, "sha256": paper.sha256}
    sweeps.note(tx, rule_id, SweepEvent("document_attached", actor, new.note, detail, now), tenant_id=tenant_id)
    return paper


def documents_known(country: str | None) -> Mapping[str, str]:
    """The papers that a country may ask for, by code, with their names."""
    remittance: Remittance | None = remittance_of(country)
    papers = (APPROVAL,) if remittance is None else remittance.documents
    return {one.code: one.name for one in papers}


# Bank accounts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewBankAccount:
    """How a bank names one of our accounts: an IBAN or its own number, the holder, and the bank by BIC or name."""

    account_id: str
    holder: str
    country: str
    iban: str | None = None
    local_id: str | None = None
    bic: str | None = None
    bank_name: str | None = None
    town: str | None = None


class End(StrEnum):
    """Which end of a sweep: the account it leaves, or the parent's that it reaches."""

    CHILD = "child"
    PARENT = "parent"


def bank_leaf(tx: Connection, rule_id: str, end: End, *, new_id: NewId, now: datetime) -> str:
    """The bank leaf at one end of a rule's sweeps; the parent's is opened where no sweep has reached it yet."""
    rule = sweeps.get_rule(tx, rule_id).rule
    ends = ends_of(tx, rule.child_account_id)
    if end is End.CHILD:
        return ends.bank
    into = rule.into(ends.parent.currency)
    return accounts.open_treasury(tx, parent=ends.parent, currency=into, new_id=new_id, now=now)[1][Role.BANK]


def state_bank_account(
    tx: Connection, new: NewBankAccount, *, tenant_id: str, actor: str, reason: str, now: datetime
) -> BankAccount:
    """Keep how a bank names a bank leaf; what stood there before stays in its history.

    Raises ``account_not_bank``, ``bank_account_invalid``, ``iban_malformed``, ``iban_invalid``, ``iban_country``,
    ``bic_invalid`` and ``reason_missing``.
    """
    say_why(reason)
    if accounts.get(tx, new.account_id).role is not Role.BANK:
        raise Invalid("account_not_bank", "Only a bank leaf has a number at a bank.")
    number = None if new.iban is None else iban.check(new.iban, country=new.country).compact
    local = None if new.local_id is None else restricted(new.local_id, longest=_LONGEST_LOCAL_ID)
    _named(new, holder=restricted(new.holder), local=local)
    known = BankAccount(
        account_id=new.account_id,
        holder=new.holder,
        iban=number,
        local_id=local,
        bic=None if new.bic is None else _bic(new.bic),
        bank_name=new.bank_name,
        country=new.country,
        town=new.town,
        stated_by=actor,
        stated_at=now,
    )
    before = bank_accounts.find(tx, [new.account_id]).get(new.account_id)
    bank_accounts.state(tx, known, tenant_id=tenant_id)
    detail = {"was": None if before is None else before.iban or before.local_id, "is": number or local}
    event = SweepEvent("bank_account_stated", actor, reason, detail, now)
    sweeps.note(tx, new.account_id, event, tenant_id=tenant_id)
    return known


def _named(new: NewBankAccount, *, holder: str, local: str | None) -> None:
    if (new.iban is None) == (new.local_id is None) or local == "":
        raise Invalid("bank_account_invalid", "An account has an IBAN, or else a number of its bank.")
    if sum(letter.isalpha() for letter in holder) < _SHORTEST_HOLDER:
        raise Invalid(
            "bank_account_invalid",
            f"Banks cannot read the holder {new.holder!r}.",
            fix="Write the name in Latin letters, as the bank has it.",
        )


def _bic(text: str) -> str:
    try:
        return str(BIC(text.strip().upper()).compact)
    except SchwiftyException as refusal:
        raise Invalid("bic_invalid", f"{text!r} is no BIC: {refusal}.") from refusal
