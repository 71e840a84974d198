"""The file by which banks are told of sweeps: who pays whom what, by the numbers that banks have for our accounts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from activities.sweep_outlook import Ends, ends_of
from connectors.payment_files.pain001 import AccountAtBank, Payment, pain001
from domain.accounts import Role
from domain.errors import Invalid, Refused
from domain.sweep_runs import RunState
from domain.sweeps import Direction
from ledger import accounts
from store import bank_accounts, creditors, sweep_runs, sweeps
from store.bank_accounts import BankAccount
from store.sweep_runs import SweepRun

_TOLD: frozenset[RunState] = frozenset({RunState.SENT, RunState.IN_TRANSIT, RunState.ARRIVED})


def payment_file(tx: Connection, run_ids: Sequence[str]) -> bytes:
    """The pain.001 of sweeps of one creditor; the same sweeps make the same bytes.

    Raises ``sweep_run_unknown``, ``sweep_not_sent``, ``sweep_is_pulled`` (the parent's bank draws it),
    ``bank_account_missing``, ``payment_file_mixed``, ``payment_file_empty``.
    """
    wanted = [sweep_runs.get(tx, run_id) for run_id in dict.fromkeys(run_ids)]
    found = [_payment(tx, run) for run in wanted]
    names = {creditor: creditors.get(tx, creditor).name for creditor, _ in found}
    if len(names) > 1:
        raise Invalid("payment_file_mixed", "A file is one creditor's.", fix="Ask for each creditor's file.")
    return pain001([payment for _, payment in found], initiator="".join(names.values()))


def _payment(tx: Connection, run: SweepRun) -> tuple[str, Payment]:
    rule = sweeps.get_rule(tx, run.rule_id).rule
    if run.state not in _TOLD or run.sent_at is None:
        raise Refused("sweep_not_sent", f"The sweep {run.id} is {run.state.value}; a bank is told of what was sent.")
    if rule.direction is Direction.PULL:
        raise Refused("sweep_is_pulled", "The parent's bank draws this sweep; the child's is not told to pay.")
    ends = ends_of(tx, rule.child_account_id)
    into = accounts.treasury_of(tx, ends.parent.id, run.into_currency)[Role.BANK]
    known = bank_accounts.find(tx, [ends.bank, into])
    payment = Payment(
        run_id=run.id,
        debtor=_at_bank(known, ends.bank),
        creditor=_at_bank(known, into),
        amount=run.amount,
        paid_in=run.into_currency,
        day=run.business_date,
        sent_at=run.sent_at,
        text=_text(run, ends),
        contract=run.quote_id,
        rate=run.rate,
    )
    return ends.child.creditor_id, payment


def _text(run: SweepRun, ends: Ends) -> str:
    return f"Cash sweep {run.business_date.isoformat()} {ends.child.country} {run.id}"


def _at_bank(known: dict[str, BankAccount], account_id: str) -> AccountAtBank:
    found = known.get(account_id)
    if found is None:
        raise Refused(
            "bank_account_missing",
            f"It is not known how its bank names the account {account_id}.",
            fix="State its IBAN or number first.",
            account=account_id,
        )
    return AccountAtBank(
        holder=found.holder,
        country=found.country,
        iban=found.iban,
        local_id=found.local_id,
        bic=found.bic,
        bank_name=found.bank_name,
        town=found.town,
    )
