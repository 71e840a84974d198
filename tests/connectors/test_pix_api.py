"""API Pix: who may call, and the facts in a callback."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.pix_api import webhooks
from domain.errors import Invalid, Unauthenticated
from domain.money import Money
from domain.receipts import (
    ContestFact,
    ContestKind,
    ContestPhase,
    Ignored,
    ReceiptFact,
    RefundFailed,
    ReversalFact,
    ReversalKind,
)

SAMPLES = Path(webhooks.__file__).parent / "samples"
TOKEN = "t" * 40
OTHER = "u" * 40
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FIRST = "E12345678202611240255Samplepix01"


def sample(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_bytes())
    return document


def raw(document: Any) -> bytes:
    return json.dumps(document).encode()


def code_of(excinfo: pytest.ExceptionInfo[Any]) -> str:
    return str(excinfo.value.code)


# --- who may call -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x-webhook-token", "X-Webhook-Token"])
def test_the_connections_token_is_accepted(name: str) -> None:
    webhooks.verify(b"{}", {name: TOKEN}, (TOKEN,), NOW)


@pytest.mark.parametrize("secrets", [(TOKEN, OTHER), (OTHER, TOKEN)])
def test_either_token_is_accepted_while_one_is_replaced(secrets: tuple[str, ...]) -> None:
    webhooks.verify(b"{}", {"x-webhook-token": TOKEN}, secrets, NOW)


@given(position=st.integers(min_value=0, max_value=39))
def test_one_changed_character_of_the_token_is_refused(position: int) -> None:
    given_token = TOKEN[:position] + "x" + TOKEN[position + 1 :]
    with pytest.raises(Unauthenticated) as refused:
        webhooks.verify(b"{}", {"x-webhook-token": given_token}, (TOKEN, OTHER), NOW)
    assert code_of(refused) == "token_invalid"


@pytest.mark.parametrize("token", [TOKEN[:-1], TOKEN + "t", "ü" * 40, OTHER])
def test_another_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        webhooks.verify(b"{}", {"x-webhook-token": token}, (TOKEN,), NOW)
    assert code_of(refused) == "token_invalid"


@pytest.mark.parametrize("headers", [{}, {"x-webhook-token": ""}, {"x-webhook-token": " "}])
def test_a_missing_token_is_told_apart(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated) as refused:
        webhooks.verify(b"{}", headers, (TOKEN,), NOW)
    assert code_of(refused) == "token_missing"


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_no_token_of_ours_accepts_nothing(secrets: tuple[str, ...]) -> None:
    with pytest.raises(Unauthenticated) as refused:
        webhooks.verify(b"{}", {"x-webhook-token": ""}, secrets, NOW)
    assert code_of(refused) == "secret_missing"


# --- callbacks ----------------------------------------------------------------------------------------------------


def test_each_pix_is_a_receipt_dated_in_brazil() -> None:
    first, second = webhooks.parse(raw(sample("received")))
    assert first == ReceiptFact(
        external_ref=FIRST,
        amount=Money(123456, "BRL"),
        at=datetime(2026, 11, 24, 2, 55, 31, 358000, tzinfo=UTC),
        value_date=date(2026, 11, 23),  # five to midnight in São Paulo
        references=("01kaz8sample000000000000001",),
        remittance="Parcela 11",
        rail="pix",
        to_bank=True,
    )
    assert isinstance(second, ReceiptFact)
    assert (second.amount, second.value_date) == (Money(30000, "BRL"), date(2026, 11, 24))


def test_a_return_is_a_reversal_named_by_its_rtrid() -> None:
    facts = webhooks.parse(raw(sample("returned")))
    assert facts[1] == ReversalFact(
        external_ref="D12345678202611251500Samplertn01",
        original_ref=FIRST,
        amount=Money(3456, "BRL"),
        at=datetime.fromisoformat("2026-11-25T12:00:03-03:00"),
        value_date=date(2026, 11, 25),
        kind=ReversalKind.REFUND,
        reason="ORIGINAL",
        ordered_as="devolucao1",
    )


def test_a_return_that_was_not_carried_out_has_failed() -> None:
    assert webhooks.parse(raw(sample("returned")))[2] == RefundFailed(
        "D12345678202611251500Samplertn03", FIRST, "Saldo insuficiente", ordered_as="devolucao2"
    )


def test_a_return_under_way_is_ignored() -> None:
    document = sample("returned")
    document["pix"][0]["devolucoes"] = [document["pix"][0]["devolucoes"][0] | {"status": "EM_PROCESSAMENTO"}]
    assert webhooks.parse(raw(document))[1:] == (Ignored("devolucao.EM_PROCESSAMENTO"),)


@pytest.mark.parametrize("nature", ["MED_FRAUDE", "MED_OPERACIONAL", "MED_PIX_AUTOMATICO"])
@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("EM_PROCESSAMENTO", ContestPhase.OPENED),
        ("NAO_REALIZADO", ContestPhase.WON),
        ("DEVOLVIDO", ContestPhase.LOST),
    ],
)
def test_a_return_that_the_payers_bank_claims_is_a_contest(nature: str, status: str, phase: ContestPhase) -> None:
    document = sample("returned_by_med")
    document["pix"][0]["devolucoes"][1] |= {"natureza": nature, "status": status}
    assert webhooks.parse(raw(document))[2] == ContestFact(
        external_ref="D12345678202611261500Samplertn02",
        original_ref=FIRST,
        amount=Money(120_000, "BRL"),
        at=datetime.fromisoformat("2026-11-27T00:30:00-03:00"),
        value_date=date(2026, 11, 27),
        kind=ContestKind.PIX_MED,
        phase=phase,
        reason=nature,
    )


def test_a_return_of_a_nature_that_nobody_knows_yet_is_one_that_a_bank_made() -> None:
    document = sample("returned")
    document["pix"][0]["devolucoes"][0]["natureza"] = "OUTRA"
    fact = webhooks.parse(raw(document))[1]
    assert isinstance(fact, ReversalFact)
    assert (fact.kind, fact.reason) == (ReversalKind.RETURNED, "OUTRA")


def test_a_return_without_nature_is_an_ordinary_one() -> None:
    document = sample("returned")
    del document["pix"][0]["devolucoes"][0]["natureza"]
    fact = webhooks.parse(raw(document))[1]
    assert isinstance(fact, ReversalFact)
    assert fact.kind is ReversalKind.REFUND


def test_the_receipt_is_the_same_fact_before_and_after_a_return() -> None:
    assert webhooks.parse(raw(sample("received")))[0] == webhooks.parse(raw(sample("returned_by_med")))[0]


def test_deliveries_in_any_order_tell_the_same_money() -> None:
    names = ["received", "returned", "returned_by_med"]
    told = [{fact for name in order for fact in webhooks.parse(raw(sample(name)))} for order in (names, names[::-1])]
    assert told[0] == told[1]
    refs = [fact.external_ref for fact in told[0] if isinstance(fact, ReceiptFact | ReversalFact | ContestFact)]
    assert len(refs) == len(set(refs)) == 4


def test_a_pix_without_txid_has_no_reference() -> None:
    document = sample("received")
    del document["pix"][0]["txid"]
    fact = webhooks.parse(raw(document))[0]
    assert isinstance(fact, ReceiptFact)
    assert fact.references == ()


def test_a_payer_is_read_where_the_bank_sends_one() -> None:
    document = sample("received")
    document["pix"][0]["pagador"] = {"cpf": "39053344705", "nome": "Maria Souza"}
    fact = webhooks.parse(raw(document))[0]
    assert isinstance(fact, ReceiptFact)
    assert (fact.payer_name, fact.payer_document) == ("Maria Souza", "39053344705")


@pytest.mark.parametrize("status", ["TELEPORTADO", None, 1, "devolvido"])
def test_an_unknown_status_of_a_return_is_an_error(status: object) -> None:
    document = sample("returned")
    document["pix"][0]["devolucoes"][0]["status"] = status
    with pytest.raises(Invalid) as refused:
        webhooks.parse(raw(document))
    assert code_of(refused) == "status_unknown"


@pytest.mark.parametrize(
    ("document", "kind"),
    [({"recs": []}, "recs"), ({"cobsr": []}, "cobsr"), ({"evento": "teste_webhook"}, "evento"), ({}, "empty")],
)
def test_another_callback_is_ignored_by_its_name(document: dict[str, Any], kind: str) -> None:
    assert webhooks.parse(raw(document)) == (Ignored(kind),)


def test_a_callback_without_pix_in_it_is_ignored() -> None:
    assert webhooks.parse(b'{"pix":[]}') == (Ignored("pix"),)


@pytest.mark.parametrize(
    "fields",
    [
        {"valor": 12.5},
        {"valor": "12.5"},
        {"valor": "-1.00"},
        {"valor": "1,00"},
        {"valor": "99999999999.00"},
        {"valor": "\u0661\u0662.\u0665\u0660"},  # Arabic-Indic digits
        {"endToEndId": "E1"},
        {"endToEndId": None},
        {"horario": "2026-11-24T02:55:31"},
        {"horario": "yesterday"},
        {"horario": None},
        {"txid": "with space"},
        {"txid": "x" * 36},
        {"devolucoes": {}},
        {"devolucoes": [1]},
    ],
)
def test_a_field_of_another_shape_is_malformed(fields: dict[str, Any]) -> None:
    document = sample("received")
    document["pix"][0] |= fields
    with pytest.raises(Invalid) as refused:
        webhooks.parse(raw(document))
    assert code_of(refused) == "body_malformed"


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b'{"pix":{}}', b'{"pix":[1]}', b'{"pix":null}'])
def test_a_body_of_another_shape_is_malformed(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        webhooks.parse(body)
    assert code_of(refused) == "body_malformed"


def test_a_callback_of_more_than_a_thousand_pix_is_malformed() -> None:
    entry = sample("received")["pix"][1]
    assert len(webhooks.parse(raw({"pix": [entry] * 1000}))) == 1000
    with pytest.raises(Invalid):
        webhooks.parse(raw({"pix": [entry] * 1001}))


def test_a_delivery_repeated_in_other_writing_and_order_has_the_same_name() -> None:
    document = sample("received")
    again = {"pix": [dict(reversed(entry.items())) for entry in reversed(document["pix"])]}
    assert webhooks.delivery_id(raw(document)) == webhooks.delivery_id(json.dumps(again, indent=3).encode())


def test_a_delivery_that_tells_of_a_further_return_has_another_name() -> None:
    names = {webhooks.delivery_id(raw(sample(name))) for name in ("received", "returned", "returned_by_med")}
    assert len(names) == 3


def test_a_delivery_that_tells_of_another_status_has_another_name() -> None:
    document = sample("returned")
    before = webhooks.delivery_id(raw(document))
    document["pix"][0]["devolucoes"][1]["status"] = "EM_PROCESSAMENTO"
    assert webhooks.delivery_id(raw(document)) != before
