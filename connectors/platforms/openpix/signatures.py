"""Proof that a webhook came from OpenPix and was meant for this connection.

Either an HMAC-SHA1 of the raw body in Base64 (``X-OpenPix-Signature``) under the secret that the webhook was made
with; or, beside the connection's secret as the token of the address, OpenPix's own RSA signature of the raw body
(``x-webhook-signature``, PKCS #1 v1.5 with SHA-256, in Base64) under the one key that it publishes. Neither has a
time; a repeated webhook is the same delivery, which is booked once.
Source: https://developers.openpix.com.br/docs/webhook/seguranca/webhook-signature-validation, whose worked example is
among the tests, and …/webhook-hmac, whose example does not recompute with the secret beside it (2026-11, confidence
high for RSA, medium for HMAC: what does not verify is refused).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from connectors.platforms import any_equal, base64_bytes, header, usable_secrets
from domain.errors import Unauthenticated

_PUBLISHED_KEY: Final = (
    "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUlHZk1BMEdDU3FHU0liM0RRRUJBUVVBQTRHTkFEQ0JpUUtCZ1FDLytOdElranpl"
    "dnZxRCtJM01NdjNiTFhEdApwdnhCalk0QnNSclNkY2EzcnRBd01jUllZdnhTbmQ3amFnVkxwY3RNaU94UU84aWVVQ0tMU1dIcHNN"
    "QWpPL3paCldNS2Jxb0c4TU5waS91M2ZwNnp6MG1jSENPU3FZc1BVVUcxOWJ1VzhiaXM1WloySVpnQk9iV1NwVHZKMGNuajYKSEtC"
    "QUE4MkpsbitsR3dTMU13SURBUUFCCi0tLS0tRU5EIFBVQkxJQyBLRVktLS0tLQo="
)


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept an HMAC under one of the secrets, or OpenPix's own signature beside one of them as the token.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``, ``token_invalid``.
    """
    keys = usable_secrets(secrets)
    own, published = header(headers, "X-OpenPix-Signature"), header(headers, "x-webhook-signature")
    if own is None and published is None:
        raise Unauthenticated("signature_missing", "Neither of OpenPix's signature headers is there.")
    if own is not None and _is_hmac(raw, own, keys):
        return
    if published is None or not _is_published(raw, published):
        raise Unauthenticated(
            "signature_invalid",
            "No signature belongs to this body.",
            fix="Compare the connection's secret with the webhook's in OpenPix's panel.",
        )
    token = header(headers, "x-webhook-token") or ""
    if not any_equal((token.encode("utf-8", "surrogatepass"),), keys):
        raise Unauthenticated(
            "token_invalid",
            "OpenPix signed this, but it does not bring this connection's token.",
            fix="Register the address with ?token= and the connection's webhook secret.",
        )


def _is_hmac(raw: bytes, stated: str, keys: tuple[bytes, ...]) -> bool:
    expected = tuple(base64.b64encode(hmac.new(key, raw, hashlib.sha1).digest()) for key in keys)
    return any_equal((stated.encode("utf-8", "surrogatepass"),), expected)


def _is_published(raw: bytes, stated: str) -> bool:
    key = load_pem_public_key(base64.b64decode(_PUBLISHED_KEY))
    if not isinstance(key, RSAPublicKey):
        raise TypeError("OpenPix's published key is one for RSA.")
    signature = base64_bytes(stated)
    if signature is None:
        return False
    try:
        key.verify(signature, raw, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
