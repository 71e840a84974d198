"""What the free field of an MT940 movement says, in the dialects that banks write it in: references, payer, text.

Field 86 is free text to SWIFT; banks agreed on a few ways to structure it, and each is told by its own marks:

- numbered subfields (``166?00…?20EREF+…?32NAME``): Germany's electronic banking agreement (DFÜ-Abkommen, annex 3,
  section 8), also with ``~``, ``^``, ``<``, ``>``, ``@`` or ``|`` as mark in Poland, Hungary and Austria;
- slash code words (``/EREF/…/BENM//NAME/…/REMI/…``): Dutch and other banks' published MT940 descriptions;
- ``EREF+`` and its like without subfields;
- anything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.statement_files.records import creditor_references, named, stated

_SUBFIELDS: Final = re.compile(r"(\d{3})?([?~^<>@|])\d{2}")
_SEPA_WORDS: Final = "EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PREF|RREF|COAM|OAMT|PURP|IBAN|BIC|ANAM"
_SEPA: Final = re.compile(rf"\b({_SEPA_WORDS})\+")
_SLASH_WORDS: Final = (
    "EREF|KREF|MARF|PREF|RREF|ORDP|BENM|CNTP|NAME|IBAN|BIC|ADDR|REMI|TRTP|CSID|SVCL|ISDT|RTRN|PURP|ULTC|ULTD|ULTB"
    "|TRCD|BUSP|OCMT|CHGS|EXCH|ACCW|INIT|ORGN"
)
_SLASHED: Final = re.compile(rf"/({_SLASH_WORDS})/")
_PURPOSE: Final = (*range(20, 30), *range(60, 64))
_FULL_SUBFIELD: Final = 27  # characters; a shorter one ended on purpose

_ACCOUNT: Final = re.compile(r"[A-Z0-9][A-Z0-9./-]{3,33}")


@dataclass(frozen=True, slots=True)
class Details:
    """What field 86 says. ``references`` are best first; ``instructed`` is a code and amount such as ``USD100,00``."""

    text: str | None = None
    references: tuple[str, ...] = ()
    name: str | None = None
    account: str | None = None
    instructed: str | None = None


def details_of(lines: Sequence[str]) -> Details:
    """The field's lines as they stand in the file, read in the dialect that they are in."""
    if not lines:
        return Details()
    joined = "".join(lines)
    mark = _SUBFIELDS.match(joined)
    if mark is not None:
        return _subfielded(joined, mark[2])
    if joined.startswith("/") and _SLASHED.match(joined):
        return _slashed(joined)
    if _SEPA.search(joined):
        return _sepa(joined, name=None, account=None)
    free = stated(" ".join(lines))
    return Details(text=free, references=creditor_references(free or ""))


def _subfielded(joined: str, mark: str) -> Details:
    parts = [part for part in joined.split(mark)[1:] if part[:2].isdigit()]
    values: dict[int, str] = {}
    for part in parts:
        number = int(part[:2])
        values[number] = values.get(number, "") + part[2:]
    purpose = _purpose([values[number] for number in _PURPOSE if number in values])
    name = stated(_purpose([values.get(32, ""), values.get(33, "")]))
    account = _account(values.get(31))
    if _SEPA.search(purpose):
        return _sepa(purpose, name=name, account=account)
    free = stated(purpose) or stated(values.get(0, ""))
    return Details(text=free, references=creditor_references(free or ""), name=name, account=account)


def _purpose(parts: Sequence[str]) -> str:
    """Subfields put together: cut words are closed again, words that ended are kept apart."""
    text = ""
    for part in parts:
        text += part if len(part) >= _FULL_SUBFIELD else f"{part} "
    return text


def _sepa(purpose: str, *, name: str | None, account: str | None) -> Details:
    words = _values(_SEPA, purpose)
    text = stated(words.get("SVWZ") or "") or stated(words[""])
    return Details(
        text=text,
        references=named([words.get("EREF"), *creditor_references(text or ""), words.get("KREF"), words.get("MREF")]),
        name=name or stated(words.get("ANAM", "")),
        account=account or _account(words.get("IBAN")),
    )


def _slashed(joined: str) -> Details:
    words = {word: value.strip("/ ") for word, value in _values(_SLASHED, joined).items()}
    counterparty = words.get("CNTP", "").split("/")
    text = stated(_remittance(words.get("REMI", "")))
    name = words.get("NAME") or words.get("ORDP") or words.get("BENM") or _at(counterparty, 2)
    return Details(
        text=text,
        references=named([words.get("EREF"), *creditor_references(text or ""), words.get("KREF"), words.get("MARF")]),
        name=stated(name),
        account=_account(words.get("IBAN") or _at(counterparty, 0)),
        instructed=words.get("OCMT"),
    )


def _remittance(value: str) -> str:
    """What follows ``USTD//`` (free) or ``STRD/CUR/`` (a reference) where the bank writes these."""
    for prefix in ("USTD//", "STRD/CUR/", "STRD/ISO/"):
        if value.startswith(prefix):
            return value.removeprefix(prefix)
    return value


def _values(word: re.Pattern[str], text: str) -> Mapping[str, str]:
    """The text after each code word, up to the next one; under the empty name what stands before the first."""
    pieces = word.split(text)
    values = {"": pieces[0]}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        values.setdefault(name, value.strip())
    return values


def _at(parts: Sequence[str], index: int) -> str:
    return parts[index] if index < len(parts) else ""


def _account(value: str | None) -> str | None:
    compact = (value or "").replace(" ", "").upper()
    return compact if _ACCOUNT.fullmatch(compact) else None
