"""The JSON commands: one object on standard output, errors as JSON on standard error with exit code 2."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = "000201"
PIX = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"  # noqa: E501 (one code)


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runtime.cli", *words], input=given, capture_output=True, text=True, check=False
    )


def test_a_code_is_read_back() -> None:
    done = run("rails", "decode", PIX)
    assert (done.returncode, json.loads(done.stdout)["profile"]) == (0, "pix_static")


def test_a_broken_code_is_an_error_on_standard_error() -> None:
    done = run("rails", "decode", BROKEN)
    assert done.returncode == 2
    assert json.loads(done.stdout)["valid"] is False
    assert json.loads(done.stderr)["code"]


def test_every_line_gets_an_answer_in_its_place() -> None:
    done = run("rails", "decode", "-", given=f"{PIX}\n\n{BROKEN}\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["valid"] for answer in answers] == [True, False, False]


def test_a_carriage_return_inside_a_line_belongs_to_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "runtime.cli", "rails", "decode", "-"],
        input=f"|099999999999990\r111222333444\r\r0\r\n{PIX}\r\n".encode(),
        capture_output=True,
        check=True,
    )
    assert [json.loads(line)["profile"] for line in done.stdout.splitlines()] == ["bot_barcode", "pix_static"]


def test_a_code_may_be_named_where_its_form_says_too_little() -> None:
    assert run("rails", "decode", "1234567").returncode == 2
    done = run("rails", "decode", "1234567", "--profile", "spei_reference")
    assert (done.returncode, json.loads(done.stdout)["reference"]) == (0, "1234567")


def test_a_strict_reader_takes_no_small_letters() -> None:
    assert run("rails", "decode", PIX[:-4] + PIX[-4:].lower()).returncode == 0
    done = run("rails", "decode", "--strict", PIX[:-4] + PIX[-4:].lower())
    assert (done.returncode, json.loads(done.stderr)["code"]) == (2, "emv_crc_case")


def test_every_profile_is_listed_with_its_source() -> None:
    listed = json.loads(run("rails", "list").stdout)
    assert {"pix_static", "boleto", "tr_karekod", "khqr", "iban"} <= {row["code"] for row in listed}
    assert all(row["source"] for row in listed)


def test_an_empty_value_is_no_number_but_an_answer() -> None:
    done = run("ids", "check", "BR", "cpf", "")
    assert json.loads(done.stdout)["valid"] is False


def test_a_line_that_is_no_question_is_answered_with_its_error() -> None:
    done = run("contact", "check", "-", given='{"country": "BR"}\nnot json\n')
    codes = [json.loads(line)["error"]["code"] for line in done.stdout.splitlines()]
    assert codes == ["question_malformed", "json_malformed"]


@pytest.mark.parametrize("words", [("nonsense",), ("ids", "check", "BR"), ("fx", "rate", "BRL")])
def test_a_wrong_call_is_an_error_as_json(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout, json.loads(done.stderr)["code"]) == (2, "", "usage_wrong")


def test_an_unknown_country_is_an_error_with_the_known_ones() -> None:
    done = run("countries", "show", "ZZ")
    error = json.loads(done.stderr)
    assert (done.returncode, error["code"], "BR" in error["details"]["known"]) == (2, "country_unknown", True)


def test_help_reads_as_help() -> None:
    done = run("--help")
    assert (done.returncode, "cross-border collections" in done.stdout) == (0, True)


def test_a_file_that_is_no_statement_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "statement.xml"
    file.write_bytes(b"%PDF-1.7 not a statement")
    done = run("statements", "parse", str(file))
    assert (done.returncode, json.loads(done.stderr)["code"]) == (2, "statement_unreadable")


def test_commands_that_need_a_database_say_that_none_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFLUENTE_DATA_DIR", str(tmp_path / "nothing"))
    done = run("status")
    assert (done.returncode, json.loads(done.stderr)["code"]) == (2, "not_started")
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("twice", ["x-callback-token: {token}", "X-Callback-Token: another"])
def test_a_proof_that_stands_twice_proves_nothing(tmp_path: Path, twice: str) -> None:
    token = "token-of-the-tests-0123456789abcdef"
    one = f"x-callback-token: {token}\n"
    (tmp_path / "headers").write_text(one)
    (tmp_path / "two").write_text(one + twice.format(token=token))
    words = ("webhook", "verify", "xendit", "--secret", token, "--body", "-", "--headers")
    sound = run(*words, str(tmp_path / "headers"), given="{}")
    doubled = run(*words, str(tmp_path / "two"), given="{}")
    assert json.loads(sound.stderr)["code"] != "token_invalid"
    assert json.loads(doubled.stderr)["code"] == "token_invalid"


def test_a_moment_that_is_none_is_a_coded_refusal(tmp_path: Path) -> None:
    (tmp_path / "headers").write_text("{}")
    given = ("--secret", "s", "--headers", str(tmp_path / "headers"), "--body", "-", "--now", "nonsense")
    done = run("webhook", "verify", "stripe", *given, given="{}")
    assert (done.returncode, json.loads(done.stderr)["code"]) == (2, "moment_malformed")
