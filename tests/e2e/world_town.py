"""A stack that runs for real beside a fake world: a creditor whose connections lead to the world's platforms."""

from __future__ import annotations

import csv
import io
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from runtime.samples.make_portfolio import make_portfolio
from tests.e2e.test_stack import Asker, Stack, _free_port
from tests.peers.fake_world.client import ROOT, FakeWorld

PLATFORMS = {"pix_api": ("BR", "BRL", ["pix"]), "stripe": ("AE", "AED", ["card"])}
_numbers = itertools.count()


@dataclass
class Creditor:
    """A creditor with one connection for each platform, and what the world knows of it."""

    id: str
    connections: dict[str, str]
    merchants: dict[str, dict[str, Any]]
    banks: dict[str, str] = field(default_factory=dict)  # connections of bank accounts, by platform


@dataclass
class Town:
    """The stack, who asks it, and the world."""

    stack: Stack
    asker: Asker
    world: FakeWorld

    @property
    def address(self) -> str:
        """Where the gateway is."""
        return f"http://127.0.0.1:{self.stack.port}"

    def post(self, path: str, **content: Any) -> Any:
        """Act through the API, under a key of its own."""
        return post(self.asker, path, **content)

    def get(self, path: str, **query: Any) -> Any:
        """Ask the API."""
        return self.asker.ask("GET", f"/v1{path}", params=query)

    def until(self, look: Any, what: str) -> Any:
        """Look until there is something to see."""
        return self.stack.until(look, what)

    def creditor(self, name: str, platforms: dict[str, tuple[str, str, list[str]]] = PLATFORMS) -> Creditor:
        """A creditor whose loans are those of the sample in the countries of its platforms."""
        opened = self.post(
            "/creditors",
            json={
                "name": name,
                "country": "CN",
                "contact": "care@exporter.example",
                "lender_type": "finance_company",
                "settlement_currency": "USD",
            },
        )
        made = Creditor(opened["id"], {}, {})
        for platform, (country, currency, rails) in platforms.items():
            self._connect(made, platform, country, currency, rails)
        body = _loans({country for country, _, _ in platforms.values()})
        portfolio = self.post(
            "/portfolios", data={"creditor_id": made.id}, files={"file": ("loans.csv", body, "text/csv")}
        )
        self.until(lambda: self.get(f"/portfolios/{portfolio['id']}")["state"] == "imported", "the import")
        return made

    def _connect(self, made: Creditor, platform: str, country: str, currency: str, rails: list[str]) -> None:
        merchant = self.world.merchant(platform, country, currency)
        body = {
            "creditor_id": made.id,
            "platform": platform,
            "country": country,
            "currency": currency,
            "name": f"{platform} {country}",
            "settings": merchant["settings"],
            "rails": rails,
        }
        connection = self.post("/connections", json=body)
        url = f"{self.address}{connection['webhook_path']}"
        made.merchants[platform] = self.world.post(f"merchants/{merchant['id']}", webhook_url=url)
        made.connections[platform] = made.banks[platform] = connection["id"]
        if platform == "pix_api":
            return  # its money is in the bank already, whose statements are handed in there
        bank = {**body, "platform": "bank_statement", "name": f"bank {country}", "rails": []}
        bank["settings"] = {"account": merchant["bank_account"]}
        made.banks[platform] = self.post("/connections", json=bank)["id"]

    def cases(self, creditor: Creditor, country: str) -> list[str]:
        """Open cases of a creditor in a country."""
        listed = self.get("/cases", country=country, creditor_id=creditor.id, state="active", limit=50)["data"]
        return [row["id"] for row in listed if row["creditor_id"] == creditor.id]

    def asked(self, case_ids: list[str]) -> list[dict[str, Any]]:
        """A payment request of each case, once the platforms have made their codes."""
        made = [self.post("/payment_requests", json={"case_id": case_id})["id"] for case_id in case_ids]

        def look() -> Any:
            found = [self.get(f"/payment_requests/{one}") for one in made]
            return found if all(one["state"] == "issued" for one in found) else None

        issued: list[dict[str, Any]] = self.until(look, "the codes")
        return issued

    def receipts(self, case_id: str) -> list[dict[str, Any]]:
        """What reached a case."""
        listed: list[dict[str, Any]] = self.get("/receipts", case_id=case_id, limit=50)["data"]
        return listed


@dataclass
class Later:
    """Treasury, some days later: two keys over a gateway whose clock is ahead."""

    first: Asker
    second: Asker

    def hand_in(self, connection: str, filename: str, content: bytes) -> dict[str, Any]:
        """A file is handed in and read; what became of it."""
        file = post(
            self.first,
            "/statement-files",
            data={"connection_id": connection},
            files={"file": (filename, content, "application/octet-stream")},
        )
        read: dict[str, Any] = self.first.stack.until(
            lambda: (
                (found := self.first.ask("GET", f"/v1/statement-files/{file['id']}"))["state"] != "received" and found
            ),
            "the file to be read",
        )
        return read

    def compare(self) -> list[dict[str, Any]]:
        """Everything that is open is compared."""
        found: list[dict[str, Any]] = post(self.first, "/reconciliation/runs", json={})["data"]
        return found


@contextmanager
def later(town: Town, *, hours: float) -> Iterator[Later]:
    """Treasury some hours later."""
    port, key = _free_port(), f"afk_{'second' * 6}"
    stack, sample = town.stack, town.asker.sample
    words = ["--hours", str(hours), "--tenant", sample["tenant_id"], "--key", key]
    command = [sys.executable, "-m", "tests.peers.later_gateway", *words]
    log = (stack.folder.parent / "later.log").open("ab")
    env = {**stack.env, "AFLUENTE_PORT": str(port)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            stack.until(lambda: httpx.get(f"{address}/health").is_success, "the later gateway")
            keys = (sample["api_key"], key)
            first, second = (Asker(stack) for _ in keys)
            for asker, bearer in ((first, keys[0]), (second, keys[1])):
                asker.http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {bearer}"}, timeout=60)
            yield Later(first, second)
        finally:
            process.terminate()


def post(asker: Asker, path: str, **content: Any) -> Any:
    """Act through the API, under a key of its own."""
    headers = {"Idempotency-Key": f"town-{time.time_ns()}-{next(_numbers)}"}
    return asker.ask("POST", f"/v1{path}", headers=headers, **content)


def _loans(countries: set[str]) -> bytes:
    """The sample's loans of some countries."""
    rows = csv.DictReader(io.StringIO(make_portfolio(datetime.now(UTC).date()).decode("utf-8-sig")))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows.fieldnames or ()))
    writer.writeheader()
    writer.writerows(row for row in rows if row["country"] in countries)
    return out.getvalue().encode()
