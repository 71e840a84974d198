"""2C2P's messages as signed tokens: JWT (RFC 7519) in compact form under HMAC-SHA256 and no other algorithm.

The algorithm is fixed here: a header that names another one, or none, is refused before any key is used. The signature
is compared as it is written, so that no other spelling of the same bytes passes.
Source: https://developer.2c2p.com/docs/json-web-tokens-jwt and github.com/2C2P/agent-skills,
steering/getting-started.md (of 2026-08, read 2026-11, confidence high); RFC 7515, section 3.1 and appendix A.1.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

from connectors.platforms import as_text, json_bytes, json_object, malformed

ALGORITHM: Final = "HS256"
_PARTS: Final = 3
_LONGEST: Final = 64 * 1024


def signed(document: Mapping[str, Any], key: str) -> str:
    """The document as a token under a key."""
    head = _encoded(json_bytes({"typ": "JWT", "alg": ALGORITHM}))
    text = f"{head}.{_encoded(json_bytes(document))}"
    return f"{text}.{signature(text, key.encode())}"


def signature(text: str, key: bytes) -> str:
    """The third part of a token, of its first two with the dot between them."""
    return _encoded(hmac.new(key, text.encode(), hashlib.sha256).digest())


def split(token: Any) -> tuple[str, str]:
    """What of a token is signed, and its signature as written; ``body_malformed`` for another algorithm or shape."""
    text = as_text(token, "the payload")
    parts = text.split(".")
    if len(parts) != _PARTS or len(text) > _LONGEST or not text.isascii():
        raise malformed("The payload is no token of three parts.")
    if json_object(_decoded(parts[0])).get("alg") != ALGORITHM:
        raise malformed(f"The token is not of the algorithm {ALGORITHM}.")
    return f"{parts[0]}.{parts[1]}", parts[2]


def claims(token: Any) -> dict[str, Any]:
    """What a token says; whether it is signed rightly is not asked here."""
    return json_object(_decoded(split(token)[0].partition(".")[2]))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise malformed("A part of the token is not base64url.") from None
