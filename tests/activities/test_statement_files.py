"""Files of money taken in: kept once, read to their end first, booked once whichever way they came."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest

from activities.statement_files import FileDesk
from domain.errors import Conflict
from runtime import clock
from store import source_lines
from store import statement_files as kept
from store.statement_files import SourceFile
from tests.fakes.reconciliation_world import mt940, table


def hand_in(
    world: Any, content: bytes, connection: str = "bank_statement/BR", name: str = "file"
) -> tuple[SourceFile, bool]:
    with world.tx() as tx:
        desk = FileDesk(tx, clock.new_id, world.clock())
        return desk.receive(
            io.BytesIO(content), connection_id=world.connections[connection].id, filename=name, actor="tests"
        )


def read(world: Any, file: SourceFile) -> SourceFile:
    with world.tx() as tx:
        return FileDesk(tx, clock.new_id, world.clock()).read_in(file.id)


def taken(world: Any, content: bytes) -> SourceFile:
    return read(world, hand_in(world, content)[0])


def test_a_file_is_kept_in_pieces_and_comes_out_as_it_went_in(brazil: Any) -> None:
    content = bytes(range(256)) * 10_000
    file, is_new = hand_in(brazil, content)
    assert (is_new, file.size_bytes, brazil.count("source_file_chunk")) == (True, 2_560_000, 3)
    with brazil.tx() as tx:
        stream = kept.content(tx, file)
        assert stream.read() == content
        stream.seek(1_048_570)
        assert stream.read(12) == content[1_048_570:1_048_582]


def test_the_same_file_twice_is_one_file(brazil: Any) -> None:
    content = table("2026-11-24,1000.00,E1,BR-0001")
    first, _ = hand_in(brazil, content)
    read(brazil, first)
    again, is_new = hand_in(brazil, content, name="another name")
    assert (again.id, is_new) == (first.id, False)
    assert read(brazil, again).state == "read"
    assert (brazil.count("source_line"), brazil.count("inbox")) == (1, 1)


def test_a_statement_that_its_platform_reads_is_booked_by_the_intake_once(brazil: Any) -> None:
    file = taken(brazil, table("2026-11-24,1000.00,E1,BR-0001"))
    assert (file.state, file.format, file.lines, file.new_lines) == ("read", "afluente_csv", 1, 1)
    brazil.intake()
    (receipt,) = brazil.receipts()
    assert (receipt.external_ref, receipt.amount_minor, receipt.state) == ("E1", 100_000, "matched")


def test_the_way_that_statements_always_went_books_the_same_file_no_second_time(brazil: Any) -> None:
    brazil.statement({"amount": "1000.00", "reference": "E1", "remittance": "BR-0001"})
    brazil.intake()
    file = taken(brazil, table("2026-11-24,1000.00,E1,BR-0001"))
    brazil.intake()
    assert (file.state, len(brazil.receipts()), brazil.count("source_line")) == ("read", 1, 1)


def test_a_file_that_came_by_the_inbox_alone_is_compared_too_and_booked_no_second_time(brazil: Any) -> None:
    body = table("2026-11-23,500.00,E0,BR-0001")
    brazil.deliver(
        brazil.connections["bank_statement/BR"], body, filename="old.csv", name=hashlib.sha256(body).hexdigest()
    )
    brazil.intake()
    taken(brazil, table("2026-11-24,1000.00,E1,BR-0001", statement="S2"))
    brazil.intake()
    assert (len(brazil.receipts()), brazil.count("source_file"), brazil.count("source_line")) == (2, 2, 2)


def test_a_statement_in_another_format_is_booked_by_the_intake_too(brazil: Any) -> None:
    file = taken(brazil, mt940("261124,100000,BR-0001,BANK1", "261124,2500,NONREF,BANK2"))
    assert (file.state, file.format, file.error) == ("read", "mt940", None)
    brazil.intake()
    found = {receipt.external_ref: (receipt.amount_minor, receipt.state) for receipt in brazil.receipts()}
    assert found == {"BANK1": (100_000, "matched"), "BANK2": (2_500, "suspense")}
    brazil.intake()
    assert brazil.broken() == []


def test_pages_of_a_large_statement_book_every_line_once(brazil: Any) -> None:
    moves = [f"261124,{100 + n},NONREF,BANK{n}" for n in range(1_201)]
    taken(brazil, mt940(*moves))
    assert brazil.count("inbox") == 3
    while brazil.intake().more:
        pass
    assert len(brazil.receipts()) == 1_201


def test_an_overlapping_statement_books_what_is_new_alone(brazil: Any) -> None:
    taken(brazil, mt940("261123,1000,NONREF,A", "261124,2000,NONREF,B"))
    second = taken(brazil, mt940("261124,2000,NONREF,B", "261125,3000,NONREF,C", number="2/1"))
    brazil.intake()
    assert (second.lines, second.new_lines) == (2, 1)
    assert sorted(receipt.external_ref for receipt in brazil.receipts()) == ["A", "B", "C"]


def test_two_equal_transfers_of_one_day_are_two_receipts(brazil: Any) -> None:
    taken(brazil, mt940("261124,1000,NONREF", "261124,1000,NONREF"))
    brazil.intake()
    assert len(brazil.receipts()) == 2


def test_a_statement_whose_movements_have_no_names_books_nothing_again_in_another_file(brazil: Any) -> None:
    taken(brazil, mt940("261124,1000,NONREF"))
    again = taken(brazil, mt940("261124,1000,NONREF") + b"\r\n")
    brazil.intake()
    assert (again.state, again.new_lines, len(brazil.receipts())) == ("read", 0, 1)


def test_days_that_one_format_has_told_are_not_told_in_another(brazil: Any) -> None:
    taken(brazil, table("2026-11-24,1000.00,E1,BR-0001"))
    refused = taken(brazil, mt940("261124,100000,BR-0001,OTHERNAME"))
    brazil.intake()
    assert (refused.state, refused.error_code) == ("refused", "days_told_already")
    assert len(brazil.receipts()) == 1


def test_the_format_may_change_from_a_day_on(brazil: Any) -> None:
    taken(brazil, table("2026-11-23,500.00,E0,BR-0001"))
    assert taken(brazil, mt940("261124,100000,BR-0001,B1")).state == "read"


def test_a_file_of_which_a_total_is_wrong_leaves_nothing_but_itself_and_its_fault(brazil: Any) -> None:
    broken = mt940("261124,100000,BR-0001,B1").replace(b":62F:C261124BRL1000,00", b":62F:C261124BRL1000,01")
    file = taken(brazil, broken)
    assert (file.state, file.error_code) == ("refused", "file_totals_mismatch")
    assert file.error_line is not None
    counts = [brazil.count(name) for name in ("source_line", "inbox", "recon_item", "receipt", "source_file_chunk")]
    assert counts == [0, 0, 0, 0, 1]


def test_a_bad_line_in_the_middle_is_named(brazil: Any) -> None:
    file = taken(brazil, table("2026-11-24,1000.00,E1,x", "2026-11-24,ten,E2,x", "2026-11-24,1.00,E3,x"))
    assert (file.state, file.error_line, brazil.count("source_line")) == ("refused", 3, 0)


def test_a_statement_of_another_account_is_refused(brazil: Any) -> None:
    file = taken(brazil, mt940("261124,1000,NONREF,B1", account="BR9700360305000010009795493C1"))
    assert (file.state, file.error_code) == ("refused", "statement_other_account")


def test_a_bank_statement_at_a_platform_is_refused(brazil: Any) -> None:
    file, _ = hand_in(brazil, mt940("261124,1000,NONREF,B1"), "stripe/BR")
    assert read(brazil, file).error_code in ("file_of_another_source", "statement_other_account")


def test_a_line_that_contradicts_an_earlier_file_refuses_the_later_one(brazil: Any) -> None:
    taken(brazil, mt940("261124,1000,NONREF,B1"))
    file = taken(brazil, mt940("261124,1001,NONREF,B1", number="2/1"))
    assert (file.state, file.error_code, brazil.count("source_line")) == ("refused", "line_contradicts", 1)


def test_a_crash_between_the_passes_leaves_the_file_to_be_read_again(
    brazil: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _ = hand_in(brazil, mt940("261124,1000,NONREF,B1", "261124,2000,NONREF,B2"))

    def killed(*_: Any, **__: Any) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as patched:
        patched.setattr(source_lines, "take_over", killed)
        with pytest.raises(SystemExit):
            read(brazil, file)
    with brazil.tx() as tx:
        assert kept.get_file(tx, file.id).state == "received"
    assert read(brazil, file).new_lines == 2
    assert read(brazil, file).new_lines == 2
    assert brazil.count("source_line") == 2


def test_a_file_that_is_no_statement_is_refused_with_what_would_be_read(brazil: Any) -> None:
    file = taken(brazil, b"hello, this is no statement\n")
    assert (file.state, file.error_code) == ("refused", "file_format_unrecognised")


def test_conflicts_are_coded() -> None:
    assert Conflict("line_contradicts", "x").status == 409
