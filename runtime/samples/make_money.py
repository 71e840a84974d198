"""What the sample's debtors paid today, as banks and Stripe would tell it: files to reconcile, with traps as in life.

Most of it agrees. What does not: a payment that names no contract, one from somebody unknown, a mistyped contract
number, charges of the bank, and a payment of four days ago in Stripe's report of which no webhook ever told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

from runtime.samples.make_portfolio import make_portfolio

PAYOUT: Final = "po_1SampleToday"
TRACE: Final = "SAMPLETRACE7"
_FEE_SHARE: Final = Decimal("0.029")
_FEE_EACH: Final = Decimal("1.00")
_CENT: Final = Decimal("0.01")
_CAMT: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_HEADER: Final = (
    "automatic_payout_id",
    "balance_transaction_id",
    "created_utc",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "source_id",
    "charge_id",
    "payment_intent_id",
    "customer_name",
    "payment_metadata[afluente_request]",
    "trace_id",
)


@dataclass(frozen=True, slots=True)
class Loan:
    """What a file may say of a loan: its contract, who pays it, and what an instalment is in major units."""

    contract_no: str
    debtor: str
    instalment: Decimal


@dataclass(frozen=True, slots=True)
class CardPayment:
    """One payment by card: Stripe's name of it, the request that it answers, and its amount in major units."""

    intent: str
    request_id: str
    payer: str
    amount: Decimal

    @property
    def fee(self) -> Decimal:
        """What Stripe keeps."""
        return (self.amount * _FEE_SHARE + _FEE_EACH).quantize(_CENT)


@dataclass(frozen=True, slots=True)
class Credit:
    """One movement of a bank's statement, signed in major units."""

    amount: Decimal
    reference: str
    payer: str = ""
    text: str = ""


def loans(today: date) -> dict[str, list[Loan]]:
    """The sample's loans by country, as its portfolio of the day has them."""
    found: dict[str, list[Loan]] = {}
    for row in csv.DictReader(io.StringIO(make_portfolio(today).decode())):
        loan = Loan(row["contract_no"], row["debtor_name"], Decimal(row["instalment_amount"]))
        found.setdefault(row["country"], []).append(loan)
    return found


def mt940(account: str, currency: str, day: date, moves: Sequence[Credit]) -> bytes:
    """A day's statement in MT940, from nothing to what came in."""
    total = Decimal(0)
    lines = [f":20:{day:%y%m%d}{currency}", f":25:{account}", f":28C:{day:%j}/1", _balance("60F", currency, day, total)]
    for number, one in enumerate(moves, start=1):
        total += one.amount
        mark = "C" if one.amount > 0 else "D"
        code = "NTRF" if one.amount > 0 else "NCHG"
        lines.append(
            f":61:{day:%y%m%d}{day:%m%d}{mark}{_comma(one.amount)}{code}{one.reference}//{day:%y%m%d}{number:04}"
        )
        lines.append(f":86:{one.text} {one.payer}".rstrip())
    return "\r\n".join([*lines, _balance("62F", currency, day, total), "-"]).encode("latin-1")


def _balance(tag: str, currency: str, day: date, amount: Decimal) -> str:
    return f":{tag}:{'D' if amount < 0 else 'C'}{day:%y%m%d}{currency}{_comma(amount)}"


def _comma(amount: Decimal) -> str:
    return f"{abs(amount):.2f}".replace(".", ",")


def camt053(iban: str, currency: str, day: date, moves: Sequence[Credit]) -> bytes:
    """A day's statement in camt.053."""
    document = ET.Element("Document", xmlns=_CAMT)
    message = ET.SubElement(document, "BkToCstmrStmt")
    _tree(message, {"GrpHdr": {"MsgId": f"SAMPLE-{day}", "CreDtTm": f"{day}T06:00:00Z"}})
    statement = ET.SubElement(message, "Stmt")
    _tree(statement, {"Id": f"SAMPLE-{day}", "CreDtTm": f"{day}T06:00:00Z"})
    _tree(statement, {"Acct": {"Id": {"IBAN": iban}, "Ccy": currency}})
    for number, one in enumerate(moves, start=1):
        entry = ET.SubElement(statement, "Ntry")
        ET.SubElement(entry, "Amt", Ccy=currency).text = f"{abs(one.amount):.2f}"
        _tree(entry, {"CdtDbtInd": "CRDT" if one.amount > 0 else "DBIT", "Sts": {"Cd": "BOOK"}})
        _tree(entry, {"BookgDt": {"Dt": str(day)}, "ValDt": {"Dt": str(day)}, "AcctSvcrRef": f"SAMPLE-{day}-{number}"})
        parties = {"RltdPties": {"Dbtr": {"Pty": {"Nm": one.payer}}}} if one.payer else {}
        _tree(entry, {"NtryDtls": {"TxDtls": {**parties, "RmtInf": {"Ustrd": f"{one.text} {one.reference}".strip()}}}})
    written: bytes = ET.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


_Tree: TypeAlias = "Mapping[str, str | _Tree]"


def _tree(parent: ET.Element, content: _Tree) -> None:
    for name, value in content.items():
        child = ET.SubElement(parent, name)
        if isinstance(value, str):
            child.text = value
        else:
            _tree(child, value)


def stripe_report(currency: str, day: date, paid: Sequence[CardPayment], untold: CardPayment) -> bytes:
    """Stripe's itemised report: the day's payments and their payout, and one of four days ago that nobody told of."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, _HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    for payment in paid:
        writer.writerow({**_charge(payment, currency, day), "automatic_payout_id": PAYOUT})
    writer.writerow(_charge(untold, currency, day - timedelta(days=4)))
    net = -payout_amount(paid)
    moved = {"gross": net, "fee": "0.00", "net": net, "reporting_category": "payout"}
    names = {"automatic_payout_id": PAYOUT, "source_id": PAYOUT, "trace_id": TRACE}
    writer.writerow(
        {"balance_transaction_id": "txn_sample_payout", "currency": currency.lower(), "created_utc": _at(day)}
        | moved
        | names
    )
    return out.getvalue().encode()


def _charge(payment: CardPayment, currency: str, day: date) -> dict[str, object]:
    number = payment.intent.removeprefix("pi_")
    return {
        "balance_transaction_id": f"txn_{number}",
        "created_utc": _at(day),
        "currency": currency.lower(),
        "gross": payment.amount,
        "fee": payment.fee,
        "net": payment.amount - payment.fee,
        "reporting_category": "charge",
        "source_id": f"ch_{number}",
        "charge_id": f"ch_{number}",
        "payment_intent_id": payment.intent,
        "customer_name": payment.payer,
        "payment_metadata[afluente_request]": payment.request_id,
    }


def _at(day: date) -> str:
    return f"{day} 00:30:00"


def payout_amount(paid: Sequence[CardPayment]) -> Decimal:
    """What Stripe sends to the bank for the payments, in major units."""
    return sum((one.amount - one.fee for one in paid), Decimal(0))
