"""Keys: taken from settings, or made once and kept beside the embedded servers, readable by their owner alone."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Invalid
from runtime import clock
from runtime.settings import Settings
from store.sealing import Keyring

_KEY_BYTES = 32
_MOST_KEYS = 255  # a sealed value names its key in one byte


@dataclass(frozen=True)
class Keys:
    """The key ring of personal data and the key of sessions."""

    ring: Keyring
    session: bytes


def load(settings: Settings) -> Keys:
    """The keys of settings; where none are set, those of the data directory, made at first use."""
    if settings.field_key is None or settings.index_key is None or settings.session_key is None:
        if settings.database_url is not None:
            raise Invalid(
                "keys_missing",
                "A database of your own needs keys of your own.",
                fix="Set AFLUENTE_FIELD_KEY, AFLUENTE_INDEX_KEY and AFLUENTE_SESSION_KEY; see docs/operations.md.",
            )
        kept = _kept(settings.data_dir / "keys.json")
        field, index, session = kept["field_key"], kept["index_key"], kept["session_key"]
    else:
        field = settings.field_key.get_secret_value()
        index = settings.index_key.get_secret_value()
        session = settings.session_key.get_secret_value()
    keys = _field_keys(field)
    newest = next(reversed(keys))
    return Keys(Keyring(keys, newest, _decode(index, "index_key"), clock.entropy), _decode(session, "session_key"))


def _kept(path: Path) -> dict[str, str]:
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept
    made = {
        "field_key": "1:" + base64.b64encode(clock.entropy(_KEY_BYTES)).decode(),
        "index_key": base64.b64encode(clock.entropy(_KEY_BYTES)).decode(),
        "session_key": base64.b64encode(clock.entropy(_KEY_BYTES)).decode(),
    }
    write_private(path, json.dumps(made))
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _field_keys(text: str) -> dict[int, bytes]:
    pairs = [part.split(":", 1) for part in text.split(",")]
    try:
        keys = {int(number): _decode(key, "field_key") for number, key in pairs}
    except ValueError:
        keys = {}
    if not keys or len(keys) < len(pairs) or not all(1 <= number <= _MOST_KEYS for number in keys):
        raise Invalid(
            "key_malformed",
            "AFLUENTE_FIELD_KEY is not of the form 1:<base64>[,2:<base64>].",
            fix="Number each key, from 1 to 255.",
        )
    return keys


def _decode(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise Invalid("key_malformed", f"AFLUENTE_{name.upper()} is not base64 of {_KEY_BYTES} bytes.")
    return key
