"""Keeping a connection to a platform in order: replacing a secret without losing what is signed with the old one."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import Connection

from connectors import registry
from domain.errors import Invalid
from domain.platforms import ConfigField, Platform
from store import creditors


def secret_fields(platform: Platform) -> list[ConfigField]:
    """The secrets of a platform's connections that a person replaces; a previous one moves by itself."""
    previous = platform.webhooks.secret_fields[1:] if platform.webhooks else ()
    return [field for field in platform.config if field.secret and field.name not in previous]


def replace_secret(tx: Connection, connection_id: str, name: str, value: str) -> None:
    """State a secret anew. A webhook's old secret stays valid beside it where the platform has room for two.

    Raises ``connection_unknown`` and ``connection_settings_invalid``.
    """
    connection = creditors.get_connection(tx, connection_id, lock=True)
    platform = registry.platform(connection.platform)
    known = {field.name: field for field in secret_fields(platform)}
    field = known.get(name)
    if field is None or not value or (field.pattern and not re.fullmatch(field.pattern, value)):
        raise Invalid(
            "connection_settings_invalid",
            "The secret is not of the right form.",
            fix=(field.help or field.label) if field else f"{platform.name} has {', '.join(known) or 'no secrets'}.",
        )
    secrets: dict[str, Any] = json.loads(connection.secrets or "{}")
    current, *room = platform.webhooks.secret_fields if platform.webhooks else ("",)
    if name == current and room and secrets.get(name) != value and any(one.name == room[0] for one in platform.config):
        secrets[room[0]] = secrets.get(name)
    secrets[name] = value
    creditors.change_secrets(tx, connection_id, json.dumps({key: text for key, text in secrets.items() if text}))
