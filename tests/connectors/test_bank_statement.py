"""Bank statements: what a line means, what a broken file says, and that control totals hold."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from connectors.platforms import bank_statement
from connectors.platforms.bank_statement import PLATFORM, csv_statement, parse, sniff, statement_json
from connectors.platforms.bank_statement.facts import creditor_references, references
from domain.errors import AfluenteError, TooLarge
from domain.money import Money
from domain.receipts import Ignored, ReceiptFact, ReversalFact, ReversalKind

SAMPLES = Path(bank_statement.__file__).parent / "samples"
CAMT = (SAMPLES / "camt053.xml").read_text(encoding="utf-8")
CSV = (SAMPLES / "statement.csv").read_text(encoding="utf-8")


def camt(entries: str, *, balances: str = "", version: str = "08") -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt>
<Id>S1</Id><Acct><Id><Othr><Id>123</Id></Othr></Id><Ccy>EUR</Ccy></Acct>{balances}{entries}
</Stmt></BkToCstmrStmt></Document>""".encode()


def entry(amount: str = "10.00", *, direction: str = "CRDT", status: str = "<Sts>BOOK</Sts>", more: str = "") -> str:
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{status}
<BookgDt><Dt>2026-11-20</Dt></BookgDt>{more}</Ntry>"""


def facts(content: bytes) -> list[object]:
    return [line.fact for statement in parse(content) for line in statement.lines]


def receipt(content: bytes) -> ReceiptFact:
    (fact,) = facts(content)
    assert isinstance(fact, ReceiptFact)
    return fact


def refusal(content: bytes) -> AfluenteError:
    with pytest.raises(AfluenteError) as caught:
        parse(content)
    assert caught.value.fix
    return caught.value


# --- camt.053


def test_a_credit_is_a_receipt_in_the_bank() -> None:
    fact = facts(CAMT.encode())[0]
    assert fact == ReceiptFact(
        external_ref="BK-20261120-0001",
        amount=Money.parse("2000.00", "AED"),
        at=datetime(2026, 11, 20, 10, 15, tzinfo=timezone(timedelta(hours=4))),
        value_date=date(2026, 11, 21),
        references=("INV-AE-2026-0003", "RF712348231", "RF18539007547034", "AE-2026-0002"),
        payer_name="فاطمة خليفة النعيمي",
        payer_document="784197214320976",
        remittance="Instalment AE-2026-0002 RF18 5390 0754 7034 thank you",
        to_bank=True,
    )


def test_a_batch_is_one_receipt_per_detail() -> None:
    batch = [fact for fact in facts(CAMT.encode())[1:3] if isinstance(fact, ReceiptFact)]
    assert [(fact.external_ref, str(fact.amount), fact.references) for fact in batch] == [
        ("BK-20261120-0002/1", "900.00 AED", ("T-1",)),
        ("BK-20261120-0002/2", "600.00 AED", ("E2E-B",)),
    ]


def test_a_reversed_credit_is_a_reversal_that_names_the_receipt() -> None:
    fact = facts(CAMT.encode())[3]
    assert isinstance(fact, ReversalFact)
    assert (fact.external_ref, fact.original_ref) == ("reversal:BK-20261113-0044", "INV-AE-2026-0001")
    assert (str(fact.amount), fact.kind, fact.reason) == ("100.00 AED", ReversalKind.RETURNED, "AC04")


def test_a_plain_debit_is_a_negative_receipt_for_suspense() -> None:
    fact = facts(CAMT.encode())[4]
    assert isinstance(fact, ReceiptFact)
    assert (str(fact.amount), fact.external_ref) == ("-5.00 AED", "AE070331234567890123456/2026-225/line-4")


def test_a_reversed_debit_is_money_coming_back_in() -> None:
    assert receipt(camt(entry(more="<RvslInd>true</RvslInd>"))).amount == Money.parse("10.00", "EUR")


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
def test_what_is_not_booked_is_ignored_and_not_summed(status: str) -> None:
    content = CAMT.replace("<Cd>PDNG</Cd>", f"<Cd>{status}</Cd>").encode()
    assert isinstance(facts(content)[5], Ignored)


def test_the_statement_carries_account_balances_and_day() -> None:
    (statement,) = parse(CAMT.encode())
    assert (statement.statement_id, statement.account, statement.currency) == (
        "2026-225",
        "AE070331234567890123456",
        "AED",
    )
    assert (str(statement.opening), str(statement.closing)) == ("10000.00 AED", "13395.00 AED")
    assert statement.booked_on == date(2026, 11, 20)
    assert [line.line_no for line in statement.lines] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 14)])
def test_versions_two_to_thirteen_are_read(version: str) -> None:
    assert receipt(camt(entry(), version=version)).amount.minor == 1000


@pytest.mark.parametrize("version", ["01", "14"])
def test_versions_beside_them_are_refused(version: str) -> None:
    assert f"camt.053.001.{version}" in refusal(camt(entry(), version=version)).message


@pytest.mark.parametrize(
    "change",
    [
        ("<Document xmlns=", "<x:Document xmlns:x="),
        (' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"', ""),
        ("<Document", "<?bank made this?><Document"),
    ],
    ids=["prefixed root", "no namespace", "instruction"],
)
def test_namespaces_and_instructions_do_not_matter(change: tuple[str, str]) -> None:
    text = camt(entry()).decode().replace(*change)
    assert receipt(text.replace("</Document>", "</x:Document>" if "x:D" in text else "</Document>").encode())


def test_a_prefix_on_every_element_does_not_matter() -> None:
    text = camt(entry()).decode().replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:")
    assert receipt(text.replace("xmlns=", "xmlns:n=").encode())


def test_an_envelope_around_the_document_does_not_matter() -> None:
    assert receipt(b"<Envelope><Header/>" + camt(entry()) + b"</Envelope>")


def test_old_versions_state_payer_and_detail_amounts_elsewhere() -> None:
    details = """<AcctSvcrRef>A</AcctSvcrRef><NtryDtls>
<TxDtls><Refs><AcctSvcrRef>B</AcctSvcrRef></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">4.00</Amt></TxAmt></AmtDtls>
<RltdPties><Dbtr><Nm>Ana</Nm></Dbtr></RltdPties></TxDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">6.00</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls>"""
    first, second = facts(camt(entry(more=details), version="02"))
    assert isinstance(first, ReceiptFact)
    assert isinstance(second, ReceiptFact)
    assert (first.external_ref, first.payer_name, second.external_ref) == ("B", "Ana", "A/2")


@pytest.mark.parametrize(
    ("more", "reference"),
    [
        (
            "<AcctSvcrRef>E</AcctSvcrRef><NtryDtls><TxDtls><Refs><AcctSvcrRef>T</AcctSvcrRef></Refs></TxDtls></NtryDtls>",
            "T",
        ),
        ("<NtryRef>N</NtryRef><AcctSvcrRef>E</AcctSvcrRef>", "E"),
        ("<NtryRef>N</NtryRef>", "123/S1/N"),
        ("<NtryDtls><TxDtls><Refs><EndToEndId>RENT</EndToEndId></Refs></TxDtls></NtryDtls>", "123/S1/line-1"),
    ],
    ids=["detail", "entry", "entry number", "line"],
)
def test_the_identity_of_money_is_the_banks_own_best_reference(more: str, reference: str) -> None:
    assert receipt(camt(entry(more=more))).external_ref == reference


def test_two_movements_of_one_reference_stay_two() -> None:
    same = entry(more="<AcctSvcrRef>SAME</AcctSvcrRef>")
    found = [fact.external_ref for fact in facts(camt(same + same)) if isinstance(fact, ReceiptFact)]
    assert found == ["SAME", "SAME#2"]


def test_a_day_without_hour_is_noon() -> None:
    assert receipt(camt(entry())).at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def balance(code: str, amount: str, direction: str = "CRDT") -> str:
    return f"""<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"""


def test_an_overdrawn_account_is_summed_with_its_sign() -> None:
    balances = balance("PRCD", "4.00", "DBIT") + balance("CLBD", "6.00")
    assert receipt(camt(entry(), balances=balances))


@pytest.mark.parametrize("closing", ["10.01", "9.99"])
def test_totals_that_do_not_agree_are_named(closing: str) -> None:
    error = refusal(camt(entry(), balances=balance("OPBD", "0.00") + balance("CLBD", closing)))
    assert error.code == "statement_totals_mismatch"
    assert (error.details["closing"], error.details["expected"]) == (f"{closing} EUR", "10.00 EUR")


@pytest.mark.parametrize("second", ["5.99", "6.01"])
def test_details_that_do_not_make_their_entry_are_refused(second: str) -> None:
    details = f"""<NtryDtls><TxDtls><Amt Ccy="EUR">4.00</Amt></TxDtls>
<TxDtls><Amt Ccy="EUR">{second}</Amt></TxDtls></NtryDtls>"""
    error = refusal(camt(entry(more=details)))
    assert (error.code, error.details["entry"]) == ("entry_total_mismatch", "10.00 EUR")


def test_a_detail_in_another_currency_does_not_count_as_stated() -> None:
    details = """<NtryDtls><TxDtls><Amt Ccy="EUR">4.00</Amt></TxDtls>
<TxDtls><Amt Ccy="USD">6.00</Amt></TxDtls></NtryDtls>"""
    assert "1 of its 2" in refusal(camt(entry(more=details))).message


def test_details_may_go_both_ways_within_a_batch() -> None:
    details = """<NtryDtls><TxDtls><Amt Ccy="EUR">13.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>
<TxDtls><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls></NtryDtls>"""
    found = [fact.amount.minor for fact in facts(camt(entry(more=details))) if isinstance(fact, ReceiptFact)]
    assert found == [1300, -300]


ENTITY = """<!DOCTYPE Document [<!ENTITY a "x"><!ENTITY f SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ENTITY.encode() + camt(entry()), "document type"),
        (b"<!DOCTYPE html><html></html>", "document type"),
        (b"<html></html>", "root is html"),
        (camt(entry())[:-20], "XML is broken"),
        (camt(entry()).replace(b"camt.053", b"camt.054"), "camt.054"),
        (b"<Document><BkToCstmrStmt/></Document>", "no statement"),
        (camt(entry(status="<Sts>LOST</Sts>")), "LOST"),
        (camt(entry(status="")), "no Sts"),
        (camt(entry("-1.00")), "'-1.00' is not an amount"),
        (camt(entry("1.001")), "more than the 2 decimals"),
        (camt(entry(direction="BOTH")), "neither CRDT nor DBIT"),
        (camt(entry().replace("EUR", "USD")), "in USD, the account in EUR"),
        (camt(entry().replace("2026-11-20", "20.11.2026")), "no date"),
        (camt(entry(more="<RvslInd>maybe</RvslInd>")), "maybe"),
    ],
)
def test_a_broken_message_is_one_error_with_its_line(content: bytes, said: str) -> None:
    error = refusal(content)
    assert error.code == "statement_unreadable"
    assert said in error.message
    assert error.message.startswith(f"Line {error.details['line']}:")


def test_the_line_of_an_error_is_the_files_own() -> None:
    assert refusal(camt(entry() + entry("x"))).details["line"] == 3


# --- CSV


def test_a_table_gives_receipts_reversals_and_debits() -> None:
    first, second, third, fourth = facts(CSV.encode())
    assert isinstance(first, ReceiptFact)
    assert first.references == ("E0000000020261120131500000000001", "BB20261120000001", "BR-2026-0002")
    assert isinstance(second, ReceiptFact)
    assert second.external_ref == "0001-55443-2/2026-11-20/line-2"
    assert isinstance(third, ReversalFact)
    assert third.original_ref == "BB20261119000009"
    assert isinstance(fourth, ReceiptFact)
    assert fourth.amount == Money.parse("-10.00", "BRL")


@pytest.mark.parametrize("changed", [CSV.replace(",", ";"), "\ufeff" + CSV, CSV.replace("\n", "\r\n")])
def test_semicolons_marks_and_line_ends_do_not_matter(changed: str) -> None:
    assert facts(changed.encode()) == facts(CSV.encode())


def test_a_table_may_hold_several_statements() -> None:
    other = CSV.replace("2026-11-20,0001", "2026-11-21,0001").split("\n", 1)[1]
    assert [found.statement_id for found in parse((CSV + other).encode())] == ["2026-11-20", "2026-11-21"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("2560.00,,,João", "2.560,00,,,João", 3, "16 values under 15"),
        ("2560.00,,,João", "2560.0x,,,João", 3, "no amount"),
        ("2560.00,,,João", "2560.001,,,João", 3, "more than the 2 decimals"),
        ("2560.00,,,João", "2.560,,,João", 3, "more than the 2 decimals"),
        ("2560.00,,,João", ",,,João", 3, "amount is empty"),
        ("BRL,3,2026-11-20", "BRL,3,20/11/2026", 4, "no day"),
        ("BRL,3,", "BRL,three,", 4, "line_no"),
        ("2026-11-20T10:15:00-03:00", "2026-11-20T10:15:00", 2, "offset"),
        ("BRL,4", "USD,4", 5, "currency differs from line 2"),
        ("Tarifa,500.00", "Tarifa,501.00", 5, "opening_balance differs"),
        ("remittance,", "remitance,", 1, "unknown: remitance"),
        ("account,", "acount,", 1, "missing: account"),
        ("Devolução", '"Devolução', 4, "CSV"),
    ],
)
def test_a_broken_table_is_one_error_with_its_line(old: str, new: str, line: int, said: str) -> None:
    error = refusal(CSV.replace(old, new, 1).encode())
    assert (error.code, error.details["line"]) == ("statement_unreadable", line)
    assert said in error.message


def test_a_tables_totals_must_agree() -> None:
    assert refusal(CSV.replace("4830.00", "4830.01").encode()).code == "statement_totals_mismatch"


def test_a_table_without_balances_has_no_control_total() -> None:
    plain = "\n".join(",".join(line.split(",")[:12]) for line in CSV.splitlines())
    (statement,) = parse(plain.encode())
    assert (statement.opening, statement.closing) == (None, None)


def test_latin_1_is_refused() -> None:
    assert refusal(CSV.encode("latin-1")).code == "statement_unreadable"


def test_a_table_of_lines_up_to_its_limit_is_read_and_one_more_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_statement, "MAX_LINES", 4)
    assert parse(CSV.encode())
    assert refusal((CSV + CSV.splitlines()[1]).encode()).details["line"] == 6


# --- any file


@pytest.mark.parametrize("content", [CAMT, CSV, "\ufeff" + CAMT, "\ufeff" + CSV])
def test_its_own_formats_are_told_by_content(content: str) -> None:
    assert sniff(content.encode())


OTHERS = [
    b"",
    b"%PDF-1.7",
    b"PK\x03\x04",
    b"<html/>",
    b"a,b,c\n1,2,3\n",
    b"contract_no,amount\n",
    b":20:STMT\n:25:123\n",
]


@pytest.mark.parametrize("content", OTHERS)
def test_other_files_are_not_its_own(content: bytes) -> None:
    assert not sniff(content)


@pytest.mark.parametrize("content", OTHERS)
def test_other_files_are_one_clear_error(content: bytes) -> None:
    assert refusal(content).code == "statement_unreadable"


def test_a_file_up_to_the_limit_is_read_and_one_byte_more_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_statement, "MAX_BYTES", len(CSV.encode()))
    assert parse(CSV.encode())
    assert isinstance(refusal(CSV.encode() + b"\n"), TooLarge)


def test_the_platform_has_statements_and_nothing_else() -> None:
    assert PLATFORM.statements is not None
    assert (PLATFORM.webhooks, PLATFORM.payment_requests, PLATFORM.refunds) == (None, None, None)


@pytest.mark.parametrize("content", [CAMT, CSV])
def test_a_statement_is_told_in_json_with_amounts_as_text(content: str) -> None:
    (statement,) = parse(content.encode())
    told = json.loads(json.dumps(statement_json(statement)))
    assert told["lines"][0]["kind"] == "receipt"
    assert told["lines"][0]["amount"] == {
        "amount": told["lines"][0]["amount"]["amount"],
        "currency": statement.currency,
    }
    assert {line["kind"] for line in told["lines"]} <= {"receipt", "reversal", "ignored"}
    assert told["booked_on"] == "2026-11-20"


# --- references in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RF18 5390 0754 7034", ("RF18539007547034",)),
        ("pay RF18539007547034 NOW", ("RF18539007547034",)),
        ("RF18 5390 0754 7035", ()),
        ("no reference", ()),
    ],
)
def test_creditor_references_are_found_where_their_check_holds(text: str, found: tuple[str, ...]) -> None:
    assert creditor_references(text) == found


@pytest.mark.parametrize(("text", "found"), [("ABC12", ()), ("ABC123", ("ABC123",)), ("ABCDEF", ())])
def test_words_of_six_with_a_digit_are_references(text: str, found: tuple[str, ...]) -> None:
    assert references((), text) == found


@pytest.mark.parametrize(("words", "kept"), [(20, 20), (21, 20)])
def test_only_so_many_words_are_kept(words: int, kept: int) -> None:
    assert len(references((), " ".join(f"WORD{number:03}" for number in range(words)))) == kept
