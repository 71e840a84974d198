"""``afluente reconcile``: two files in, groups and leftovers with their reasons out, without a server."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from domain.errors import Invalid
from domain.matching.engine import reconcile
from domain.matching.outcome import Leftover, Outcome, Status, group_document
from domain.matching.rule_documents import rule_set
from domain.matching.rules import RuleSet
from runtime.asking import answer, document, file_bytes
from runtime.reconcile_files import Sheet, read
from runtime.reconcile_json import group_text, reason_text

_BLOCK: Final = 2_000  # groups written at a time


def reconcile_command(
    left: Annotated[Path, typer.Option(help="CSV file of the left side: the book, or the platform's report")],
    right: Annotated[Path, typer.Option(help="CSV file of the right side: the platform's report, or the bank")],
    config: Annotated[Path | None, typer.Option(help="JSON file with the rule set; the standard one without")] = None,
    out: Annotated[Path | None, typer.Option(help="File for the result; standard output where left out")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell the statistics, write no file")] = False,  # noqa: FBT002 (typer's way to state a flag)
) -> None:
    """Say which rows of two files are the same money, which are proposals, and why the others are left over."""

    def work() -> dict[str, Any]:
        outcome, sheets = _reconciled(left, right, config)
        if dry_run:
            return {"out": None, **_head(outcome, sheets)}
        if out is None:
            return _whole(outcome, sheets)
        _write(out, outcome, sheets)
        return {"out": str(out), **_head(outcome, sheets)}

    gc.disable()  # a run makes no cycles, and looking for them costs a third of its time
    try:
        answer(work)
    finally:
        gc.enable()


def _reconciled(left: Path, right: Path, config: Path | None) -> tuple[Outcome, tuple[Sheet, Sheet]]:
    rules = rule_set(document(file_bytes(config).decode("utf-8-sig", "replace"))) if config else RuleSet()
    sheets = read(file_bytes(left), name=left.name), read(file_bytes(right), name=right.name)
    return reconcile(sheets[0].table, sheets[1].table, rules), sheets


def _whole(outcome: Outcome, sheets: tuple[Sheet, Sheet]) -> dict[str, Any]:
    return {
        **_head(outcome, sheets),
        "groups": [group_document(group) for group in outcome.groups],
        "leftover": {"left": _leftover(outcome.leftover_left), "right": _leftover(outcome.leftover_right)},
    }


def _leftover(rows: tuple[Leftover, ...]) -> list[dict[str, Any]]:
    return [{"id": row.id, "reason": row.reason.document()} for row in rows]


def _head(outcome: Outcome, sheets: tuple[Sheet, Sheet]) -> dict[str, Any]:
    """Everything of a result that is not a row."""
    statuses = {status.value: 0 for status in Status}
    for count in outcome.counts:
        statuses[count.status.value] += count.groups
    return {
        "rules": {"name": outcome.rules_name, "version": outcome.rules_version},
        "input_digest": outcome.input_digest,
        "complete": outcome.complete,
        "identity": [{**asdict(balance), "holds": balance.holds} for balance in outcome.balances],
        "statistics": {
            "rows": {"left": len(sheets[0].table), "right": len(sheets[1].table)},
            "groups": statuses,
            "leftover": {"left": len(outcome.leftover_left), "right": len(outcome.leftover_right)},
            "stages": [{**asdict(count)} for count in outcome.counts],
            "work_units": outcome.work_units,
        },
        "notes": [note for side, sheet in zip(("left", "right"), sheets, strict=True) for note in _notes(side, sheet)],
    }


def _notes(side: str, sheet: Sheet) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = []
    if sheet.ignored:
        notes.append({"side": side, "code": "columns_ignored", "columns": list(sheet.ignored)})
    if sheet.missing:
        notes.append({"side": side, "code": "columns_absent", "columns": list(sheet.missing)})
    if sheet.encoding != "utf-8":
        notes.append({"side": side, "code": "encoding", "encoding": sheet.encoding})
    return notes


def _write(out: Path, outcome: Outcome, sheets: tuple[Sheet, Sheet]) -> None:
    """Write the result piece by piece: a million groups need not be one text."""
    try:
        with out.open("w", encoding="utf-8") as file:
            head = json.dumps(_head(outcome, sheets), ensure_ascii=False)
            file.write(head[:-1])
            file.write(', "groups": [')
            file.writelines(_blocks(outcome.groups, group_text))
            for side, rows in (("left", outcome.leftover_left), ("right", outcome.leftover_right)):
                file.write('], "leftover": {"left": [' if side == "left" else '], "right": [')
                file.writelines(_blocks(rows, _leftover_text))
            file.write("]}}\n")
    except OSError as error:
        raise Invalid("file_not_writable", f"{out} cannot be written: {error.strerror}.") from None


def _leftover_text(row: Leftover) -> str:
    return f'{{"id": {json.dumps(row.id, ensure_ascii=False)}, "reason": {reason_text(row.reason)}}}'


def _blocks(rows: tuple[Any, ...], text: Callable[[Any], str]) -> Iterator[str]:
    for start in range(0, len(rows), _BLOCK):
        yield (", " if start else "") + ", ".join([text(row) for row in rows[start : start + _BLOCK]])
