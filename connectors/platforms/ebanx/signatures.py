"""Proof that a notification came from EBANX: RSA over SHA-1 of the raw body, under the certificates that are stored.

``X-SignatureContent`` holds the signature in Base64 and ``X-SignatureType`` the fixed ``rsa,sha1``;
``X-SignatureFingerprint`` names the certificate and is not trusted to choose one. The keys are pinned: what EBANX
publishes is stored in the connection, as a certificate or as its public key, in PEM whose lines may be one, for a
setting has one line. SHA-1 is the scheme's own; as a
notification only names payments to ask about, a forged one would have EBANX asked in vain and nothing booked.
Source: https://developers.ebanx.com/integrations/notifications and
https://docs.ebanx.com/docs/payments/guides/features/payment-notifications (read 2026-11, confidence high).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import load_der_x509_certificate

from connectors.platforms import base64_bytes, header, usable_secrets
from domain.errors import Unauthenticated

_TYPE: Final = "rsa,sha1"
_PEM: Final = re.compile(rb"\s*-----BEGIN (CERTIFICATE|PUBLIC KEY)-----([^-]*)-----END \1-----\s*")


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body signed under any of the stored certificates.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    pinned = usable_secrets(secrets)
    stated, kind = header(headers, "X-SignatureContent"), header(headers, "X-SignatureType")
    if stated is None:
        raise Unauthenticated("signature_missing", "The X-SignatureContent header is missing.")
    if kind is not None and kind.replace(" ", "").lower() != _TYPE:
        raise _invalid()
    signature = base64_bytes(stated)
    if signature is None or not any(_proves(pem, signature, raw) for pem in pinned):
        raise _invalid()


def _proves(pem: bytes, signature: bytes, raw: bytes) -> bool:
    stored = _PEM.fullmatch(pem)
    if stored is None:
        return False
    try:
        der = base64.b64decode(b"".join(stored[2].split()), validate=True)
        key = load_der_x509_certificate(der).public_key() if stored[1] == b"CERTIFICATE" else load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):  # the first covers wrong Base64
        return False
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, raw, PKCS1v15(), SHA1())  # noqa: S303 - the scheme's own, see above
    except InvalidSignature:
        return False
    return True


def _invalid() -> Unauthenticated:
    return Unauthenticated(
        "signature_invalid",
        "The signature does not belong to this body under any of the connection's certificates.",
        fix="Download EBANX's certificate for notifications again and compare its fingerprint.",
    )
