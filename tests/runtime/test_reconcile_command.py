"""``afluente reconcile``: what it reads, what it refuses and where, and what it answers."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from domain.errors import Invalid
from runtime.cli import app
from runtime.reconcile_files import read

HEADER = "id,amount_minor,currency,date,reference,payer\n"
LEFT = HEADER + "L1,10000,BRL,2026-01-05,INV-10001,José Lima\nL2,777,BRL,2026-01-05,INV-10002,\n"
RIGHT = HEADER + "R1,10000,BRL,2026-01-06T23:30:00-03:00,inv 10001,JOSE LIMA\n"


def run(folder: Path, left: str | bytes, right: str | bytes, *words: str) -> Any:
    for name, content in (("left.csv", left), ("right.csv", right)):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    call = ["reconcile", "--left", str(folder / "left.csv"), "--right", str(folder / "right.csv"), *words]
    return CliRunner().invoke(app, call)


def test_a_result_is_written_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    done = run(tmp_path, LEFT, RIGHT, "--out", str(out))
    result = json.loads(out.read_text(encoding="utf-8"))
    assert done.exit_code == 0
    assert [(group["left_ids"], group["right_ids"], group["status"]) for group in result["groups"]] == [
        (["L1"], ["R1"], "confirmed")
    ]
    assert [(row["id"], row["reason"]["code"]) for row in result["leftover"]["left"]] == [("L2", "missing_on_right")]
    assert (result["complete"], result["leftover"]["right"]) == (True, [])


def test_without_a_file_the_whole_result_goes_to_standard_output(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    whole = json.loads(run(tmp_path, LEFT, RIGHT).stdout)
    run(tmp_path, LEFT, RIGHT, "--out", str(out))
    assert whole == json.loads(out.read_text(encoding="utf-8"))


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    dry = json.loads(run(tmp_path, LEFT, RIGHT, "--out", str(out), "--dry-run").stdout)
    assert not out.exists()
    assert {**json.loads(run(tmp_path, LEFT, RIGHT, "--out", str(out)).stdout), "out": None} == dry


def test_the_collector_is_left_as_it_was(tmp_path: Path) -> None:
    run(tmp_path, LEFT, RIGHT)
    assert gc.isenabled()


def test_columns_that_are_not_known_are_named_and_not_used(tmp_path: Path) -> None:
    left = "id,amount_minor,currency,date,colour\nL1,10000,BRL,2026-01-05,red\n"
    notes = json.loads(run(tmp_path, left, RIGHT).stdout)["notes"]
    assert {"side": "left", "code": "columns_ignored", "columns": ["colour"]} in notes


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LEFT.encode("utf-8-sig"), "utf-8"),
        (LEFT.encode("cp1252"), "cp1252"),
        (LEFT.replace(",", ";").encode(), "utf-8"),
    ],
)
def test_files_are_read_as_they_are_sent(content: bytes, encoding: str) -> None:
    sheet = read(content, name="left.csv")
    assert (sheet.table.payers[0], sheet.encoding, len(sheet.table)) == ("José Lima", encoding, 2)


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("L3,12.50,BRL,2026-01-05,,", "amount_malformed", "amount_minor"),
        ("L3,1_000,BRL,2026-01-05,,", "amount_malformed", "amount_minor"),
        ("L3,9223372036854775808,BRL,2026-01-05,,", "amount_malformed", "amount_minor"),
        ("L3,,BRL,2026-01-05,,", "amount_malformed", "amount_minor"),
        ("L3,100,R$,2026-01-05,,", "currency_malformed", "currency"),
        ("L3,100,BRL,05/01/2026,,", "date_malformed", "date"),
        (",100,BRL,2026-01-05,,", "value_missing", "id"),
        (f"L3,100,BRL,2026-01-05,{'9' * 1001},", "text_too_long", "reference"),
    ],
)
def test_a_bad_value_is_named_by_line_and_column(line: str, code: str, column: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(f'{HEADER}L1,1,BRL,2026-01-05,"two\nlines",\n\n{line}\n'.encode(), name="left.csv")
    assert (refused.value.code, refused.value.details["line"], refused.value.details["column"]) == (code, 5, column)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("id,currency,date\n", "columns_missing"),
        ("", "columns_missing"),
        ("id,id,amount_minor,currency,date\n", "column_repeated"),
        (HEADER + "L1,100\n", "row_malformed"),
        (HEADER + 'L1,100,BRL,2026-01-05,"open\n', "row_malformed"),
        ("\x00\x01", "file_not_text"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(content.encode(), name="left.csv")
    assert refused.value.code == code


def test_negative_amounts_and_empty_fees_are_read() -> None:
    sheet = read(b"id,amount_minor,currency,date,fee_minor\nL1,-500,brl,2026-01-05,\n", name="left.csv")
    assert (sheet.table.amounts, sheet.table.fees, sheet.table.currencies) == ([-500], [0], ["BRL"])


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ('{"colour": 1}', "rules_key_unknown"),
        ('{"windows": {"after_days": -1}}', "rules_value_malformed"),
        ('{"windows": {"after_days": 500}}', "rules_out_of_range"),
        ('{"fx": {"rates": [{"base": "USD"}]}}', "rules_value_malformed"),
        ('{"confirming": {"stages": ["guess"]}}', "rules_value_malformed"),
        ("[]", "json_malformed"),
    ],
)
def test_a_wrong_rule_set_is_refused_with_its_key(tmp_path: Path, config: str, code: str) -> None:
    (tmp_path / "rules.json").write_text(config)
    done = run(tmp_path, LEFT, RIGHT, "--config", str(tmp_path / "rules.json"))
    assert (done.exit_code, json.loads(done.stderr)["code"]) == (2, code)


def test_a_rule_set_decides(tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text(
        json.dumps(
            {
                "name": "brazil",
                "version": 3,
                "schedules": [{"name": "card", "percent": "2.9", "flat_minor": 30}],
                "windows": {"holidays": ["2026-01-06"], "weekend": [4, 5], "direction": "right_after_left"},
                "confirming": {"stages": ["explained_key"], "score": 97},
                "fx": {"rates": [{"base": "USD", "quote": "BRL", "value": "5.2", "day": "2026-01-05", "stated": True}]},
            }
        )
    )
    right = HEADER + "R1,9680,BRL,2026-01-06,INV10001,\n"
    result = json.loads(run(tmp_path, LEFT, right, "--config", str(tmp_path / "rules.json")).stdout)
    assert result["rules"] == {"name": "brazil", "version": 3}
    assert [(group["stage"], group["status"]) for group in result["groups"]] == [("explained_key", "confirmed")]


def test_columns_with_gaps_as_programs_for_tables_write_them_are_read() -> None:
    """A column of whole numbers with an empty value comes out of pandas as 290.0 and nan."""
    header = "id,amount_minor,currency,date,reference,payer,batch_id,fee_minor,kind\n"
    sheet = read((header + "L1,10000.0,BRL,2026-01-05,nan,None,NaN,290.0,null\n").encode(), name="left.csv")
    row = sheet.table.row(0)
    assert (row.amount_minor, row.fee_minor) == (10_000, 290)
    assert (row.reference, row.payer, row.batch_id, row.kind) == (None, None, None, None)


@pytest.mark.parametrize("amount", ["100.00", "100.5", "1e3", "1,000", "nan"])
def test_an_amount_that_may_be_in_major_units_is_refused(amount: str) -> None:
    with pytest.raises(Invalid, match="amount_minor") as refused:
        read(f'id,amount_minor,currency,date\nL1,"{amount}",BRL,2026-01-05\n'.encode(), name="left.csv")
    assert refused.value.code == "amount_malformed"
