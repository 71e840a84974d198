"""Keeping a connection in order: its settings, its secrets in rotation, whether its platform is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from activities.creditors import check_settings
from connectors import registry
from domain.errors import Invalid
from domain.money import Money
from domain.platforms import ConfigField, Platform
from store import creditors
from store.creditors import PlatformConnection

LIMIT_SETTING: Final = "refund_alone"
"""Our own setting of a connection: up to which amount one person may refund. Where it is not set, it takes two."""


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


def retire_previous(tx: Connection, connection_id: str) -> None:
    """Take nothing more that is signed with an older secret: the platform has the new one by now."""
    connection = creditors.get_connection(tx, connection_id, lock=True)
    platform = registry.platform(connection.platform)
    room = {name for name in (platform.webhooks.secret_fields[1:] if platform.webhooks else ()) if "previous" in name}
    kept = {name: text for name, text in json.loads(connection.secrets or "{}").items() if name not in room}
    creditors.change_secrets(tx, connection_id, json.dumps(kept))


def public_fields(platform: Platform) -> list[ConfigField]:
    """The settings of a platform's connections that a person may see and change."""
    return [field for field in platform.config if not field.secret]


def change_settings(tx: Connection, connection_id: str, changes: Mapping[str, str]) -> PlatformConnection:
    """State public settings anew; an empty text takes one away. Secrets are replaced, not changed.

    Raises ``connection_unknown``, ``connection_settings_invalid`` and ``amount_invalid`` (``refund_alone``).
    """
    connection = creditors.get_connection(tx, connection_id, lock=True)
    platform = registry.platform(connection.platform)
    known = {field.name for field in public_fields(platform)} | {LIMIT_SETTING}
    if strange := sorted(set(changes) - known):
        raise Invalid(
            "connection_settings_invalid",
            f"{', '.join(strange)} cannot be changed here.",
            fix=f"{platform.name} has {', '.join(sorted(known))}.",
        )
    config = {**connection.config, **changes}
    stated = {name: config.get(name, "") for name in known - {LIMIT_SETTING}}
    secrets: dict[str, str] = json.loads(connection.secrets or "{}")
    made_here = connection.config.get("accounts", {})
    check_settings(platform, stated | secrets, [rail for rail in connection.rails if rail not in made_here])
    if changes.get(LIMIT_SETTING) and Money.parse(changes[LIMIT_SETTING], connection.currency).minor < 0:
        raise Invalid("amount_not_positive", "The limit is below zero.")
    creditors.change_config(tx, connection_id, {name: value for name, value in config.items() if value != ""})
    return creditors.get_connection(tx, connection_id)


def set_asked(tx: Connection, connection_id: str, *, asked: bool) -> PlatformConnection:
    """Pause a connection, so that nothing is asked of its platform any more, or resume it.

    What the platform sends is taken all the same: money may come for what was asked before.
    """
    creditors.get_connection(tx, connection_id, lock=True)
    creditors.change_state(tx, connection_id, "active" if asked else "paused")
    return creditors.get_connection(tx, connection_id)
