"""SADAD bills: the biller's code and the bill's number, which a debtor types into any bank's application.

A provider gives both out when it is asked for a bill; there is no check digit here. As one text a bill is an address
after the pattern of RFC 8905 whose target is the house's own; biller and number with one mark between them are read
too. Riyals only; a bill cannot be refunded. Open: how long other billers' numbers may be. Sources:
docs.moyasar.com/guides/sadad-bill/overview (3 and 13 digits, the sample); docs.onesingleview.com (3 digits).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from connectors.shared import emv_profile, fields, payto
from connectors.shared.numbers import western
from domain.contacts import Confidence
from domain.money import Money
from domain.rails import Codec, Decoded

_CODE: Final = "sadad"
_CURRENCY: Final = "SAR"
_PREFIX: Final = "payto://sadad/"
_MAX_LENGTH: Final = 512
_BARE: Final = re.compile(r"([0-9]{3})[-/: ]([0-9]{13})")
_BILLER: Final = r"[0-9]{3}"
_BILL: Final = r"[0-9]{1,20}"


def _decode(payload: str) -> Decoded | None:
    if len(payload) > _MAX_LENGTH:
        return None
    found = _BARE.fullmatch(western(payload))
    if found is not None:
        return _decoded(*found.groups(), amount=None)
    if not payload.lower().startswith(_PREFIX):
        return None
    address = urlsplit(payload)
    biller, _, bill = address.path.removeprefix("/").partition("/")
    place, asked = payto.Places(payload), parse_qs(address.query).get("amount")
    with place.of_target("biller"):
        biller = _biller(biller)
    with place.of_target("bill", behind=len(biller) + 1):
        bill = _bill(bill)
    with place.of_option("amount"):
        amount = None if asked is None else payto.amount(asked[0], _CURRENCY)
    return _decoded(biller, bill, amount=amount)


def _decoded(biller: str, bill: str, *, amount: Money | None) -> Decoded:
    tree = {"biller": biller, "bill": bill}
    return Decoded(profile=_CODE, amount=amount, currency=_CURRENCY, reference=bill, tree=tree)


def _biller(text: str) -> str:
    message = "A SADAD biller's code is three digits."
    return fields.matching(western(text), _BILLER, code="sadad_biller", message=message)


def _bill(text: str) -> str:
    message = "A SADAD bill's number is 1 to 20 digits."
    return fields.matching(western(text), _BILL, code="sadad_bill", message=message)


def _encode(values: Mapping[str, str]) -> str:
    biller, bill = _biller(fields.required(values, "biller")), _bill(fields.required(values, "bill"))
    amount = fields.amount(values, _CURRENCY)
    query = "" if amount is None else f"?amount={_CURRENCY}:{emv_profile.wire_amount(amount)}"
    return f"{_PREFIX}{biller}/{bill}{query}"


SADAD: Final = Codec(
    code=_CODE,
    name="SADAD bill",
    country="SA",
    decode=_decode,
    encode=_encode,
    fields=("biller", "bill", "amount"),
    source="docs.moyasar.com/guides/sadad-bill/overview; docs.onesingleview.com; RFC 8905",
    confidence=Confidence.SECONDARY,
)
