"""pain.001.001.09: elements in the standard's order, letters that banks take, identifiers made of the sweeps' own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors.payment_files.letters import restricted
from connectors.payment_files.pain001 import NAMESPACE, AccountAtBank, Payment, message_id, pain001
from domain.errors import Invalid
from domain.money import Money

SENT = datetime(2026, 11, 24, 8, tzinfo=UTC)
DUBAI = AccountAtBank("Aurora Motors FZE", "AE", "AE070331234567890123456", None, "EBILAEAD", "Emirates NBD", "Dubai")
NINGBO = AccountAtBank("Ningbo Aurora Ltd.", "CN", None, "6222 0000 1111", None, "Bank of China")
FIRST = Payment("swp_b", DUBAI, NINGBO, Money(5_000_000, "AED"), "AED", date(2026, 11, 24), SENT, "Cash sweep")
EXCHANGED = replace(FIRST, run_id="swp_a", paid_in="USD", contract="fxq_1", rate=Decimal("0.272294001234567"))

# The order of elements that the standard's sequences prescribe, for every element that is written here.
ORDER = {
    "CstmrCdtTrfInitn": ["GrpHdr", "PmtInf"],
    "GrpHdr": ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"],
    "PmtInf": [
        *("PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdExctnDt", "Dbtr", "DbtrAcct"),
        *("DbtrAgt", "ChrgBr", "CdtTrfTxInf"),
    ],
    "CdtTrfTxInf": ["PmtId", "Amt", "XchgRateInf", "CdtrAgt", "Cdtr", "CdtrAcct", "Purp", "RmtInf"],
    "PmtId": ["InstrId", "EndToEndId"],
    "EqvtAmt": ["Amt", "CcyOfTrf"],
    "XchgRateInf": ["XchgRate", "RateTp", "CtrctId"],
    "Dbtr": ["Nm", "PstlAdr"],
    "Cdtr": ["Nm", "PstlAdr"],
    "PstlAdr": ["TwnNm", "Ctry"],
    "DbtrAcct": ["Id", "Ccy"],
    "CdtrAcct": ["Id", "Ccy"],
    "FinInstnId": ["BICFI", "Nm", "PstlAdr", "Othr"],
}
REPEATED = {"PmtInf", "CdtTrfTxInf"}
LETTERS = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")


def tree(*payments: Payment) -> etree._Element:
    return etree.fromstring(pain001(payments, initiator="Aurora Motors"))


def name(element: etree._Element) -> str:
    return etree.QName(element).localname


def texts(root: etree._Element, tag: str) -> list[str | None]:
    return [element.text for element in root.iter(f"{{{NAMESPACE}}}{tag}")]


def elements(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter() if len(element))


def test_every_element_stands_where_the_standard_has_it() -> None:
    for element in elements(tree(FIRST, EXCHANGED)):
        names = [name(child) for child in element]
        known = ORDER.get(name(element))
        if known is None:
            assert len(names) == 1, name(element)
            continue
        assert set(names) <= set(known), name(element)
        places = [known.index(one) for one in names]
        assert places == sorted(places), name(element)
        assert all(names.count(one) == 1 or one in REPEATED for one in names), name(element)


def test_payments_are_counted_and_summed_twice() -> None:
    root = tree(FIRST, EXCHANGED)
    assert texts(root, "NbOfTxs") == ["2", "2"]
    assert texts(root, "CtrlSum") == ["100000.00", "100000.00"]


def test_each_account_and_day_has_a_block_of_its_own() -> None:
    later = replace(FIRST, run_id="swp_c", day=date(2026, 11, 25))
    root = tree(FIRST, EXCHANGED, later)
    assert texts(root, "NbOfTxs") == ["3", "2", "1"]
    assert len(set(texts(root, "PmtInfId"))) == 2


def test_what_is_exchanged_is_an_equivalent_amount_at_the_agreed_rate() -> None:
    root = tree(EXCHANGED)
    assert texts(root, "InstdAmt") == []
    assert (texts(root, "CcyOfTrf"), texts(root, "XchgRate")) == (["USD"], ["0.2722940012"])
    assert (texts(root, "RateTp"), texts(root, "CtrctId")) == (["AGRD"], ["fxq-1"])


def test_what_stays_in_its_currency_is_an_instructed_amount() -> None:
    amount = next(tree(FIRST).iter(f"{{{NAMESPACE}}}InstdAmt"))
    assert (amount.text, amount.get("Ccy")) == ("50000.00", "AED")


def test_a_yen_has_no_decimals_and_a_dinar_three() -> None:
    yen = replace(FIRST, amount=Money(1500, "JPY"), paid_in="JPY")
    dinar = replace(FIRST, amount=Money(1500, "KWD"), paid_in="KWD")
    assert [texts(tree(one), "InstdAmt") for one in (yen, dinar)] == [["1500"], ["1.500"]]


def test_an_account_is_named_by_iban_or_else_by_its_number() -> None:
    root = tree(FIRST)
    assert texts(root, "IBAN") == ["AE070331234567890123456"]
    assert texts(root, "BICFI") == ["EBILAEAD"]
    assert "6222 0000 1111" in texts(root, "Id")


def test_a_bank_that_is_not_named_says_so() -> None:
    assert "NOTPROVIDED" in texts(tree(replace(FIRST, creditor=replace(NINGBO, bank_name=None))), "Id")


def test_the_purpose_is_within_one_company() -> None:
    root = tree(FIRST)
    assert texts(root, "Cd") == ["INTC", "INTC"]


def test_the_same_payments_make_the_same_bytes_in_any_order() -> None:
    assert pain001([FIRST, EXCHANGED], initiator="A B") == pain001([EXCHANGED, FIRST], initiator="A B")
    assert texts(tree(FIRST, EXCHANGED), "MsgId") == [message_id(["swp_a", "swp_b"])]


def test_identifiers_fit_and_differ() -> None:
    assert len(message_id(["swp_a"])) <= 35
    assert message_id(["swp_a"]) != message_id(["swp_b"])
    assert texts(tree(FIRST, EXCHANGED), "EndToEndId") == ["swp-a", "swp-b"]


def test_nothing_to_pay_is_no_file() -> None:
    with pytest.raises(Invalid, match="payment_file_empty"):
        pain001([], initiator="A")


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("São Paulo Veículos Ltda.", "Sao Paulo Veiculos Ltda."),
        ("Müller & Söhne_AG", "Muller + Sohne-AG"),
        ("Łódź Straße", "Lodz Strasse"),
        ("//a//b/", "a/b"),
        ("<b>曙光</b>", "b /b"),
    ],
)
def test_letters_are_brought_to_those_that_banks_take(given_text: str, kept: str) -> None:
    assert restricted(given_text) == kept


@given(st.text(max_size=200), st.integers(1, 140))
def test_whatever_is_written_comes_out_in_letters_that_banks_take(given_text: str, longest: int) -> None:
    out = restricted(given_text, longest=longest)
    assert LETTERS.fullmatch(out)
    assert len(out) <= longest
    assert not out.startswith("/")
    assert not out.endswith("/")
    assert "//" not in out
