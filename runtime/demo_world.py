"""The world behind the demo: platforms and a bank, played behind their wire formats by a process of the tests.

It is not shipped, so the demo plays from a checkout; nothing here imports it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from domain.errors import Unavailable

_CHECKOUT = Path(__file__).parents[1]
_PATIENCE_SECONDS = 60
_HOMES = {"stripe": ("AE", "AED", "card"), "pix_api": ("BR", "BRL", "pix")}


class Teller(Protocol):
    """Who tells the story and acts through the API (``runtime.demo.Story``)."""

    sign_in: Any

    def tell(self, title: str) -> None:
        """Begin a chapter."""

    def say(self, text: str) -> None:
        """Say one line."""

    def get(self, path: str, **query: Any) -> Any:
        """Ask the API."""

    def post(self, path: str, **content: Any) -> Any:
        """Act through the API."""

    def until(self, look: Any, what: str) -> Any:
        """Look until there is something to see."""

    def an_open_case(self, country: str) -> Any:
        """An open case of a country."""


@dataclass
class Outside:
    """The world at an address, and what was connected to it."""

    address: str
    teller: Teller
    merchants: dict[str, dict[str, Any]] = field(default_factory=dict)
    connections: dict[str, str] = field(default_factory=dict)
    banks: dict[str, str] = field(default_factory=dict)

    def act(self, path: str, **body: Any) -> Any:
        """Make something happen in the world."""
        return self._answer("POST", path, json=body).json()

    def file(self, path: str, **query: Any) -> bytes:
        """A report or a statement."""
        return self._answer("GET", path, params=query).content

    def _answer(self, method: str, path: str, **content: Any) -> httpx.Response:
        url = f"{self.address}/control/{path}"
        answer = httpx.request(method, url, timeout=_PATIENCE_SECONDS, trust_env=False, **content)
        if answer.is_error:
            raise Unavailable("demo_world_refused", f"The fake world refused {path}: {answer.text[:200]}")
        return answer

    # Chapters ------------------------------------------------------------------------------------------------

    def connect(self, gateway: str) -> None:
        """A card platform in the Emirates and a Pix bank in Brazil, with the accounts that they pay out to."""
        self.teller.tell("Two platforms and their banks are connected; a fake world plays them in their wire formats")
        for platform, (country, currency, rail) in _HOMES.items():
            merchant = self.act("merchants", platform=platform, country=country, currency=currency)
            made = self._connection(platform, merchant["settings"], rails=[rail], terms={rail: {"cost_percent": "0"}})
            self.act(f"merchants/{merchant['id']}", webhook_url=f"{gateway}{made['webhook_path']}")
            self.merchants[platform], self.connections[platform] = merchant, made["id"]
            self.teller.say(f"{platform}: asked at {self.address}, tells us at {made['webhook_path']}")
        account = {"account": self.merchants["stripe"]["bank_account"]}
        self.banks = {**self.connections, "stripe": self._connection("bank_statement", account, home="stripe")["id"]}

    def _connection(self, platform: str, settings: dict[str, str], *, home: str = "", **more: Any) -> Any:
        country, currency, _ = _HOMES[home or platform]
        body = {
            "creditor_id": self.teller.sign_in.creditor_id,
            "platform": platform,
            "country": country,
            "currency": currency,
            "name": f"Fake {platform} {country}",
            "settings": settings,
        }
        return self.teller.post("/connections", json=body | more)

    def asked(self, platform: str) -> dict[str, Any]:
        """A debtor's request, once the platform has made its code."""
        country, _, rail = _HOMES[platform]
        case = self.teller.an_open_case(country)
        made = self.teller.post("/payment_requests", json={"case_id": case["id"], "rail": rail})

        def look() -> Any:
            found = self.teller.get(f"/payment_requests/{made['id']}")
            return found if found["state"] == "issued" else None

        what = "the platform to make a code (a stack of your own needs AFLUENTE_PLATFORM_PRIVATE_ADDRESSES=true)"
        request: dict[str, Any] = self.teller.until(look, what)
        return request

    def card(self) -> str:
        """A card payment on the platform's page: a signed webhook, refused once and brought again."""
        self.teller.tell("A debtor in Dubai pays by card on the platform's page")
        request = self.asked("stripe")
        self.teller.say(f"asked for {_amount(request['amount'])}; the page is {request['code']['payload']}")
        self.act(f"pay/{request['external_ref']}", bad_signature=True, duplicates=1)
        self._arrived(request["case_id"])
        for letter in self._answer("GET", "letters").json()[-2:]:
            self.teller.say(f"the webhook was answered {letter['attempts']}: proved on its signature, kept once")
        return str(request["case_id"])

    def pix(self) -> str:
        """A Pix, told twice by the bank."""
        self.teller.tell("A debtor in Brazil pays by Pix; the bank sends the webhook twice")
        request = self.asked("pix_api")
        self.teller.say(f"code to copy: {request['code']['payload'][:60]}…")
        self.act(f"pay/{request['external_ref']}", duplicates=1)
        self._arrived(request["case_id"])
        return str(request["case_id"])

    def _arrived(self, case_id: str) -> None:
        found = self.teller.until(lambda: self.teller.get("/receipts", case_id=case_id)["data"], "the receipt")
        told = ", ".join(f"{_amount(one['amount'])} {one['state']}" for one in found)
        self.teller.say(f"{len(found)} receipt: {told}")

    def agree(self) -> None:
        """The platform pays out; its report and both banks' statements are compared with the book."""
        self.teller.tell("The platform pays out; its report and the banks' statements are compared with the book")
        card, pix = self.merchants["stripe"], self.merchants["pix_api"]
        payout = self.act(f"payout/{card['id']}")
        self.teller.say(f"payout {payout['id']} of {payout['amount']} AED, less the platform's fee")
        self.until_understood()
        for name, connection, content in (
            ("report.csv", self.connections["stripe"], self.file(f"report/{card['id']}")),
            ("bank.xml", self.banks["stripe"], self.file(f"statement/{card['bank_account']}", form="camt053")),
            ("pix.sta", self.banks["pix_api"], self.file(f"statement/{pix['bank_account']}", form="mt940")),
        ):
            data, files = {"connection_id": connection}, {"file": (name, content, "application/octet-stream")}
            file = self.teller.post("/statement-files", data=data, files=files)
            self.teller.say(f"{name}: {file['format']}, {file['lines']} lines, {file['state']}")
        self.until_understood()
        for connection, leg in (
            (self.connections["stripe"], "platform"),
            (self.banks["stripe"], "bank"),
            (self.banks["pix_api"], "bank"),
        ):
            body = {"connection_id": connection, "leg": leg}
            for one in self.teller.post("/reconciliation/runs", json=body)["data"]:
                left = f"{one['leftover']} unexplained"
                self.teller.say(f"{leg:8} {one['run']['currency']}: {one['confirmed']} confirmed, {left}")

    def until_understood(self) -> None:
        """Wait until nothing new waits in the inbox."""
        self.teller.until(lambda: not self.teller.get("/status")["inbox"].get("new"), "the inbox to be understood")


def _amount(amount: dict[str, str]) -> str:
    return f"{amount['amount']} {amount['currency']}"


@contextmanager
def outside(teller: Teller) -> Iterator[Outside]:
    """A world of our own, ended afterwards; ``demo_world_missing`` where this is no checkout."""
    if not (_CHECKOUT / "tests" / "peers" / "fake_world").is_dir():
        raise Unavailable("demo_world_missing", "The demo plays from a checkout.", fix="Clone the repository first.")
    command = [sys.executable, "-m", "tests.peers.fake_world", "--seed", str(time.time_ns() % 10**6)]
    with subprocess.Popen(  # noqa: S603 (our own program)
        command, cwd=_CHECKOUT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address.startswith("http://"):
                raise Unavailable("demo_world_failed", "The fake world did not start.")
            yield Outside(address, teller)
        finally:
            process.terminate()
