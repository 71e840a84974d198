"""DOKU's signatures: of its own API, in our requests and in its notifications alike, and of SNAP in notifications.

``Signature: HMACSHA256=<Base64>`` is the HMAC-SHA256, under the secret key, of lines ``Client-Id``, ``Request-Id``,
``Request-Timestamp``, ``Request-Target`` (the path that is called) and ``Digest`` (the SHA-256 of the body in Base64;
left out where there is no body), each ``Name:value``, with a line feed between them. A SNAP notification brings
``X-SIGNATURE`` instead, which is symmetric (``connectors.shared.snap``) over the access token that it brings.
Source: https://developers.doku.com/get-started-with-doku-api/signature-component (non-SNAP and SNAP, read 2026-11,
confidence high).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from connectors.platforms import any_equal, header, usable_secrets
from connectors.shared import snap
from domain.errors import Unauthenticated

_PREFIX: Final = "HMACSHA256="
_BEARER: Final = "bearer "
TARGET: Final = "Request-Target"


def signature(*, client_id: str, request_id: str, timestamp: str, target: str, body: bytes, key: bytes) -> str:
    """The value of the header ``Signature``."""
    lines = [
        f"Client-Id:{client_id}",
        f"Request-Id:{request_id}",
        f"Request-Timestamp:{timestamp}",
        f"{TARGET}:{target}",
    ]
    if body:
        lines.append(f"Digest:{base64.b64encode(hashlib.sha256(body).digest()).decode()}")
    made = hmac.new(key, "\n".join(lines).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return f"{_PREFIX}{base64.b64encode(made).decode()}"


def sealed(config: Mapping[str, str], *, request_id: str, url: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that prove a request of ours sent ``now``."""
    timestamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = signature(
        client_id=config["client_id"],
        request_id=request_id,
        timestamp=timestamp,
        target=urlsplit(url).path,
        body=body,
        key=config["secret_key"].encode(),
    )
    return {"Request-Timestamp": timestamp, "Signature": made}


def verify(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a notification signed with any of the secret keys, by DOKU's own scheme or by SNAP's.

    Raises ``Unauthenticated``: ``secret_missing``, ``signature_missing``, ``signature_invalid``.
    """
    keys = usable_secrets(secrets)
    own, by_snap = header(headers, "Signature"), header(headers, "X-SIGNATURE")
    stated = own if own is not None else by_snap
    if stated is None:
        raise Unauthenticated("signature_missing", "The Signature and the X-SIGNATURE header are missing.")
    expected = _own(raw, headers, keys) if own is not None else _by_snap(raw, headers, keys)
    if not any_equal((stated.encode("utf-8", "surrogatepass"),), expected):
        raise Unauthenticated(
            "signature_invalid",
            "The signature does not belong to this notification, its path and any of the connection's secret keys.",
            fix="Compare the secret key with DOKU's dashboard, and the address there with the one that it calls here.",
        )


def _own(raw: bytes, headers: Mapping[str, str], keys: tuple[bytes, ...]) -> tuple[bytes, ...]:
    stated = {name: _stated(headers, name) for name in ("Client-Id", "Request-Id", "Request-Timestamp", TARGET)}
    return tuple(
        signature(
            client_id=stated["Client-Id"],
            request_id=stated["Request-Id"],
            timestamp=stated["Request-Timestamp"],
            target=stated[TARGET],
            body=raw,
            key=key,
        ).encode()
        for key in keys
    )


def _by_snap(raw: bytes, headers: Mapping[str, str], keys: tuple[bytes, ...]) -> tuple[bytes, ...]:
    bearer = _stated(headers, "Authorization")
    if not bearer.lower().startswith(_BEARER):
        raise Unauthenticated("signature_missing", "The Authorization header brings no bearer token.")
    token, path, timestamp = bearer[len(_BEARER) :], _stated(headers, TARGET), _stated(headers, "X-TIMESTAMP")
    return tuple(
        snap.symmetric(
            method="POST", path=path, token=token, body=raw, timestamp=timestamp, secret=key.decode()
        ).encode()
        for key in keys
    )


def _stated(headers: Mapping[str, str], name: str) -> str:
    value = header(headers, name)
    if value is None:
        raise Unauthenticated("signature_missing", f"The {name} header, which is signed, is missing.")
    return value.encode("utf-8", "replace").decode()
