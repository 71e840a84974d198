"""What comes in on the sample's first day: webhooks signed as Stripe and the Pix bank sign, and banks' files.

It goes the way that real money goes, so that the workbench has something to show: matches, proposals and differences.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import httpx

from domain.errors import Unavailable
from runtime.sample import SignIn
from runtime.samples import make_money
from runtime.samples.make_money import CardPayment, Credit, Loan

_PATIENCE_SECONDS: Final = 60
T = TypeVar("T")

_BY_TRANSFER: Final = 6  # which of the loans in the Emirates is paid over the bank
_STRANGER: Final = "CV Sumber Rejeki Abadi"


@dataclass(frozen=True, slots=True)
class SampleMoney:
    """The first day's money. ``now`` is the moment of telling; every name hangs on it or on the sample alone."""

    url: str
    sign_in: SignIn
    now: datetime

    def arrive(self) -> None:
        """Tell everything, on the day of the sample and once; what was told before books nothing again.

        Raises ``sample_refused`` and ``sample_waited_too_long``.
        """
        headers = {"Authorization": f"Bearer {self.sign_in.api_key}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=30) as api:
            portfolio = _body(api.get(f"/v1/portfolios/{self.sign_in.portfolio_id}"))
            known = _body(api.get("/v1/statement-files", params={"limit": 1}))["data"]
            if known or not portfolio["created_at"].startswith(f"{self.now:%Y-%m-%d}"):
                return
            cards = self._cards(api)
            told = self._webhooks(api, cards[:-1])
            told += self._files(api, cards)
            _until(lambda: self._booked(api) >= told)
            _body(api.post("/v1/reconciliation/runs", headers=_once("sample-run"), json={}))

    # What is paid by card and by Pix ---------------------------------------------------------------------------

    def _cards(self, api: httpx.Client) -> list[CardPayment]:
        """Four requests in the Emirates, of the debtors who come last in the list of cases and pay in no other way."""
        otherwise = make_money.loans(self.now.date())["AE"][_BY_TRANSFER].debtor
        found = _until(lambda: self._asked(api, "AE", 4, but=otherwise))
        return [
            CardPayment(f"pi_sample{number}", request["id"], payer, Decimal(request["amount"]["amount"]))
            for number, (request, payer) in enumerate(found, start=1)
        ]

    def _asked(
        self, api: httpx.Client, country: str, count: int, *, but: str = ""
    ) -> list[tuple[Mapping[str, Any], str]]:
        cases = _body(api.get("/v1/cases", params={"country": country, "state": "active", "limit": 50}))["data"]
        found = []
        for case in (one for one in reversed(cases) if one["debtor_name"] != but):
            asked = _body(api.get("/v1/payment_requests", params={"case_id": case["id"], "limit": 1}))["data"]
            found += [(request, case["debtor_name"]) for request in asked]
            if len(found) == count:
                return found
        return []

    def _webhooks(self, api: httpx.Client, cards: list[CardPayment]) -> int:
        for card in cards:
            amount = int(card.amount * 100)
            names = {"id": card.intent, "object": "payment_intent", "metadata": {"afluente_request": card.request_id}}
            self._stripe(api, "payment_intent.succeeded", names | {"status": "succeeded", "amount_received": amount})
        self._stripe(api, "payout.paid", self._payout(cards))
        pix = _until(lambda: self._asked(api, "BR", 2))
        for number, (request, _payer) in enumerate(pix, start=1):
            self._pix(api, request, number)
        return len(cards) + len(pix)

    def _payout(self, cards: list[CardPayment]) -> dict[str, Any]:
        moment = int(self.now.timestamp())
        return {
            "id": make_money.PAYOUT,
            "object": "payout",
            "amount": int(make_money.payout_amount(cards) * 100),
            "arrival_date": moment,
            "automatic": True,
            "method": "standard",
            "status": "paid",
            "trace_id": {"status": "supported", "value": make_money.TRACE},
            "type": "bank_account",
        }

    def _stripe(self, api: httpx.Client, kind: str, thing: dict[str, Any]) -> None:
        moment = int(self.now.timestamp())
        thing |= {"currency": "aed", "created": moment}
        event = {
            "id": f"evt_{thing['id']}",
            "object": "event",
            "type": kind,
            "created": moment,
            "data": {"object": thing},
        }
        body = json.dumps(event).encode()
        stamp = int(time.time())
        mac = hmac.new(self.sign_in.secrets["stripe"].encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        headers = {"Stripe-Signature": f"t={stamp},v1={mac.hexdigest()}"}
        _body(api.post(f"/webhooks/stripe/{self.sign_in.connections['stripe']}", content=body, headers=headers))

    def _pix(self, api: httpx.Client, request: Mapping[str, Any], number: int) -> None:
        paid = {
            "endToEndId": f"E12345678{self.now:%Y%m%d%H%M}sample{number:05}",
            "txid": request["reference"],
            "valor": request["amount"]["amount"],
            "horario": f"{self.now:%Y-%m-%dT%H:%M:%SZ}",
        }
        path = f"/webhooks/pix_api/{self.sign_in.connections['pix_api']}/pix"
        _body(api.post(path, params={"token": self.sign_in.secrets["pix_api"]}, json={"pix": [paid]}))

    # What the files say ------------------------------------------------------------------------------------------

    def _files(self, api: httpx.Client, cards: list[CardPayment]) -> int:
        """Hand in Stripe's report and three banks' statements; how many receipts the banks tell of."""
        day, loans = self.now.date(), make_money.loans(self.now.date())
        report = make_money.stripe_report("AED", day, cards[:-1], cards[-1])
        self._hand_in(api, "stripe", "stripe-itemised.csv", report)
        emirates = _in_the_emirates(loans["AE"], make_money.payout_amount(cards[:-1]))
        indonesia, thailand = _in_indonesia(loans["ID"]), _in_thailand(loans["TH"])
        iban = "AE070331234567890123456"
        self._hand_in(api, "bank_ae", "statement-ae.xml", make_money.camt053(iban, "AED", day, emirates))
        self._hand_in(api, "bank_id", "statement-id.sta", make_money.mt940("8800123456", "IDR", day, indonesia))
        self._hand_in(api, "bank_th", "statement-th.xml", make_money.camt053("1234567890", "THB", day, thailand))
        return sum(one.amount > 0 for one in (*emirates, *indonesia, *thailand))

    def _hand_in(self, api: httpx.Client, connection: str, name: str, content: bytes) -> None:
        data = {"connection_id": self.sign_in.connections[connection]}
        _body(api.post("/v1/statement-files", headers=_once(name), data=data, files={"file": (name, content)}))

    def _booked(self, api: httpx.Client) -> int:
        return len(_body(api.get("/v1/receipts", params={"limit": 100}))["data"])


def _in_indonesia(loans: list[Loan]) -> list[Credit]:
    """Two name their contract, one writes it wrongly, one names nothing, one is unknown; the bank charges."""
    first, second, third, fourth = loans[1:5]
    return [
        Credit(first.instalment, first.contract_no, first.debtor, "Angsuran"),
        Credit(second.instalment, second.contract_no, second.debtor, "Bayar kontrak"),
        Credit(third.instalment, _mistyped(third.contract_no), third.debtor, "Angsuran"),
        Credit(fourth.instalment, "NONREF", fourth.debtor, "Transfer"),
        Credit(Decimal(1_750_000), "NONREF", _STRANGER, "Setoran"),
        Credit(Decimal(-15_000), "NONREF", "", "Biaya administrasi"),
    ]


def _in_thailand(loans: list[Loan]) -> list[Credit]:
    """Two name their contract; one pays twice."""
    first, second = loans[1], loans[3]
    return [
        Credit(first.instalment, first.contract_no, first.debtor, "ค่างวด"),
        Credit(second.instalment, second.contract_no, second.debtor, "ค่างวด"),
        Credit(second.instalment, second.contract_no, second.debtor, "ค่างวด"),
    ]


def _in_the_emirates(loans: list[Loan], payout: Decimal) -> list[Credit]:
    """Stripe's payout arrives, one names a contract, and the bank charges."""
    first = loans[_BY_TRANSFER]
    return [
        Credit(payout, make_money.TRACE, "Stripe Payments", "PAYOUT"),
        Credit(first.instalment, first.contract_no, first.debtor, "Contract"),
        Credit(Decimal("-26.25"), "", "", "Monthly account charge"),
    ]


def _mistyped(contract_no: str) -> str:
    """Two neighbouring digits change places."""
    return f"{contract_no[:3]}{contract_no[4]}{contract_no[3]}{contract_no[5:]}"


def _once(name: str) -> dict[str, str]:
    return {"Idempotency-Key": f"sample-{name}"}


def _body(response: httpx.Response) -> Any:
    if response.is_error:
        raise Unavailable(
            "sample_refused", f"{response.request.url.path}: {response.status_code} {response.text[:300]}"
        )
    return response.json()


def _until(look: Callable[[], T]) -> T:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.3)
    raise Unavailable("sample_waited_too_long", f"The sample's money was not booked within {_PATIENCE_SECONDS} s.")
