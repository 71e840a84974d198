"""The commands that prove the book: its invariants, its seals, and the anchors that are kept outside the database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection

from domain.errors import AfluenteError, Invalid
from ledger import anchors, seals
from ledger.anchors import Anchor
from ledger.invariants import Finding
from runtime.asking import emit, file_bytes
from store.database import Database

Visited = Callable[[], tuple[Database, Sequence[str]]]
"""The database, and the tenants whose books are asked about; it may raise the house's errors."""


def prove(visited: Visited, proof: Callable[[Connection], list[Finding]]) -> None:
    """Print what a proof found for each tenant; exit 1 where something is broken."""
    _prove(visited, lambda: (), lambda tx, _tenant_id: proof(tx))


def verify(visited: Visited, anchors_file: Path | None, *, every_tenant: bool) -> None:
    """Verify the seals of each tenant, against anchors where a file of them is given; ``-`` is standard input.

    With ``every_tenant`` also those that only an anchor knows: a book that is gone was changed as well.
    """
    kept: list[Anchor] = []

    def anchored() -> Sequence[str]:
        if anchors_file is not None:
            kept.extend(anchors.read(_text(file_bytes(anchors_file)).splitlines()))
        return [anchor.tenant_id for anchor in kept] if every_tenant else ()

    def proof(tx: Connection, tenant_id: str) -> list[Finding]:
        return anchors.verify(tx, tenant_id, kept) if anchors_file is not None else seals.verify(tx)

    _prove(visited, anchored, proof)


def take_anchors(visited: Visited, append_to: Path | None) -> None:
    """Print the newest seal of each tenant, one line each, or add the lines that a file lacks to its end."""
    try:
        database, tenants = visited()
        taken = []
        for tenant_id in tenants:
            with database.tenant(tenant_id) as tx:
                taken.append(anchors.take(tx, tenant_id))
        lines = [anchor.line() for anchor in taken if anchor is not None]
        if append_to is None:
            sys.stdout.write("".join(f"{line}\n" for line in lines))
            return
        emit({"file": str(append_to), "added": _append(append_to, lines)})
    except AfluenteError as error:
        _refuse(error)


def _prove(
    visited: Visited, more_tenants: Callable[[], Sequence[str]], proof: Callable[[Connection, str], list[Finding]]
) -> None:
    broken = False
    try:
        more = more_tenants()
        database, tenants = visited()
        for tenant_id in dict.fromkeys([*tenants, *more]):
            with database.tenant(tenant_id) as tx:
                findings = proof(tx, tenant_id)
            holds = not any(finding.broken for finding in findings)
            broken = broken or not holds
            emit({"tenant": tenant_id, "holds": holds, "invariants": [_finding(finding) for finding in findings]})
    except AfluenteError as error:
        _refuse(error)
    if broken:
        raise typer.Exit(1)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "statement": finding.statement,
        "broken": finding.broken,
        "examples": list(finding.examples),
    }


def _refuse(error: AfluenteError) -> None:
    emit(error.as_dict(), stream=sys.stderr)
    raise typer.Exit(2) from None


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Invalid("anchor_malformed", "The file of anchors is no text.") from None


def _append(path: Path, lines: Sequence[str]) -> int:
    """Add the lines that the file does not hold yet, on the disk when this returns; how many were added."""
    try:
        held = set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()
        new = [line for line in lines if line not in held]
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in new))
            file.flush()
            os.fsync(file.fileno())
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("file_not_writable", f"{path} cannot be written: {error}.") from None
    return len(new)
