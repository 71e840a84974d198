"""Signatures of SNAP, Bank Indonesia's standard for open payment APIs, as banks and gateways of Indonesia share it.

Three of them, all over texts whose parts have colons between them:

- of an access token (asymmetric): SHA256withRSA of ``client:timestamp`` with a bar instead of the colon, Base64;
- of a request under a token (symmetric): HMAC-SHA512 of ``METHOD:path:token:body:timestamp`` under the client's secret,
  Base64;
- of a request without a token (asymmetric): SHA256withRSA of ``METHOD:path:body:timestamp``, Base64.

``body`` is the SHA-256 in lower-case hexadecimal of the body without the whitespace between its parts, ``timestamp`` is
the header X-TIMESTAMP as it is written. Signatures are compared in constant time or by the public key. Sources:
https://developers.doku.com/get-started-with-doku-api/signature-component/snap and …/check-status-api/snap, the official
library github.com/PTNUSASATUINTIARTHA-DOKU/doku-python-library (services/token_service.py, of 2025-03), and
https://docs.midtrans.com (signature generation of payouts) for the token's (read 2026-11, confidence high; medium for
the request without a token, which is the standard's and other gateways').
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from domain.errors import Invalid

_WHITESPACE = frozenset(b" \t\r\n")
_QUOTE, _BACKSLASH = ord('"'), ord("\\")


def minified(body: bytes) -> bytes:
    """A JSON body without the whitespace between its parts; what stands inside texts stays as it is."""
    out, inside, escaped = bytearray(), False, False
    for byte in body:
        if inside:
            inside = escaped or byte != _QUOTE
            escaped = byte == _BACKSLASH and not escaped
        elif byte in _WHITESPACE:
            continue
        else:
            inside = byte == _QUOTE
        out.append(byte)
    return bytes(out)


def digest(body: bytes) -> str:
    """The part of a signed text that stands for the body."""
    return hashlib.sha256(minified(body)).hexdigest()


def symmetric(*, method: str, path: str, token: str, body: bytes, timestamp: str, secret: str) -> str:
    """The signature of a request under an access token."""
    text = f"{method}:{path}:{token}:{digest(body)}:{timestamp}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest()).decode()


def token_text(client_id: str, timestamp: str) -> str:
    """What is signed to be lent an access token."""
    return f"{client_id}|{timestamp}"


def request_text(*, method: str, path: str, body: bytes, timestamp: str) -> str:
    """What is signed of a request that brings no access token."""
    return f"{method}:{path}:{digest(body)}:{timestamp}"


def asymmetric(text: str, private_key_pem: str) -> str:
    """The signature of a text; ``Invalid`` (``private_key_malformed``) for what is no RSA key in PEM."""
    try:
        key = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise Invalid("private_key_malformed", "An RSA private key in PEM without a passphrase is needed.")
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def proves(signature: str, text: str, public_key_pem: str) -> bool:
    """Whether a signature belongs to a text under an RSA public key in PEM."""
    try:
        key = serialization.load_pem_public_key(public_key_pem.encode())
        raw = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        return False
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
