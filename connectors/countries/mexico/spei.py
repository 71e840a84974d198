"""SPEI's identifiers of a transfer: the numeric reference that the payer states and the tracking key of the bank.

With the day, the two banks and either of them, Banxico gives the proof of a transfer (CEP) for the last 45 working
days. Neither has a check digit, so neither is recognised: it has to be named. Source: Banxico, SPEI information module
(banxico.org.mx/services/spei_-information-module-tran.html): reference of up to 7 digits, tracking key of up to 30
letters and digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.shared import fields
from domain.contacts import Confidence
from domain.rails import Codec, Decoded

_REFERENCE: Final = r"[0-9]{1,7}"
_TRACKING: Final = r"[0-9A-Za-z]{1,30}"
_SOURCE: Final = "Banxico, SPEI information module (banxico.org.mx/services/spei_-information-module-tran.html)"


def numeric_reference(text: str) -> str:
    """The reference of 1 to 7 digits, or ``spei_reference``."""
    message = "SPEI's numeric reference is 1 to 7 digits."
    return fields.matching(text.strip(), _REFERENCE, code="spei_reference", message=message)


def tracking_key(text: str) -> str:
    """The key of 1 to 30 letters and digits, or ``spei_tracking_key``."""
    message = "SPEI's tracking key is 1 to 30 letters and digits."
    return fields.matching(text.strip(), _TRACKING, code="spei_tracking_key", message=message)


def _decode_reference(payload: str) -> Decoded | None:
    return _decoded("spei_reference", payload) if re.fullmatch(_REFERENCE, payload) else None


def _decode_key(payload: str) -> Decoded | None:
    return _decoded("spei_tracking_key", payload) if re.fullmatch(_TRACKING, payload) else None


def _decoded(profile: str, text: str) -> Decoded:
    name = profile.removeprefix("spei_")
    return Decoded(profile=profile, amount=None, currency="MXN", reference=text, tree={name: text})


def _encode_reference(values: Mapping[str, str]) -> str:
    return numeric_reference(fields.required(values, "reference"))


def _encode_key(values: Mapping[str, str]) -> str:
    return tracking_key(fields.required(values, "tracking_key"))


SPEI_IDENTIFIERS: Final = (
    Codec(
        code="spei_reference",
        name="SPEI numeric reference",
        country="MX",
        decode=_decode_reference,
        encode=_encode_reference,
        fields=("reference",),
        source=_SOURCE,
        confidence=Confidence.VERIFIED,
        detected=False,
    ),
    Codec(
        code="spei_tracking_key",
        name="SPEI tracking key (clave de rastreo)",
        country="MX",
        decode=_decode_key,
        encode=_encode_key,
        fields=("tracking_key",),
        source=_SOURCE,
        confidence=Confidence.VERIFIED,
        detected=False,
    ),
)
