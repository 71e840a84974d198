"""Pix's identifiers: of a payment (E…) and a return (D…) from end to end, of a mandate (RR…, RN…), of a charge (txid).

The first three name bank and time, so they are recognised; a txid is any letters and digits and has to be named. The
clock of an end-to-end id is UTC and may be twelve hours off. Sources: bacen/pix-api 2.9.0 openapi.yaml (patterns and
examples); bacen/pix-api issue 269 (static txid); developers.celcoin.com.br (tolerance). The parts of the identifiers
are inferred from the published examples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from connectors.shared import fields
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.rails import Codec, Decoded

_END_TO_END: Final = re.compile(r"([ED])([0-9A-Z]{8})([0-9]{12})([0-9A-Za-z]{11})")
_MEANT: Final = re.compile(r"[ED][0-9]{8}20[0-9]{10}\S{1,21}")  # a bank and a time: an identifier, whole or not
_LENGTH: Final = 32
_MANDATE: Final = re.compile(r"(R[RN])([0-9A-Z]{8})([0-9]{8})([0-9A-Za-z]{11})")
_TXID: Final = re.compile(r"[0-9A-Za-z]{1,35}")
_MAX_STATIC: Final = 25
_KINDS: Final = {"E": "payment", "D": "return", "RR": "mandate", "RN": "mandate_by_payer_bank"}
_SOURCE: Final = "bacen/pix-api 2.9.0 openapi.yaml @1f1b568f; its issue 269"


def _moment(text: str, form: str, *, code: str, offset: int) -> datetime:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        reason = f"{text!r} is not a time"
        raise Invalid(code, f"The identifier is broken: {reason}.", tag="time", offset=offset, reason=reason) from None


def _decode_end_to_end(payload: str) -> Decoded | None:
    found = _END_TO_END.fullmatch(payload)
    if found is None:
        _check_meant(payload)
        return None
    kind, bank, time, own = found.groups()
    at = _moment(time, "%Y%m%d%H%M", code="pix_end_to_end_time", offset=9)
    details = {"kind": _KINDS[kind], "ispb": bank, "at": at.isoformat(), "own": own}
    tree = {"kind": kind, "ispb": bank, "time": time, "own": own}
    return Decoded("pix_end_to_end", amount=None, currency="BRL", reference=payload, tree=tree, details=details)


def _check_meant(payload: str) -> None:
    """Refuses what names bank and time as an identifier does and is none (``pix_end_to_end``)."""
    if _MEANT.fullmatch(payload) is None:
        return
    last = next((place for place, letter in enumerate(payload) if not (letter.isascii() and letter.isalnum())), None)
    if last is not None:
        offset, reason = last, f"{payload[last]!r} is no letter or digit"
    else:
        offset, reason = min(len(payload), _LENGTH), f"it has {len(payload)} characters, not {_LENGTH}"
    message = f"The identifier is broken: {reason}."
    raise Invalid("pix_end_to_end", message, tag="own", offset=offset, reason=reason)


def _encode_end_to_end(values: Mapping[str, str]) -> str:
    kind = fields.optional(values, "kind") or "E"
    bank, own = fields.required(values, "ispb"), fields.required(values, "own")
    time = _clock(fields.required(values, "at"))
    message = "An end-to-end id is kind E or D, an ISPB of 8 and 11 letters and digits of one's own."
    parts = ((kind, r"[ED]"), (bank, r"[0-9A-Z]{8}"), (own, r"[0-9A-Za-z]{11}"))
    for part, pattern in parts:  # one by one: a short part beside a long one would pass for the whole
        fields.matching(part, pattern, code="pix_end_to_end", message=message)
    return f"{kind}{bank}{time}{own}"


def _clock(text: str) -> str:
    """A moment with an offset as the identifier has it, in UTC: 202611231221."""
    try:
        at = datetime.fromisoformat(text)
        clock = None if at.tzinfo is None else re.sub(r"[^0-9]", "", at.astimezone(UTC).isoformat())
    except (ValueError, OverflowError):  # the second where UTC is in the year 0 or 10000
        clock = None
    if clock is None:
        raise Invalid(
            "pix_end_to_end_time", "The field 'at' is no moment with an offset.", fix="Give at=2026-11-23T12:21Z."
        )
    return clock[: len("202611231221")]


def _decode_mandate(payload: str) -> Decoded | None:
    found = _MANDATE.fullmatch(payload)
    if found is None:
        return None
    kind, bank, day, own = found.groups()
    made = _moment(day, "%Y%m%d", code="pix_mandate_time", offset=10)
    details = {"kind": _KINDS[kind], "ispb": bank, "day": made.date().isoformat(), "own": own}
    tree = {"kind": kind, "ispb": bank, "day": day, "own": own}
    return Decoded("pix_mandate", amount=None, currency="BRL", reference=payload, tree=tree, details=details)


def _decode_txid(payload: str) -> Decoded | None:
    if _TXID.fullmatch(payload) is None:
        return None
    kind = "static" if len(payload) <= _MAX_STATIC else "charge"
    tree = {"txid": payload}
    return Decoded("pix_txid", amount=None, currency="BRL", reference=payload, tree=tree, details={"kind": kind})


IDENTIFIERS: Final = (
    Codec(
        code="pix_end_to_end",
        name="Pix end-to-end identifier",
        country="BR",
        decode=_decode_end_to_end,
        encode=_encode_end_to_end,
        fields=("kind", "ispb", "at", "own"),
        source=_SOURCE,
        confidence=Confidence.SECONDARY,
    ),
    Codec(
        code="pix_mandate",
        name="Pix Automático mandate (idRec)",
        country="BR",
        decode=_decode_mandate,
        source=_SOURCE,
        confidence=Confidence.SECONDARY,
    ),
    Codec(
        code="pix_txid",
        name="Pix charge identifier (txid)",
        country="BR",
        decode=_decode_txid,
        source=_SOURCE,
        confidence=Confidence.VERIFIED,
        detected=False,
    ),
)
