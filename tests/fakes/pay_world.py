"""A small world for the debtor's pay page: a creditor with its connections, and two debtors of one country."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from fastapi.testclient import TestClient

import runtime.samples
from activities import pay_links as giving
from gateway.app import create_app
from gateway.services import Services
from runtime import clock
from store import cases, holds, payment_requests
from store.database import Database
from store.pay_links import PayLink
from tests.fakes.console_world import NOW, Clock, TurnDesk, World


class Page:
    """A debtor with a browser, before one case of a made world."""

    def __init__(self, database: Database, services: Services, world: World, country: str) -> None:
        self.database, self.world = database, world
        self.services = replace(
            services, now=world.now, case_desk=TurnDesk(database, world.now, world.tenant_id), issuer=None
        )
        self.line = next(line for line in world.cases() if line.country == country and line.work_state == "active")
        self.link = self.give()
        self.path = giving.path_of(self.link)
        self.client = TestClient(create_app(self.services))

    def tx(self) -> Any:
        return self.database.tenant(self.world.tenant_id)

    def give(self) -> PayLink:
        with self.tx() as tx:
            case = cases.get(tx, self.line.id)
            return giving.give(tx, case, created_by="tests", now=self.world.now(), new_id=clock.new_id)

    def look(self, path: str = "", **how: Any) -> httpx.Response:
        found: httpx.Response = self.client.get(self.path + path, **how)
        return found

    def send(self, form: str, follow: bool = True, **fields: str) -> httpx.Response:  # noqa: FBT001, FBT002 (as httpx)
        text = self.look().text
        hidden = dict(re.findall(r'name="(form_token|command_id)" value="([^"]*)"', text))
        sent: httpx.Response = self.client.post(
            f"{self.path}/{form}", data={**hidden, **fields}, follow_redirects=follow
        )
        return sent

    def holds(self) -> list[tuple[str, str]]:
        with self.tx() as tx:
            return [(one.kind, one.placed_by) for one in holds.of_case(tx, self.line.id)]

    def requests(self) -> list[payment_requests.PaymentRequest]:
        with self.tx() as tx:
            return payment_requests.of_case(tx, self.line.id)


def small_world(database: Database, tenant_id: str, country: str, *, debtors: int = 2) -> World:
    """A world in which so many debtors of a country are overdue, on the day that the sample portfolio is of."""
    world = World(database, tenant_id, Clock())
    world._open()
    world.now.at = NOW
    sample = (Path(runtime.samples.__file__).parent / "portfolio.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(sample)) if row["country"] == country]
    for row in rows:
        world._import(_file([row]))
        if len(world.cases()) >= debtors:
            break
    assert len(world.cases()) >= debtors, f"the sample has too few debtors in {country}"
    return world


def _file(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
