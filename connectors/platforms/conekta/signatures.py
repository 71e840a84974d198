"""Proof that an event came from Conekta: the header ``Digest``, an RSA signature (PKCS #1 v1.5, SHA-256) in Base64.

It is made over the raw body with the company's webhook key pair, of which the connection holds the public half. It has
no time: a repeated event is the same delivery, and is only asked about.
Source: https://developers.conekta.com/docs/autenticación-webhooks, and a public implementation that follows it
(2026-11, confidence high for the key pair and the header, medium for the padding, which the page leaves to its code).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from connectors.platforms import base64_bytes, header, usable_secrets
from domain.errors import Unauthenticated

PUBLIC_KEY: Final = re.compile(
    r"\s*(-----BEGIN PUBLIC KEY-----\s*)?MI[A-Za-z0-9+/\s]{200,2000}={0,2}\s*(-----END PUBLIC KEY-----\s*)?", re.ASCII
)
_ARMOUR: Final = re.compile(rb"-----(BEGIN|END) PUBLIC KEY-----|\s")


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body that is signed under one of the public keys.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    stated = header(headers, "Digest")
    if stated is None:
        raise Unauthenticated("signature_missing", "The Digest header is missing.")
    if not any(_is_signed(raw, stated, key) for key in keys):
        raise Unauthenticated(
            "signature_invalid",
            "The signature does not belong to this body under any of the connection's public keys.",
            fix="Compare the connection's public key with the one that Conekta shows for the company's webhooks.",
        )


def _is_signed(raw: bytes, stated: str, key: bytes) -> bool:
    public, signature = _loaded(key), base64_bytes(stated)
    if public is None or signature is None:
        return False
    try:
        public.verify(signature, raw, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _loaded(key: bytes) -> RSAPublicKey | None:
    try:
        public = load_der_public_key(base64.b64decode(_ARMOUR.sub(b"", key), validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return public if isinstance(public, RSAPublicKey) else None
