"""ZATCA's code on a tax invoice: tag, length and value in bytes, base64: seller, tax number, time, total, tax.

Not a payment code: it proves an invoice, such as one for a fee. A length counts bytes of UTF-8, one byte for tag and
length each. Tags 6 to 9 of the second phase (hash, signature, key, stamp) are shown as they are, not verified. Sources:
ZATCA's guide as quoted with Haraj-backend/zatca-sdk-go's tests; the guide itself was not read.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

from connectors.shared import fields
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Codec, Decoded

_CODE: Final = "zatca"
_CURRENCY: Final = "SAR"
_BASE64: Final = re.compile(r"A[Q-Za-f][0-9A-Za-z+/]{18,}={0,2}")  # the first byte is 1, the tag of the seller
_NAMES: Final = {
    1: "seller",
    2: "vat_number",
    3: "timestamp",
    4: "total",
    5: "vat",
    6: "invoice_hash",
    7: "signature",
    8: "public_key",
    9: "stamp_signature",
}
_NEEDED: Final = range(1, 6)
_IN_BYTES: Final = frozenset({8, 9})  # DER, not text
_MAX_VALUE: Final = 255
_VAT_NUMBER: Final = re.compile(r"[0-9]{15}")
_HEAD: Final = 2
VAT_NUMBER_DOUBT: Final = "vat_number_form"


def _decode(payload: str) -> Decoded | None:
    compact = re.sub(r"\s", "", payload)
    if _BASE64.fullmatch(compact) is None:
        return None
    try:
        content = base64.b64decode(compact, validate=True)
    except binascii.Error:
        _refuse("base64", tag=None, offset=None, reason="it is not whole base64")
    objects = list(_objects(content))
    found = {tag: value for tag, value, _ in objects}
    missing = [tag for tag in _NEEDED if not found.get(tag)]
    if missing:
        names = ", ".join(_NAMES[tag] for tag in missing)
        _refuse("missing", tag=str(missing[0]), offset=len(content), reason=f"{names} is missing")
    places = {tag: place for tag, _, place in objects}
    total, vat = _amounts(found, places)
    details: dict[str, Any] = {_NAMES.get(tag, str(tag)): value for tag, value in found.items()}
    details["vat"] = f"{vat.decimal:f}"
    return Decoded(
        profile=_CODE,
        amount=total if total.minor else None,
        currency=_CURRENCY,
        reference=None,
        tree={str(tag): value for tag, value in found.items()},
        details=details,
        warnings=_doubts(found, places),
    )


def _objects(content: bytes) -> Iterator[tuple[int, str, int]]:
    """Tag, value and the value's place in the bytes, of each object; of the DER ones the value in hexadecimal."""
    position, seen = 0, set()
    while position < len(content):
        head = content[position : position + _HEAD]
        start = position + _HEAD
        value = content[start : start + head[-1]] if len(head) == _HEAD else b""
        if len(head) < _HEAD or len(value) < head[1]:
            _refuse("length", tag=str(head[0]), offset=position, reason="a length runs over the end")
        if head[0] in seen:
            _refuse("duplicate", tag=str(head[0]), offset=position, reason="the tag stands twice")
        seen.add(head[0])
        yield head[0], value.hex() if head[0] in _IN_BYTES else _text(value, head[0], start), start
        position = start + head[1]


def _text(value: bytes, tag: int, offset: int) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("text", tag=str(tag), offset=offset, reason="the value is not UTF-8: a length before it is wrong")


def _amounts(found: Mapping[int, str], places: Mapping[int, int]) -> tuple[Money, Money]:
    amounts: list[Money] = []
    for tag in (4, 5):
        try:
            amounts.append(Money.parse(found[tag].replace(",", ""), _CURRENCY))
        except Invalid:
            reason = f"{found[tag][:20]!r} is not an amount of {_CURRENCY}"
            _refuse("amount", tag=str(tag), offset=places.get(tag), reason=reason)
    total, vat = amounts
    if not 0 <= vat.minor <= total.minor:
        _refuse("amount", tag="5", offset=places.get(5), reason="the tax is more than the total, or less than zero")
    return total, vat


def _doubts(found: Mapping[int, str], places: Mapping[int, int]) -> tuple[str, ...]:
    try:
        datetime.fromisoformat(found[3])
    except ValueError:
        _refuse("timestamp", tag="3", offset=places.get(3), reason=f"{found[3][:30]!r} is not a time")
    number = found[2]
    sound = _VAT_NUMBER.fullmatch(number) is not None and number[0] == number[-1] == "3"
    return () if sound else (VAT_NUMBER_DOUBT,)


def _refuse(code: str, *, tag: str | None, offset: int | None, reason: str) -> NoReturn:
    raise Invalid(
        f"zatca_{code}",
        f"The invoice's code is broken: {reason}.",
        fix="Scan the whole code again.",
        tag=tag,
        offset=offset,
        reason=reason,
    )


def _encode(values: Mapping[str, str]) -> str:
    message = "A tax number is 15 digits."
    number = fields.matching(
        fields.required(values, "vat_number"), _VAT_NUMBER.pattern, code="zatca_vat_number", message=message
    )
    moment = fields.required(values, "timestamp")
    total = Money.parse(fields.required(values, "total"), _CURRENCY)
    vat = Money.parse(fields.required(values, "vat"), _CURRENCY)
    found = dict(
        enumerate((fields.required(values, "seller"), number, moment, str(total.decimal), str(vat.decimal)), 1)
    )
    _amounts(found, {})
    _doubts(found, {})
    content = b""
    for tag, text in found.items():
        value = _bytes(text, _NAMES[tag])
        if len(value) > _MAX_VALUE:
            raise Invalid(
                "text_too_long", f"The field {_NAMES[tag]!r} has more than {_MAX_VALUE} bytes.", field=_NAMES[tag]
            )
        content += bytes((tag, len(value))) + value
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Invalid("text_malformed", f"The field {name!r} holds half a character.", field=name) from None


ZATCA: Final = Codec(
    code=_CODE,
    name="ZATCA tax invoice code",
    country="SA",
    decode=_decode,
    encode=_encode,
    fields=("seller", "vat_number", "timestamp", "total", "vat"),
    source="ZATCA e-invoicing guide as quoted with Haraj-backend/zatca-sdk-go's tests",
    confidence=Confidence.SECONDARY,
)
