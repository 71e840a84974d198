"""Proof that a notification came from PagBank, in one of two ways.

``x-payload-signature``: ECDSA with SHA-256 over the raw body, in DER and Base64, one or several with commas between,
under the key pair whose public half the connection holds. ``x-authenticity-token``: the SHA-256 of
``<token>-<raw body>`` in hexadecimal, under the account's token. Neither has a time; a repeated notification is the
same delivery, and is only asked about.

A public key proves nothing as a token, for anybody may know it: the two are told apart by the identifier of
elliptic-curve keys that every such key begins with.
Source: https://developer.pagbank.com.br/reference/confirmar-autenticidade-da-notificacao (token, confidence high) and
https://developer.pagbank.com.br/reference/validacao-de-autenticidade, as at least six public implementations follow it
(key pair, medium: the page itself could not be read), 2026-11.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from connectors.platforms import any_equal, base64_bytes, header, usable_secrets
from domain.errors import Unauthenticated

PUBLIC_KEY: Final = re.compile(r"M[A-Za-z0-9+/]{5}YHKoZIzj0CAQY[A-Za-z0-9+/]{40,300}={0,2}", re.ASCII)
_OF_CURVES: Final = bytes.fromhex("06072a8648ce3d0201")  # 1.2.840.10045.2.1, as a key holds it in DER
_MAX_SIGNATURES: Final = 16


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a body signed under one of the public keys, or hashed with one of the tokens.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    held = usable_secrets(secrets)
    keys = tuple(secret for secret in held if _is_key(secret))
    tokens = tuple(secret for secret in held if not _is_key(secret))
    signed, hashed = header(headers, "x-payload-signature"), header(headers, "x-authenticity-token")
    if signed is None and hashed is None:
        raise Unauthenticated("signature_missing", "Neither of PagBank's signature headers is there.")
    if signed is not None and any(_is_signed(raw, signed, key) for key in keys):
        return
    expected = tuple(hashlib.sha256(token + b"-" + raw).hexdigest().encode() for token in tokens)
    if hashed is None or not any_equal((hashed.encode("utf-8", "surrogatepass"),), expected):
        raise Unauthenticated(
            "signature_invalid",
            "No signature belongs to this body under any of the connection's keys and tokens.",
            fix="Compare the connection's token and public key with those of the account, of the same environment.",
        )


def _is_key(secret: bytes) -> bool:
    try:
        return _OF_CURVES in base64.b64decode(secret)
    except binascii.Error:
        return False


def _is_signed(raw: bytes, stated: str, key: bytes) -> bool:
    public = _loaded(key)
    signatures = stated.split(",")
    if public is None or len(signatures) > _MAX_SIGNATURES:
        return False
    return any(_belongs(public, signature.strip(), raw) for signature in signatures)


def _belongs(public: EllipticCurvePublicKey, signature: str, raw: bytes) -> bool:
    decoded = base64_bytes(signature)
    if decoded is None:
        return False
    try:
        public.verify(decoded, raw, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _loaded(key: bytes) -> EllipticCurvePublicKey | None:
    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return public if isinstance(public, EllipticCurvePublicKey) else None
