"""Pages of platforms: asked for under the payment request's own identifier, and shown to the debtor as answered."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from activities import payment_requests
from runtime import clock
from tests.connectors import test_platform_amwal as amwal
from tests.connectors import test_platform_doku as doku
from tests.connectors import test_platform_ebanx as ebanx
from tests.connectors import test_platform_momo as momo
from tests.connectors import test_platform_payos as payos
from tests.connectors import test_platform_two_c_two_p as two_c_two_p
from tests.connectors import test_platform_zalopay as zalopay
from tests.connectors.test_platform_two_c_two_p import token

PAGE = "https://pay.example/page"
PAYOS = payos.CONFIG | {"client_id": "c" * 36, "api_key": "k" * 36}
ZALOPAY = zalopay.SETTINGS | {"webhook_secret": zalopay.KEY}
ABROAD = {  # what is another country's in the sample of a loan
    "address": "",
    "city": "",
    "postal_code": "",
    "subdivision": "",
    "plate": "",
    "debtor_name": "An",
}
VIETNAM = {
    "id_scheme": "cccd",
    "id_value": "001085000012",
    "phone": "+84912345678",
    "preferred_locale": "vi",
    "principal": "2500000",
    "instalment_amount": "1000000",
}
OMAN = {"id_scheme": "om_civil_number", "id_value": "12345678", "phone": "+96892123456", "preferred_locale": "ar"}
LOANS = {
    "VN": ABROAD | VIETNAM | {"country": "VN", "currency": "VND", "paid_total": "0"},
    "OM": ABROAD | OMAN | {"country": "OM", "currency": "OMR"},
}
EBANX = ebanx.EBANX.settings | {"notification_certificate": " ".join(ebanx.PINNED.splitlines())}


def made(platform: str, request: httpx.Request) -> Any:
    """What each platform answers when it has made the page that is asked for."""
    sent = json.loads(request.content)
    order = sent.get("order") or {}
    answers = {
        "momo": {"resultCode": 0, "orderId": sent.get("orderId"), "payUrl": PAGE},
        "zalopay": {"return_code": 1, "zp_trans_token": sent.get("app_trans_id"), "order_url": PAGE},
        "two_c_two_p": token({"respCode": "0000", "paymentToken": "token-of-the-page", "webPaymentUrl": PAGE}),
        "doku": {"response": {"order": {"invoice_number": order.get("invoice_number")}, "payment": {"url": PAGE}}},
        "ebanx": {"status": "SUCCESS", "payment": {"hash": "a" * 48, "status": "OP"}, "redirect_url": PAGE},
        "amwal": amwal.MADE | {"data": PAGE},
        "payos": {
            "code": "00",
            "data": {"paymentLinkId": payos.LINK, "checkoutUrl": PAGE, "qrCode": PAGE, "status": "PENDING"},
        },
    }
    return answers[platform]


@pytest.mark.parametrize(
    ("platform", "country", "currency", "rail", "settings"),
    [
        ("momo", "VN", "VND", "momo", momo.SETTINGS),
        ("zalopay", "VN", "VND", "zalopay", ZALOPAY),
        ("payos", "VN", "VND", "vietqr", PAYOS),
        ("two_c_two_p", "TH", "THB", "card", two_c_two_p.SETTINGS),
        ("doku", "ID", "IDR", "qris", doku.SETTINGS),
        ("ebanx", "BR", "BRL", "boleto", EBANX),
        ("amwal", "OM", "OMR", "card", amwal.SETTINGS),
    ],
)
def test_a_page_is_made_under_our_own_identifier(
    world: Any,
    loan_row: Any,
    as_file: Any,
    platform: str,
    country: str,
    currency: str,
    rail: str,
    settings: dict[str, str],
) -> None:
    world.connect(platform, country=country, currency=currency, settings=settings, rails=(rail,))
    sample = loan_row("TH" if country in LOANS else country, contract_no="C-1")
    loaded, _ = world.load(as_file(sample | LOANS.get(country, {})))
    assert loaded.state == "imported", loaded
    with world.tx() as tx:
        asked = payment_requests.create(
            tx, world.case(), amount=None, rail=rail, now=world.clock(), new_id=clock.new_id
        )
    world.platform_answers = lambda request: httpx.Response(200, content=json.dumps(made(platform, request)))
    issued = world.relay().issuer.issue(asked)
    code = payment_requests.code_of(issued)
    assert (issued.state, issued.rail, issued.currency) == ("issued", rail, currency)
    assert code is not None
    assert code.payload == PAGE
