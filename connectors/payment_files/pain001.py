"""Orders to pay as pain.001.001.09, for banks that take files: one payment block for each account and day.

Source: ISO 20022 message definition CustomerCreditTransferInitiationV09; letters as the SEPA and CGI-MP usage asks.
What is exchanged on the way is ordered as an equivalent amount: so much of the debtor's currency, paid in another.
Identifiers are made of the sweeps' own, so the same sweeps always make the same file.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Final

from lxml import etree

from connectors.payment_files.letters import restricted
from domain.errors import Invalid
from domain.money import Money

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
MOST_PAYMENTS: Final = 1_000
_LONGEST_NAME: Final = 70
_LONGEST_BANK_NAME: Final = 140
_LONGEST_TOWN: Final = 35
_LONGEST_TEXT: Final = 140
_RATE_DIGITS: Final = Context(prec=11)
_RATE_STEP: Final = Decimal("1E-10")
_INTRA_COMPANY: Final = "INTC"


@dataclass(frozen=True, slots=True)
class AccountAtBank:
    """An account as a bank names it: an IBAN, or else a local number; its holder, and the bank by BIC if known."""

    holder: str
    country: str
    iban: str | None
    local_id: str | None
    bic: str | None
    bank_name: str | None
    town: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One order: ``amount`` leaves ``debtor``; with ``paid_in`` it is exchanged into that currency on the way.

    ``contract`` and ``rate`` are the exchange that was agreed with the bank, where one was. ``sent_at`` is aware.
    """

    run_id: str
    debtor: AccountAtBank
    creditor: AccountAtBank
    amount: Money
    paid_in: str
    day: date
    sent_at: datetime
    text: str
    contract: str | None = None
    rate: Decimal | None = None


def message_id(run_ids: Iterable[str]) -> str:
    """The name of a file of these sweeps, in any order: 34 letters."""
    return "AF" + hashlib.sha256("|".join(sorted(run_ids)).encode()).hexdigest()[:32]


def end_to_end_id(run_id: str) -> str:
    """The name by which a sweep is known to every bank on its way."""
    return restricted(run_id, longest=35)


def pain001(payments: Sequence[Payment], *, initiator: str) -> bytes:
    """The file, UTF-8; raises ``payment_file_empty`` and ``payment_file_too_large``."""
    if not payments:
        raise Invalid("payment_file_empty", "There is nothing to pay.")
    if len(payments) > MOST_PAYMENTS:
        raise Invalid("payment_file_too_large", f"A file holds at most {MOST_PAYMENTS} payments.")
    ordered = sorted(payments, key=lambda one: one.run_id)
    document = etree.fromstring(f'<Document xmlns="{NAMESPACE}"/>'.encode())
    message = _add(document, "CstmrCdtTrfInitn")
    header = _add(message, "GrpHdr")
    name = message_id(one.run_id for one in ordered)
    _add(header, "MsgId", name)
    _add(header, "CreDtTm", max(one.sent_at for one in ordered).isoformat(timespec="seconds"))
    _sums(header, ordered)
    _add(_add(header, "InitgPty"), "Nm", restricted(initiator, longest=_LONGEST_NAME) or "Afluente")
    for number, block in enumerate(_blocks(ordered), start=1):
        _payment_block(message, block, name=f"{name[:30]}-{number}")
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _blocks(payments: Sequence[Payment]) -> list[list[Payment]]:
    """Payments by debtor's account, currency and day, in the order of the first of each."""
    found: dict[tuple[AccountAtBank, str, date], list[Payment]] = defaultdict(list)
    for one in payments:
        found[one.debtor, one.amount.currency, one.day].append(one)
    return list(found.values())


def _sums(place: etree._Element, payments: Sequence[Payment]) -> None:
    _add(place, "NbOfTxs", str(len(payments)))
    _add(place, "CtrlSum", f"{sum((one.amount.decimal for one in payments), Decimal(0)):f}")


def _payment_block(message: etree._Element, payments: Sequence[Payment], *, name: str) -> None:
    first = payments[0]
    place = _add(message, "PmtInf")
    _add(place, "PmtInfId", name)
    _add(place, "PmtMtd", "TRF")
    _add(place, "BtchBookg", "false")
    _sums(place, payments)
    _add(_add(_add(place, "PmtTpInf"), "CtgyPurp"), "Cd", _INTRA_COMPANY)
    _add(_add(place, "ReqdExctnDt"), "Dt", first.day.isoformat())
    _party(place, "Dbtr", first.debtor)
    _account(place, "DbtrAcct", first.debtor, first.amount.currency)
    _bank(place, "DbtrAgt", first.debtor)
    _add(place, "ChrgBr", "SHAR")
    for one in payments:
        _payment(place, one)


def _payment(block: etree._Element, one: Payment) -> None:
    place = _add(block, "CdtTrfTxInf")
    names = _add(place, "PmtId")
    _add(names, "InstrId", end_to_end_id(one.run_id))
    _add(names, "EndToEndId", end_to_end_id(one.run_id))
    _amount(_add(place, "Amt"), one)
    if one.contract is not None and one.rate is not None:
        exchange = _add(place, "XchgRateInf")
        _add(exchange, "XchgRate", _rate(one.rate))
        _add(exchange, "RateTp", "AGRD")
        _add(exchange, "CtrctId", restricted(one.contract, longest=35))
    _bank(place, "CdtrAgt", one.creditor)
    _party(place, "Cdtr", one.creditor)
    _account(place, "CdtrAcct", one.creditor, one.paid_in)
    _add(_add(place, "Purp"), "Cd", _INTRA_COMPANY)
    _add(_add(place, "RmtInf"), "Ustrd", restricted(one.text, longest=_LONGEST_TEXT))


def _rate(value: Decimal) -> str:
    """A rate in at most eleven digits, ten of them behind the dot."""
    return f"{_RATE_DIGITS.plus(value).quantize(_RATE_STEP).normalize():f}"


def _amount(place: etree._Element, one: Payment) -> None:
    if one.paid_in == one.amount.currency:
        _money(place, "InstdAmt", one.amount)
        return
    equivalent = _add(place, "EqvtAmt")
    _money(equivalent, "Amt", one.amount)
    _add(equivalent, "CcyOfTrf", one.paid_in)


def _money(place: etree._Element, name: str, amount: Money) -> None:
    _add(place, name, f"{amount.decimal:f}").set("Ccy", amount.currency)


def _party(place: etree._Element, name: str, account: AccountAtBank) -> None:
    party = _add(place, name)
    _add(party, "Nm", restricted(account.holder, longest=_LONGEST_NAME))
    address = _add(party, "PstlAdr")
    if account.town:
        _add(address, "TwnNm", restricted(account.town, longest=_LONGEST_TOWN))
    _add(address, "Ctry", account.country)


def _account(place: etree._Element, name: str, account: AccountAtBank, currency: str) -> None:
    at_bank = _add(place, name)
    identity = _add(at_bank, "Id")
    if account.iban is not None:
        _add(identity, "IBAN", account.iban)
    else:
        _add(_add(identity, "Othr"), "Id", account.local_id or "NOTPROVIDED")
    _add(at_bank, "Ccy", currency)


def _bank(place: etree._Element, name: str, account: AccountAtBank) -> None:
    bank = _add(_add(place, name), "FinInstnId")
    if account.bic is not None:
        _add(bank, "BICFI", account.bic)
    elif account.bank_name is not None:
        _add(bank, "Nm", restricted(account.bank_name, longest=_LONGEST_BANK_NAME))
        _add(_add(bank, "PstlAdr"), "Ctry", account.country)
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        element.text = text
    return element
