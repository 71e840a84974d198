"""From kept files to the inbox and back: pages of lines that the intake books, and files that the inbox had alone."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from connectors.platforms.bank_statement import facts
from connectors.platforms.bank_statement.facts import Movement
from domain.ids import NewId
from domain.money import Money
from domain.receipts import PlatformFact, ReceiptFact
from domain.statement_files import LineKind
from store import inbox
from store import statement_files as kept
from store.creditors import PlatformConnection
from store.inbox import Delivery
from store.statement_files import SourceFile, SourceLine

PAGE_LINES: Final = 500
_PAGE: Final = "file-lines/"
_TAKING_BACK: Final = frozenset({LineKind.RETURNED.value, LineKind.REFUND.value})


def deliver(
    tx: Connection,
    file: SourceFile,
    connection: PlatformConnection,
    *,
    delivery_id: str,
    body: bytes,
    new_id: NewId,
    now: datetime,
) -> bool:
    """Lay something of a file into the inbox, once; false where it lies there."""
    delivery = Delivery(
        id=new_id("inbox"),
        tenant_id=file.tenant_id,
        connection_id=connection.id,
        platform=connection.platform,
        delivery_id=delivery_id,
        filename=file.filename,
        body=body,
        received_at=now,
        next_try_at=now,
    )
    return inbox.receive(tx, delivery)


def deliver_pages(
    tx: Connection, file: SourceFile, connection: PlatformConnection, *, new_id: NewId, now: datetime
) -> None:
    """Lay a file's new lines into the inbox, as pages that name them."""
    for first, last in kept.line_spans(tx, file.id, of_lines=PAGE_LINES):
        body = json.dumps({"file": file.id, "first": first, "last": last}).encode()
        deliver(tx, file, connection, delivery_id=f"{_PAGE}{file.sha256}/{first}", body=body, new_id=new_id, now=now)


def deliver_line(
    tx: Connection, line: SourceLine, connection: PlatformConnection, *, new_id: NewId, now: datetime
) -> bool:
    """Lay one line into the inbox that a person wants booked; false where it was laid there before."""
    file = kept.get_file(tx, line.file_id)
    body = json.dumps({"file": file.id, "first": line.seq, "last": line.seq}).encode()
    return deliver(tx, file, connection, delivery_id=f"{_PAGE}line/{line.seq}", body=body, new_id=new_id, now=now)


def is_page(delivery: Delivery) -> bool:
    """Whether a delivery names lines of a kept file; no platform and no upload gives such a name to one."""
    return delivery.filename is not None and delivery.delivery_id.startswith(_PAGE)


def facts_of(tx: Connection, delivery: Delivery) -> tuple[PlatformFact, ...]:
    """The facts of a page's lines."""
    page = json.loads(delivery.body)
    return tuple(fact(line) for line in kept.lines_between(tx, page["file"], first=page["first"], last=page["last"]))


def fact(line: SourceLine) -> PlatformFact:
    """What a line means for the book, under the identity that the line has.

    In a bank, money in is a receipt and money out one that is negative, unless it takes another back. At a platform
    the receipt is known by the first name that the line gives it, as the platform's own webhook would name it.
    """
    at_bank = line.source == "bank"
    out = line.net_minor < 0
    movement = Movement(
        amount=Money(line.net_minor if out else line.gross_minor, line.currency),
        at=line.booked_at or facts.moment(line.value_date),
        value_date=line.value_date,
        bank_ref=line.identity if at_bank or not line.references else line.references[0],
        named=tuple(line.references),
        remittance=line.text,
        payer_name=line.payer_name,
        payer_document=line.payer_document,
        undoes=line.original if out and line.kind in _TAKING_BACK else None,
        reason=line.code,
        charge=at_bank and line.kind == LineKind.FEE.value,
    )
    found = facts.fact_of(movement)
    if isinstance(found, ReceiptFact):
        fee, tax = (None if out or not minor else Money(minor, line.currency) for minor in _kept(line))
        return replace(found, to_bank=at_bank, fee=fee, withheld=tax)
    return found


def _kept(line: SourceLine) -> tuple[int, int]:
    return line.fee_minor, line.tax_minor


def adopt(tx: Connection, connection_id: str, *, new_id: NewId) -> Sequence[str]:
    """Keep the files that came by the inbox alone, so that their lines are compared too; they are booked already."""
    found = []
    for delivery_id in inbox.files_without_lines(tx, connection_id):
        delivery = inbox.get(tx, delivery_id)
        file = SourceFile(
            id=new_id("source_file"),
            tenant_id=delivery.tenant_id,
            connection_id=connection_id,
            sha256=delivery.delivery_id,
            filename=delivery.filename or "",
            size_bytes=len(delivery.body),
            mapping_id=None,
            state="received",
            format=None,
            family=None,
            source=None,
            lines=None,
            new_lines=None,
            first_day=None,
            last_day=None,
            statements=None,
            error_code=None,
            error=None,
            error_line=None,
            uploaded_by="inbox",
            received_at=delivery.received_at,
            read_at=None,
        )
        if kept.add_file(tx, file, kept.pieces(io.BytesIO(delivery.body))):
            found.append(file.id)
    return found
