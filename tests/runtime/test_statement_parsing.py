"""``statements parse``: what is printed for a file, and that nothing is where the file is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from connectors import statement_files
from domain.errors import AfluenteError
from runtime.statement_parsing import tell

SAMPLES = Path(statement_files.__file__).parent / "samples"


def told(file: Path, **asked: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    tell(file, **{"mapping": None, "file_format": None, "records": False, **asked}, out=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    "name", ["bai2.bai", "camt054.xml", "cnab240.ret", "cnab400_itau.ret", "mt940_german.sta", "statement_xml.ofx"]
)
def test_a_format_known_by_its_content_is_told_record_by_record(name: str) -> None:
    kinds = [line["record"] for line in told(SAMPLES / name)]
    assert (kinds[0], kinds[-1], set(kinds)) == ("opened", "closed", {"opened", "line", "closed"})


@pytest.mark.parametrize("name", ["camt053.xml", "afluente.csv"])
def test_statements_of_the_platform_stay_one_object_each(name: str) -> None:
    (statement,) = told(SAMPLES / name)
    assert {"statement_id", "account", "opening", "closing", "lines"} <= set(statement)


@pytest.mark.parametrize("asked", [{"records": True}, {"file_format": "camt.053"}])
def test_records_of_such_a_statement_are_told_when_asked(asked: dict[str, Any]) -> None:
    assert told(SAMPLES / "camt053.xml", **asked)[0]["record"] == "opened"


@pytest.mark.parametrize(("spare", "kind"), [(0, None), (-1, "opened")])
def test_a_statement_too_large_to_be_held_whole_is_told_record_by_record(
    monkeypatch: pytest.MonkeyPatch, spare: int, kind: str | None
) -> None:
    file = SAMPLES / "camt053.xml"
    monkeypatch.setattr("connectors.platforms.bank_statement.MAX_BYTES", file.stat().st_size + spare)
    assert told(file)[0].get("record") == kind


def test_a_table_is_read_through_its_mapping() -> None:
    found = told(SAMPLES / "extrato.csv", mapping=SAMPLES / "extrato.mapping.json")
    assert [line["record"] for line in found] == ["opened", "line", "line", "closed"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "statement_unreadable"),
        ({"records": True}, "statement_unreadable"),
        ({"file_format": "ofx"}, "file_unreadable"),
        ({"file_format": "quicken"}, "file_format_unknown"),
        ({"file_format": "ofx", "mapping": SAMPLES / "extrato.mapping.json"}, "usage_wrong"),
        ({"mapping": SAMPLES / "bai2.bai"}, "json_malformed"),
        ({"mapping": SAMPLES / "nowhere.json"}, "file_unreadable"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(asked: dict[str, Any], code: str) -> None:
    with pytest.raises(AfluenteError) as refused:
        told(SAMPLES / "extrato.csv", **asked)
    assert refused.value.code == code


def test_nothing_is_printed_of_a_file_that_is_refused_at_its_end(tmp_path: Path) -> None:
    file = tmp_path / "cut.bai"
    file.write_bytes((SAMPLES / "bai2.bai").read_bytes().replace(b"99,", b"98,"))
    out = io.StringIO()
    with pytest.raises(AfluenteError) as refused:
        tell(file, mapping=None, file_format=None, records=False, out=out)
    assert (refused.value.code, refused.value.details["line"], out.getvalue()) == ("line_unreadable", 15, "")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AfluenteError) as refused:
        told(tmp_path / "nothing.sta")
    assert refused.value.code == "file_unreadable"
