"""Indonesia's virtual account number in SNAP's form: the partner's service id, filled with blanks to 8, and a customer.

``partnerServiceId`` has up to 8 digits, ``customerNo`` up to 20; ``virtualAccountNo`` is both. It has no check digit:
one is recognised by the blanks that fill its front, unless its digits have the form of an account number elsewhere;
where eight digits fill it, it has to be named. Banks take customers of their own lengths (BNI 8 or 12, Permata and CIMB
12, BCA 6 to 18, BRI 18). Sources: SNAP BI, as docs.midtrans.com and developers.doku.com have it (lengths);
docs.midtrans.com bank-transfer-object (banks). The blanks are of the technical standard, which was not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.shared import fields
from domain.contacts import Confidence
from domain.rails import Codec, Decoded

_CODE: Final = "snap_va"
_PARTNER: Final = 8
_NUMBER: Final = re.compile(r"(?= {0,7}[0-9])([ 0-9]{8})([0-9]{1,20})")
_FILLED: Final = re.compile(r" *[0-9]{1,8}")


def _decode(payload: str) -> Decoded | None:
    found = _NUMBER.fullmatch(payload)
    if found is None or _FILLED.fullmatch(found.group(1)) is None:
        return None
    partner, customer = found.groups()
    return Decoded(
        profile=_CODE,
        amount=None,
        currency="IDR",
        reference=payload.strip(),
        tree={"partnerServiceId": partner, "customerNo": customer, "virtualAccountNo": payload},
        details={"company_code": partner.strip(), "customer_number": customer},
    )


def _encode(values: Mapping[str, str]) -> str:
    message = "A partner's service id is 1 to 8 digits."
    partner = fields.required(values, "partner_service_id")
    fields.matching(partner, r"[0-9]{1,8}", code="snap_partner", message=message)
    message = "A customer's number is 1 to 20 digits."
    customer = fields.required(values, "customer_number")
    fields.matching(customer, r"[0-9]{1,20}", code="snap_customer", message=message)
    return f"{partner:>{_PARTNER}}{customer}"


VIRTUAL_ACCOUNT: Final = Codec(
    code=_CODE,
    name="SNAP virtual account number",
    country="ID",
    decode=_decode,
    encode=_encode,
    fields=("partner_service_id", "customer_number"),
    source="SNAP BI as docs.midtrans.com and developers.doku.com have it",
    confidence=Confidence.SECONDARY,
    whole=True,
)
