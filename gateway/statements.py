"""Handing in a bank statement: it is read once to see that it can be, then kept for the intake, once for each file."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from connectors import registry
from domain.errors import Invalid
from domain.platforms import Statements
from gateway.services import Services
from store import inbox
from store.creditors import PlatformConnection
from store.inbox import Delivery


def keep_statement(
    tx: Connection, services: Services, connection: PlatformConnection, *, content: bytes, filename: str
) -> tuple[Delivery, bool]:
    """The file's delivery, and whether it is a new one; a file that cannot be read raises what its reader says.

    Raises ``platform_reads_no_files`` for a connection whose platform has no statements.
    """
    _reader(connection).parse(content)
    delivery = _delivery(services, connection, content=content, filename=filename)
    if inbox.receive(tx, delivery):
        return delivery, True
    standing = inbox.find(tx, platform=delivery.platform, connection_id=connection.id, delivery_id=delivery.delivery_id)
    return standing or delivery, False


def _reader(connection: PlatformConnection) -> Statements:
    platform = registry.platform(connection.platform)
    if platform.statements is None:
        readers = sorted(one.code for one in registry.platforms().values() if one.statements is not None)
        raise Invalid(
            "platform_reads_no_files",
            f"{platform.name} tells by webhook; it has no files to hand in.",
            fix="Choose a connection of a platform that has statements.",
            known=readers,
        )
    return platform.statements


def _delivery(services: Services, connection: PlatformConnection, *, content: bytes, filename: str) -> Delivery:
    now = services.now()
    return Delivery(
        id=services.new_id("inbox"),
        tenant_id=connection.tenant_id,
        connection_id=connection.id,
        platform=connection.platform,
        delivery_id=hashlib.sha256(content).hexdigest(),
        filename=filename,
        body=content,
        received_at=now,
        next_try_at=now,
    )
