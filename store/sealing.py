"""Personal data and secrets at rest: AES-256-GCM per field, bound to its column, with keys that can be rotated.

A sealed value is one byte of key number, twelve of nonce, then ciphertext and tag. The column's name is
authenticated, so a value moved to another column does not open. A blind index (HMAC-SHA-256, keyed) allows
look-up by equality without opening anything.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from domain.errors import Unavailable

_NONCE_BYTES = 12
_HEADER_BYTES = 1 + _NONCE_BYTES


@dataclass(frozen=True)
class Keyring:
    """Keys by number (each 32 bytes), the number new values are sealed with, the index key and a source of nonces."""

    keys: Mapping[int, bytes]
    current: int
    index_key: bytes
    entropy: Callable[[int], bytes]

    def seal(self, text: str, *, field: str) -> bytes:
        """The sealed form of a text for a field named ``table.column``."""
        nonce = self.entropy(_NONCE_BYTES)
        body = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), field.encode())
        return bytes([self.current]) + nonce + body

    def open(self, sealed: bytes, *, field: str) -> str:
        """The text of a sealed value; ``key_missing`` or ``seal_broken`` where it cannot be opened."""
        if len(sealed) < _HEADER_BYTES:
            raise Unavailable("seal_broken", f"A value of {field} is cut short.")
        key = self.keys.get(sealed[0])
        if key is None:
            raise Unavailable("key_missing", f"Key {sealed[0]} is not in the key ring.", fix="Restore the key.")
        nonce, body = sealed[1:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, body, field.encode()).decode()
        except InvalidTag:
            raise Unavailable("seal_broken", f"A value of {field} does not open with its key.") from None

    def blind_index(self, text: str, *, field: str) -> bytes:
        """A keyed digest by which equal values are found."""
        return hmac.new(self.index_key, f"{field}\0{text}".encode(), hashlib.sha256).digest()


class _Ring:
    """Holds the process's key ring; set once by runtime."""

    keyring: Keyring | None = None


def use(keyring: Keyring) -> None:
    """Seal and open with this key ring from now on; called by runtime at start."""
    _Ring.keyring = keyring


def ring() -> Keyring:
    """The key ring in use; ``key_missing`` before runtime has set one."""
    if _Ring.keyring is None:
        raise Unavailable("key_missing", "No key ring is in use.", fix="Start through runtime.")
    return _Ring.keyring


class Sealed(TypeDecorator[str]):
    """A text column that is sealed on the way in and opened on the way out."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Seal on the way in."""
        return None if value is None else ring().seal(value, field=self.field)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Open on the way out."""
        return None if value is None else ring().open(bytes(value), field=self.field)
