"""Asking a bank over API Pix: the charges asked for, the tokens borrowed and the answers given."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors.platforms.pix_api import payment_requests
from connectors.platforms.pix_api.br_code import dynamic
from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unavailable
from domain.money import Money
from domain.platforms import AccessToken, ClientCertificate, HttpResponse, PaymentRequestOrder


def raw(document: Any) -> bytes:
    return json.dumps(document).encode()


def code_of(excinfo: pytest.ExceptionInfo[Any]) -> str:
    return str(excinfo.value.code)


CONFIG = {
    "base_url": "https://pix.example.com/api/v2",
    "token_url": "https://pix.example.com/oauth/token",
    "client_id": "id:with colon",
    "client_secret": "secret",
    "pix_key": "6f0e1b7c-2a3d-4d8e-9b21-0a7c5a5e1f10",
}
TXID = "01kaz8sample00000000000001"


def order(**changes: Any) -> PaymentRequestOrder:
    values: dict[str, Any] = {
        "request_id": f"req_{TXID}",
        "reference": TXID,
        "amount": Money(123456, "BRL"),
        "description": "Parcela 11",
        "payer_name": "Maria Souza",
        "payer_document": "39053344705",
        "payer_email": None,
        "due_date": date(2026, 12, 1),
        "expires_at": datetime(2026, 12, 31, 3, 0, tzinfo=UTC),
    }
    return PaymentRequestOrder(**(values | changes))


def document_of(**changes: Any) -> dict[str, Any]:
    config = CONFIG | changes.pop("config", {})
    document: dict[str, Any] = json.loads(payment_requests.build(order(**changes), config).body)
    return document


def test_a_charge_is_put_under_our_txid() -> None:
    request = payment_requests.build(order(), CONFIG)
    assert (request.method, request.url) == ("PUT", f"https://pix.example.com/api/v2/cobv/{TXID}")
    assert json.loads(request.body) == {
        "calendario": {"dataDeVencimento": "2026-12-01", "validadeAposVencimento": 30},
        "devedor": {"cpf": "39053344705", "nome": "Maria Souza"},
        "valor": {"original": "1234.56"},
        "chave": "6f0e1b7c-2a3d-4d8e-9b21-0a7c5a5e1f10",
        "solicitacaoPagador": "Parcela 11",
    }


@pytest.mark.parametrize(
    ("minor", "text"), [(1, "0.01"), (100, "1.00"), (123456, "1234.56"), (10**12 - 1, "9999999999.99")]
)
def test_amounts_are_written_with_two_decimals(minor: int, text: str) -> None:
    assert document_of(amount=Money(minor, "BRL"))["valor"]["original"] == text


@pytest.mark.parametrize("amount", [Money(0, "BRL"), Money(-1, "BRL"), Money(10**12, "BRL"), Money(100, "USD")])
def test_an_amount_that_pix_cannot_carry_is_refused(amount: Money) -> None:
    with pytest.raises(Invalid):
        payment_requests.build(order(amount=amount), CONFIG)


@pytest.mark.parametrize("document", ["16727230000197", "12ABC34501DE35"])
def test_a_company_is_named_by_its_cnpj_numeric_or_not(document: str) -> None:
    assert document_of(payer_document=document)["devedor"] == {"cnpj": document, "nome": "Maria Souza"}


@pytest.mark.parametrize("document", [None, "", "390.533.447-05", "3905334470", "1672723000019"])
def test_a_payer_without_a_plain_document_is_refused(document: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        payment_requests.build(order(payer_document=document), CONFIG)
    assert code_of(refused) == "payer_document_invalid"


@pytest.mark.parametrize("txid", ["x" * 26, "x" * 35])
def test_a_txid_of_26_to_35_letters_is_accepted(txid: str) -> None:
    assert payment_requests.build(order(reference=txid), CONFIG).url.endswith(txid)


@pytest.mark.parametrize("txid", ["x" * 25, "x" * 36, "x" * 25 + "-", "../" + "x" * 26])
def test_another_txid_is_refused(txid: str) -> None:
    for ask in (payment_requests.build, payment_requests.query):
        with pytest.raises(Invalid) as refused:
            ask(order(reference=txid), CONFIG)
        assert code_of(refused) == "txid_invalid"


def test_a_charge_that_expires_on_its_due_date_has_no_days_after_it() -> None:
    expires = datetime(2026, 12, 2, 2, 59, tzinfo=UTC)  # still 1 December in São Paulo
    assert document_of(expires_at=expires)["calendario"]["validadeAposVencimento"] == 0


def test_a_charge_cannot_expire_before_its_due_date() -> None:
    with pytest.raises(Invalid) as refused:
        document_of(expires_at=datetime(2026, 12, 1, 2, 59, tzinfo=UTC))  # still 30 November in São Paulo
    assert code_of(refused) == "expires_before_due"


def test_fine_and_interest_at_the_cap_are_added() -> None:
    charges = document_of(config={"fine_percent": "2", "interest_percent_month": "1.00"})["valor"]
    assert charges["multa"] == {"modalidade": 2, "valorPerc": "2.00"}
    assert charges["juros"] == {"modalidade": 3, "valorPerc": "1.00"}


@pytest.mark.parametrize("setting", [{"fine_percent": "2.01"}, {"interest_percent_month": "1.01"}])
def test_fine_or_interest_above_the_cap_is_refused(setting: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        document_of(config=setting)
    assert code_of(refused) == "late_charge_above_cap"


@pytest.mark.parametrize("text", ["x", "NaN", "-1", "0.001", "Infinity"])
def test_a_percentage_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        document_of(config={"fine_percent": text})
    assert code_of(refused) == "percentage_invalid"


@pytest.mark.parametrize("text", ["", "0", "0.00"])
def test_no_percentage_adds_nothing(text: str) -> None:
    assert document_of(config={"fine_percent": text})["valor"] == {"original": "1234.56"}


def test_a_query_asks_for_the_same_charge() -> None:
    request = payment_requests.query(order(), CONFIG)
    assert (request.method, request.url, request.body) == ("GET", f"https://pix.example.com/api/v2/cobv/{TXID}", b"")


def test_requests_carry_the_connections_certificate() -> None:
    config = CONFIG | {"certificate_path": "/c.pem", "key_path": "/k.pem"}
    asked = (payment_requests.build(order(), config), payment_requests.query(order(), config))
    for request in (*asked, payment_requests.authorise(config)):
        assert request.certificate == ClientCertificate("/c.pem", "/k.pem")


def test_a_certificate_without_key_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        payment_requests.authorise(CONFIG | {"certificate_path": "/c.pem"})
    assert code_of(refused) == "certificate_incomplete"


# --- tokens -------------------------------------------------------------------------------------------------------


def test_a_token_is_asked_for_with_client_credentials() -> None:
    request = payment_requests.authorise(CONFIG)
    assert (request.method, request.url) == ("POST", "https://pix.example.com/oauth/token")
    basic = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
    assert basic == "id%3Awith%20colon:secret"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["cobv.read cobv.write"],
    }


@pytest.mark.parametrize("seconds", [300, "300"])
def test_a_token_and_its_life_are_read(seconds: object) -> None:
    response = HttpResponse(200, {}, raw({"access_token": "abc", "token_type": "Bearer", "expires_in": seconds}))
    assert payment_requests.read_token(response) == AccessToken("abc", 300)


def test_a_token_does_not_show_itself() -> None:
    assert "abc" not in repr(AccessToken("abc", 300))


@pytest.mark.parametrize(("status", "kind"), [(400, Refused), (401, Refused), (429, Unavailable), (503, Unavailable)])
def test_a_refused_token_is_told_by_kind(status: int, kind: type) -> None:
    with pytest.raises(kind):
        payment_requests.read_token(HttpResponse(status, {}, b"{}"))


# --- answers ------------------------------------------------------------------------------------------------------

CHARGE = {
    "txid": TXID,
    "status": "ATIVA",
    "calendario": {"criacao": "2026-11-24T12:00:00Z", "dataDeVencimento": "2026-12-01", "validadeAposVencimento": 30},
    "loc": {"id": 1, "location": "pix.example.com/8b3da2f39a4140d1a91abd93113bd441", "tipoCob": "cobv"},
    "recebedor": {"nome": "Fulano de Tal", "cidade": "BRASILIA", "cnpj": "16727230000197"},
}
BR_CODE = (
    "00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd441"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***630464E4"
)


def read(status: int, document: Any) -> Any:
    return payment_requests.read(HttpResponse(status, {}, raw(document)))


@pytest.mark.parametrize("status", ["ATIVA", "CONCLUIDA"])
def test_the_banks_code_to_copy_is_given_to_the_debtor(status: str) -> None:
    issued = read(201, CHARGE | {"status": status, "pixCopiaECola": "00020101"})
    assert (issued.external_ref, issued.payload, issued.url) == (TXID, "00020101", None)


def test_a_location_becomes_the_code_of_bacens_manual() -> None:
    assert read(200, CHARGE).payload == BR_CODE


def test_a_location_outside_the_loc_object_is_read_too() -> None:
    charge = {name: value for name, value in CHARGE.items() if name != "loc"}
    assert read(200, charge | {"location": "pix.example.com/8b3da2f39a4140d1a91abd93113bd441"}).payload == BR_CODE


def test_names_longer_than_a_br_code_holds_are_cut() -> None:
    code = dynamic(location="pix.example.com/x", name="N" * 40, city="C" * 40)
    assert "5925" + "N" * 25 + "6015" + "C" * 15 + "62" in code


@pytest.mark.parametrize("location", ["", "x" * 78, "píx.example.com/x"])
def test_a_location_that_a_br_code_cannot_hold_is_refused(location: str) -> None:
    with pytest.raises(Invalid) as refused:
        dynamic(location=location, name="N", city="C")
    assert code_of(refused) == "location_invalid"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("REMOVIDA_PELO_USUARIO_RECEBEDOR", "request_removed"),
        ("REMOVIDA_PELO_PSP", "request_removed"),
        ("VENCIDA", "status_unknown"),
        (None, "status_unknown"),
    ],
)
def test_a_charge_that_cannot_be_paid_is_not_issued(status: str | None, code: str) -> None:
    with pytest.raises((Refused, Invalid)) as refused:
        read(200, CHARGE | {"status": status})
    assert code_of(refused) == code


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Refused, "platform_refused"),
        (401, Refused, "platform_credentials_refused"),
        (403, Refused, "platform_credentials_refused"),
        (404, NotFound, "request_unknown"),
        (429, Unavailable, "platform_failed"),
        (500, Unavailable, "platform_failed"),
    ],
)
def test_a_problem_is_told_by_code(status: int, kind: type, code: str) -> None:
    problem = {"type": "https://pix.bcb.gov.br/api/v2/error/CobVOperacaoInvalida", "detail": "CPF 39053344705"}
    with pytest.raises(AfluenteError) as refused:
        read(status, problem)
    assert isinstance(refused.value, kind)
    assert refused.value.code == code
    assert "39053344705" not in json.dumps(refused.value.as_dict())


@pytest.mark.parametrize(("status", "ambiguous"), [(429, False), (408, True), (503, True)])
def test_a_failure_says_whether_the_charge_may_exist(status: int, ambiguous: bool) -> None:  # noqa: FBT001 - a table
    with pytest.raises(Unavailable) as refused:
        payment_requests.read(HttpResponse(status, {}, b"<html>"))
    assert refused.value.details["ambiguous"] is ambiguous
