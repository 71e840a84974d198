"""The bank: accounts, what moved on them, and its statements in MT940 and camt.053."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from tests.peers.fake_world.model import DECIMALS


@dataclass(frozen=True)
class Line:
    """One movement; ``own`` is the bank's name of it, ``reference`` what the sender gave."""

    own: str
    amount: Decimal
    day: date
    reference: str
    text: str
    name: str


@dataclass
class Account:
    """An account with the balance that it was opened with."""

    number: str
    currency: str
    opening: Decimal
    lines: list[Line] = field(default_factory=list)
    statements: int = 0


class Bank:
    """Accounts of merchants."""

    def __init__(self, number: Callable[[int], str]) -> None:
        self._number = number
        self.accounts: dict[str, Account] = {}

    def open(self, country: str, currency: str) -> str:
        """A new account; its number."""
        number = f"{country}{self._number(14)}"
        self.accounts[number] = Account(number, currency, Decimal(1000))
        return number

    def credit(self, account: str, *, amount: Decimal, at: datetime, reference: str, text: str, name: str) -> Line:
        """Move money in, or out where it is below nothing."""
        line = Line(f"BK{self._number(10)}", amount, at.astimezone(UTC).date(), reference, text, name)
        self.accounts[account].lines.append(line)
        return line

    def statement(self, account: str, *, form: str, wrong: str | None = None) -> bytes:
        """Everything since the account was opened, as the bank's file; ``wrong`` says what it gets wrong.

        ``missing_line`` leaves the last line out, ``wrong_amount`` states it one unit less, ``unknown_fee`` adds a
        charge that nobody was told of. Balances fit what is stated, so that the file itself is sound.
        """
        held = self.accounts[account]
        lines = _wrong(held, wrong)
        held.statements += 1
        return (_mt940 if form == "mt940" else _camt053)(held, lines)


def _wrong(held: Account, wrong: str | None) -> list[Line]:
    lines = list(held.lines)
    if wrong == "missing_line":
        return lines[:-1]
    if wrong == "wrong_amount":
        return [*lines[:-1], replace(lines[-1], amount=lines[-1].amount - 1)]
    if wrong == "unknown_fee":
        charge = Line(f"FE{held.number[-8:]}", Decimal(-7), lines[-1].day, "NONREF", "SERVICE CHARGE", "BANK")
        return [*lines, charge]
    return lines


def _mt940(held: Account, lines: list[Line]) -> bytes:
    """SWIFT MT940: fields 20, 25, 28C, 60F, then 61 and 86 for each movement, and 62F."""
    decimals = DECIMALS.get(held.currency, 2)
    days = [line.day for line in lines] or [datetime.now(UTC).date()]
    closing = held.opening + sum((line.amount for line in lines), Decimal(0))

    def number(amount: Decimal) -> str:
        return f"{abs(amount):.{decimals}f}".replace(".", ",")

    def balance(tag: str, amount: Decimal, day: date) -> str:
        return f":{tag}:{'C' if amount >= 0 else 'D'}{day:%y%m%d}{held.currency}{number(amount)}"

    parts = [f":20:ST{held.number[-8:]}", f":25:{held.number}", f":28C:{held.statements}/1"]
    parts.append(balance("60F", held.opening, min(days)))
    for line in lines:
        mark = "C" if line.amount >= 0 else "D"
        parts.append(f":61:{line.day:%y%m%d}{line.day:%m%d}{mark}{number(line.amount)}NTRFNONREF//{line.own}")
        parts.append(f":86:/EREF/{line.reference}/ORDP//NAME/{line.name.upper()}")
        parts.append(f"/REMI/{line.text}/")
    parts.append(balance("62F", closing, max(days)))
    return ("\r\n".join(parts) + "\r\n-\r\n").encode()


def _camt053(held: Account, lines: list[Line]) -> bytes:
    """ISO 20022 camt.053.001.08 with one entry for each movement."""
    decimals = DECIMALS.get(held.currency, 2)
    days = [line.day for line in lines] or [datetime.now(UTC).date()]
    closing = held.opening + sum((line.amount for line in lines), Decimal(0))
    made = datetime.now(UTC).isoformat(timespec="seconds")

    def amount(value: Decimal) -> str:
        side = "CRDT" if value >= 0 else "DBIT"
        return f'<Amt Ccy="{held.currency}">{abs(value):.{decimals}f}</Amt><CdtDbtInd>{side}</CdtDbtInd>'

    def balance(code: str, value: Decimal, day: date) -> str:
        kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        return f"<Bal>{kind}{amount(value)}<Dt><Dt>{day}</Dt></Dt></Bal>"

    def entry(line: Line) -> str:
        party = "Dbtr" if line.amount >= 0 else "Cdtr"
        return (
            f"<Ntry>{amount(line.amount)}<Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{line.day}</Dt></BookgDt><ValDt><Dt>{line.day}</Dt></ValDt>"
            f"<AcctSvcrRef>{line.own}</AcctSvcrRef>"
            "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly></Domn></BkTxCd>"
            f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(line.reference)}</EndToEndId></Refs>{amount(line.amount)}"
            f"<RltdPties><{party}><Pty><Nm>{escape(line.name)}</Nm></Pty></{party}></RltdPties>"
            f"<RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )

    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{held.number}-{held.statements}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{held.number}-{held.statements}</Id><CreDtTm>{made}</CreDtTm>"
        f"<Acct><Id><Othr><Id>{held.number}</Id></Othr></Id><Ccy>{held.currency}</Ccy></Acct>"
        f"{balance('OPBD', held.opening, min(days))}{balance('CLBD', closing, max(days))}"
        f"{''.join(entry(line) for line in lines)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()
