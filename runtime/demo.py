"""The story of overdue loans, played against a running stack and told as it happens."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from rich.console import Console
from rich.table import Table
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from activities.creditors import NewConnection
from domain.errors import AfluenteError, Unavailable
from runtime import clock, sample, wiring
from runtime.demo_world import outside
from runtime.migrations import migrate
from runtime.postgres import APPLICATION, OWNER, EmbeddedPostgres
from runtime.sample import SignIn
from runtime.samples.make_portfolio import make_portfolio
from runtime.settings import Settings
from runtime.simulation import Simulation, simulate
from store import sealing, tenants
from store.database import Database
from store.sealing import Keyring

_PATIENCE_SECONDS = 90
_SIMULATED_DAYS = 120
_SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@dataclass
class Story:
    """The teller: a console to speak on, and the API to act through."""

    console: Console
    api: httpx.Client
    sign_in: SignIn
    chapter: int = 0

    def tell(self, title: str) -> None:
        """Begin a chapter."""
        self.chapter += 1
        self.console.print(f"\n[bold cyan]{self.chapter}. {title}[/bold cyan]")

    def say(self, text: str) -> None:
        """Say one line."""
        self.console.print(f"   {text}")

    def get(self, path: str, **query: Any) -> Any:
        """Ask the API."""
        return _body(self.api.get(f"/v1{path}", params=query))

    def post(self, path: str, **content: Any) -> Any:
        """Act through the API, under a key of its own."""
        headers = {"Idempotency-Key": clock.new_id("event")}
        return _body(self.api.post(f"/v1{path}", headers=headers, **content))

    # Chapters ------------------------------------------------------------------------------------------------

    def portfolio(self) -> None:
        """The portfolio, imported once; the same file again changes nothing."""
        self.tell("A portfolio of overdue vehicle loans is imported")
        found = self.get(f"/portfolios/{self.sign_in.portfolio_id}")
        self.say(f"{found['filename']}: {found['counts']}")
        self.say("The same file is imported again …")
        body = make_portfolio(datetime.fromisoformat(found["created_at"]).date())
        again = self.post(
            "/portfolios",
            data={"creditor_id": self.sign_in.creditor_id},
            files={"file": ("sample-portfolio.csv", body, "text/csv")},
        )
        done = self.until(lambda: self._imported(again["id"]), "the import to end")
        self.say(f"… and changes nothing: {done['counts']}")

    def _imported(self, portfolio_id: str) -> Any:
        found = self.get(f"/portfolios/{portfolio_id}")
        return found if found["state"] in ("imported", "checked", "refused") else None

    def notices(self) -> None:
        """What the outbox holds: sent where the hour is lawful, waiting elsewhere."""
        self.tell("Every debtor is reminded at a lawful hour of their own, in their language")
        table = Table("country", "language", "state", "debtor's local time", "why", box=None, pad_edge=False)
        for country in ("BR", "ID", "TH", "AE"):
            case = self.an_open_case(country)
            for notice in case["notices"][:1]:
                table.add_row(country, notice["locale"], notice["state"], _local(notice), _why(notice))
        self.console.print(table)

    def camt(self) -> str:
        """A PromptPay payment, found on a bank statement."""
        self.tell("A debtor in Thailand pays by PromptPay; the bank's camt.053 file is uploaded")
        case = self.an_open_case("TH")
        request = self.post("/payment_requests", json={"case_id": case["id"]})
        content = _camt053(amount=request["amount"]["amount"], reference=request["reference"], now=clock.now())
        for time_no in ("first", "second"):
            answer = self.post(
                "/statements",
                data={"connection_id": self.sign_in.connections["bank_th"]},
                files={"file": ("statement.xml", content, "application/xml")},
            )
            self.say(f"{time_no} upload: delivery {answer['id']}, {answer['state']}")
        return str(case["id"])

    def balances(self, title: str) -> None:
        """The parent account, in its own currency, with the rate of each part."""
        self.say(f"[bold]{title}[/bold]")
        creditor = self.get(f"/creditors/{self.sign_in.creditor_id}")
        report = self.get(f"/accounts/{creditor['parent_account_id']}/consolidated")
        for line in report["lines"]:
            self.say(f"  {_amount(line.get('amount') or line['original']):>20}  {_conversion(line)}")
        self.say(f"  total {_amount(report['total'])}" + ("" if report["complete"] else " (incomplete)"))

    def cured(self, case_ids: list[str]) -> None:
        """The cases end by themselves."""
        self.tell("The cases cure")
        for case_id in case_ids:
            case = self.until(lambda case_id=case_id: self._closed(case_id), "the case to cure")
            self.say(f"{case_id} is {case['work_state']}")

    def _closed(self, case_id: str) -> Any:
        case = self.get(f"/cases/{case_id}")
        return case if case["closed_at"] else None

    # Helping the teller ---------------------------------------------------------------------------------------

    def an_open_case(self, country: str) -> Any:
        """The first open case of a country whose notice is in the outbox."""
        return self.until(lambda: self._open_case(country), f"a case in {country}")

    def _open_case(self, country: str) -> Any:
        for row in self.get("/cases", country=country, state="active", limit=20)["data"]:
            case = self.get(f"/cases/{row['id']}")
            if case["notices"]:
                return case
        return None

    def until(self, look: Any, what: str) -> Any:
        """Look until there is something to see."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            time.sleep(0.5)
        raise Unavailable("demo_waited_too_long", f"Waited {_PATIENCE_SECONDS} s for {what}.")


def _body(response: httpx.Response) -> Any:
    if response.status_code >= 400:  # noqa: PLR2004 (HTTP's first error)
        raise Unavailable("demo_refused", f"{response.request.url.path}: {response.status_code} {response.text[:300]}")
    return response.json()


def _amount(amount: Mapping[str, str]) -> str:
    return f"{amount['amount']} {amount['currency']}"


def _conversion(line: Mapping[str, Any]) -> str:
    if line.get("converted") is None:
        return f"unconverted: {(line.get('error') or {}).get('code')}"
    rate = line.get("rate")
    value = rate["value"] if isinstance(rate, dict) else rate
    as_of = rate["as_of"] if isinstance(rate, dict) else line.get("as_of")
    return f"= {_amount(line['converted'])} at {str(value)[:10]} of {as_of}"


def _local(notice: Mapping[str, Any]) -> str:
    moment = datetime.fromisoformat(notice.get("sent_at") or notice["not_before"])
    zone = ZoneInfo(notice["time_zone"])
    return f"{moment.astimezone(zone):%a %d %b %H:%M} ({zone.key})"


def _why(notice: Mapping[str, Any]) -> str:
    if notice["state"] == "sent":
        return "lawful now"
    return "waits for the next lawful hour"


def _letters(size: int = 12) -> str:
    return base64.b32encode(clock.entropy(size)).decode()[:size].lower()


def _camt053(*, amount: str, reference: str, now: datetime) -> bytes:
    stamp, day, number = now.isoformat(), now.date().isoformat(), _letters(8)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{stamp}</CreDtTm></GrpHdr>
<Stmt><Id>{number}</Id><CreDtTm>{stamp}</CreDtTm><Acct><Id><Othr><Id>1234567890</Id></Othr></Id><Ccy>THB</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="THB">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>{day}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="THB">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>{day}</Dt></Dt></Bal>
<Ntry><Amt Ccy="THB">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>TH{number}</AcctSvcrRef>
<BkTxCd><Prtry><Cd>PromptPay</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><Amt Ccy="THB">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>""".encode()


@contextmanager
def _stack(settings: Settings, console: Console) -> Iterator[None]:
    """The running stack; where none runs, one of our own for as long as the story takes."""
    url = f"http://{settings.host}:{settings.port}/health"
    if _healthy(url):
        console.print("Playing against the stack that runs already.")
        yield
        return
    console.print("Starting the stack …")
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime.cli", "up"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "AFLUENTE_PLATFORM_PRIVATE_ADDRESSES": "true"},  # the fake world is on this machine
    )
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (_healthy(url) and sample.read(wiring.state_folder(settings))):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable("stack_failed", "The stack did not start.", fix="See what make run says.")
            time.sleep(0.5)
        yield
    finally:
        os.kill(process.pid, signal.SIGINT)
        process.wait()


def _healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200  # noqa: PLR2004 (HTTP's OK)
    except httpx.HTTPError:
        return False


# A hundred and twenty days of one case ------------------------------------------------------------------------

_BRAZIL = NewConnection(
    "",
    "bank_statement",
    "BR",
    "BRL",
    "Banco Exemplo",
    {"account": "0001-1"},
    {"pix_static": {"key": "pix@tengyun.example", "name": "TENGYUN AUTO FINANCE", "city": "SAO PAULO"}},
)


def _first_row(start: datetime) -> bytes:
    """The header and the first Brazilian loan of the sample."""
    return b"".join(make_portfolio(start.date()).splitlines(keepends=True)[:2])


async def _hundred_and_twenty_days(it: Simulation, story: Story) -> None:
    await it.start()
    started = time.monotonic()
    for _ in range(_SIMULATED_DAYS * 4):
        await it.let_pass(timedelta(hours=6))
        await asyncio.to_thread(it.relay)
    for notice in await asyncio.to_thread(it.notices):
        moment = (notice.sent_at or notice.not_before).astimezone(_SAO_PAULO)
        story.say(f"{moment:%d %b %Y %a %H:%M}  {notice.kind:16} {notice.state}")
    case = await asyncio.to_thread(it.case)
    story.say(f"{_SIMULATED_DAYS} days, {case.turn_no} turns, in {time.monotonic() - started:.1f} s of real time")


def _simulation(story: Story) -> None:
    story.tell(f"{_SIMULATED_DAYS} simulated days of one case, on the real workflow")
    with tempfile.TemporaryDirectory(prefix="afluente-demo-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            migrate(server.url(OWNER))
            sealing.use(Keyring({1: clock.entropy(32)}, 1, clock.entropy(32), clock.entropy))
            database = Database(server.url(APPLICATION))
            tenant_id = clock.new_id("tenant")
            with database.tenant(tenant_id) as tx:
                tenants.create(tx, tenant_id=tenant_id, name="simulation", now=datetime.now(UTC))

            async def run() -> None:
                async with simulate(database, tenant_id, portfolio=_first_row, connection=_BRAZIL) as it:
                    await _hundred_and_twenty_days(it, story)

            asyncio.run(run())
            database.close()
        finally:
            server.stop()


def _play(settings: Settings, console: Console) -> None:
    with _stack(settings, console):
        sign_in = sample.read(wiring.state_folder(settings))
        if sign_in is None:
            raise Unavailable("sample_missing", "The running stack has no sample.", fix="Run the demo beside make run.")
        headers = {"Authorization": f"Bearer {sign_in.api_key}"}
        url = f"http://{settings.host}:{settings.port}"
        with httpx.Client(base_url=url, headers=headers, timeout=30) as api:
            story = Story(console, api, sign_in)
            story.portfolio()
            story.notices()
            story.balances("Balances before")
            with outside(story) as world:
                world.connect(url)
                paid = [world.card(), world.pix(), story.camt()]
                story.cured(paid)
                world.agree()
            story.balances("Balances after")
            story.say(f"Look around at {url} while a stack of yours runs: make run")
        _simulation(story)


def _hush() -> None:
    """Keep the SDK's own log lines out of the story; errors still show."""
    logs = LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=logs)), error_if_already_set=False)


def main() -> None:
    """Play the story."""
    _hush()
    console = Console(highlight=False)
    try:
        _play(Settings(), console)
    except AfluenteError as error:
        console.print(f"[red]{error.message}[/red] {error.fix or ''}")
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
