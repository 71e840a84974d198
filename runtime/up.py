"""Everything on one machine: embedded servers, worker and gateway under one supervisor, stopped cleanly by Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from rich.console import Console

from activities.nudges import ImportInput
from domain.errors import AfluenteError, Conflict, Unavailable
from runtime import clock, keys, migrations, sample, temporal, unprivileged, wiring
from runtime.sample import SignIn
from runtime.sample_money import SampleMoney
from runtime.settings import Settings
from store import portfolios, sealing
from store.database import Database
from workflows.portfolio_import import PortfolioImport

_READY_SECONDS = 90
_STOP_SECONDS = 30


def _tied() -> None:
    """Make a child end when this process dies, however it dies."""
    unprivileged.tie(signal.SIGTERM)


@dataclass
class Child:
    """One process of ours: how to start it, and the running one."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it through us alone, in order."""
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(  # noqa: S603 (our own programs, arguments from settings)
                self.command,
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_tied,  # noqa: PLW1509 (no thread holds a lock here: nothing but prctl runs)
            )

    def stop(self) -> None:
        """Ask it to end, and after a while make it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class House:
    """The whole product on one machine."""

    settings: Settings
    console: Console
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def __post_init__(self) -> None:
        self.folder = wiring.state_folder(self.settings)
        self.logs = self.folder / "logs"
        self.postgres = wiring.embedded_postgres(self.settings)

    def run(self) -> None:
        """Start everything, say where to look, and watch over it until told to stop."""
        self._make_private()
        self._claim()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._stop_signal)
        try:
            sign_in = self._start()
            self._announce(sign_in)
            self._watch()
        finally:
            self._stop_all()

    def _make_private(self) -> None:
        """Nobody else reads what lies here; the unprivileged database passes through the top folder to its own."""
        for folder, mode in ((self.folder, 0o711), (self.logs, 0o700), (self.folder / "temporal", 0o700)):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(mode)

    def _stop_signal(self, _number: int, _frame: object) -> None:
        if not self.stopping:
            self.stopping = True
            raise KeyboardInterrupt

    # Starting --------------------------------------------------------------------------------------------------

    def _claim(self) -> None:
        """Be the only one over this folder; an earlier one that died is forgotten, a living one is named."""
        path = self.folder / "running.json"
        if path.exists():
            earlier = json.loads(path.read_text(encoding="utf-8"))
            if _alive(earlier["pid"], earlier["started"]):
                raise Conflict(
                    "already_running",
                    f"Afluente already runs over {self.folder} (process {earlier['pid']}) at {earlier['url']}.",
                    fix="Use it, or stop it with Ctrl-C where it was started.",
                )
        for name, port in (("AFLUENTE_PORT", self.settings.port), *self._temporal_ports()):
            _check_free(name, port)
        content = {"pid": os.getpid(), "started": _started(os.getpid()), "url": self.url}
        keys.write_private(path, json.dumps(content))

    def _temporal_ports(self) -> list[tuple[str, int]]:
        if self.settings.temporal_address:
            return []
        return [
            ("AFLUENTE_TEMPORAL_PORT", self.settings.temporal_port),
            ("AFLUENTE_TEMPORAL_UI_PORT", self.settings.temporal_ui_port),
        ]

    @property
    def url(self) -> str:
        """Where the console is."""
        return f"http://{self.settings.host}:{self.settings.port}"

    def _start(self) -> SignIn:
        if self.settings.database_url is None:
            self._step("PostgreSQL", self.postgres.start)
        if self.settings.temporal_address is None:
            self._step("Temporal", self._start_temporal)
        self._step("Schema", lambda: migrations.migrate(wiring.owner_url(self.settings)))
        sign_in: list[SignIn] = []
        self._step("Sample exporter", lambda: sign_in.append(self._sample()))
        self._step("Worker", lambda: self._start_child("worker"))
        self._step("Gateway", self._start_gateway)
        self._step("Sample portfolio", lambda: asyncio.run(self._import(sign_in[0])))
        self._step("Sample money", lambda: SampleMoney(self.url, sign_in[0], clock.now()).arrive())
        return sign_in[0]

    def _step(self, name: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        with self.console.status(f"{name} …"):
            work()
        self.console.print(f"[green]✓[/green] {name} [dim]{time.monotonic() - started:.1f} s[/dim]")

    def _start_temporal(self) -> None:
        child = Child("temporal", temporal.dev_server_command(self.settings), self.logs / "temporal.log")
        child.start()
        self.children.append(child)
        ring = keys.load(self.settings).ring
        asyncio.run(temporal.connect(self.settings, ring, seconds=_READY_SECONDS))

    def _start_child(self, name: str) -> None:
        command = [sys.executable, "-m", "runtime.cli", name]
        child = Child(name, command, self.logs / f"{name}.log")
        child.start()
        self.children.append(child)

    def _start_gateway(self) -> None:
        self._start_child("gateway")
        deadline = time.monotonic() + _READY_SECONDS
        while not _answers(f"{self.url}/health"):
            if self.children[-1].process is None or self.children[-1].process.poll() is not None:
                raise Unavailable("gateway_failed", "The gateway ended.", fix=f"See {self.logs / 'gateway.log'}.")
            if time.monotonic() > deadline:
                raise Unavailable("gateway_failed", "The gateway does not answer.", fix=f"See {self.logs}.")
            time.sleep(0.2)

    def _sample(self) -> SignIn:
        parts = wiring.base(self.settings)
        try:
            return sample.make(parts.database, self.folder)
        finally:
            parts.database.close()

    async def _import(self, sign_in: SignIn) -> None:
        """Import the sample's portfolio, once."""
        held = keys.load(self.settings)
        sealing.use(held.ring)
        database = Database(self.settings.database_url or self.postgres.url("afluente_app"))
        try:
            with database.tenant(sign_in.tenant_id) as tx:
                state = portfolios.get(tx, sign_in.portfolio_id).state
            if state == "imported":
                return
            client = await temporal.connect(self.settings, held.ring)
            await client.execute_workflow(
                PortfolioImport.run,
                ImportInput(sign_in.tenant_id, sign_in.portfolio_id),
                id=f"import/{sign_in.portfolio_id}",
                task_queue="work",
            )
        finally:
            database.close()

    def _announce(self, sign_in: SignIn) -> None:
        self.console.print()
        self.console.print(f"  Console   [bold]{self.url}[/bold]")
        self.console.print(f"  Sign in   [bold]{sign_in.email}[/bold]  password [bold]{sign_in.password}[/bold]")
        self.console.print(f"  API key   [bold]{sign_in.api_key}[/bold]")
        self.console.print(f"  API       {self.url}/v1")
        if self.settings.temporal_address is None:
            self.console.print(f"  Workflows http://127.0.0.1:{self.settings.temporal_ui_port}")
        self.console.print("  Ctrl-C stops everything; the next start continues where it was.")
        self.console.print()

    # Watching and stopping ---------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Start again what died; the database and Temporal keep everything on disk."""
        while True:
            time.sleep(1)
            for child in self.children:
                if child.process is not None and child.process.poll() is not None:
                    child.restarts += 1
                    self.console.print(
                        f"[yellow]{child.name} ended ({child.process.returncode}); starting again[/yellow]"
                    )
                    time.sleep(min(10, child.restarts))
                    child.start()
            if self.settings.database_url is None and not self.postgres.running():
                self.console.print("[yellow]PostgreSQL ended; starting again[/yellow]")
                self.postgres.start()

    def _stop_all(self) -> None:
        """Stop in the order of dependence: who asks first, who is asked last."""
        self.stopping = True
        self.console.print("Stopping …")
        for child in reversed(self.children):
            child.stop()
        self.postgres.stop(found=True)
        (self.folder / "running.json").unlink(missing_ok=True)
        self.console.print("Stopped.")


def _check_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Conflict(
                "port_busy", f"Port {port} is in use.", fix=f"Free it, or choose another: {name}=…"
            ) from None


def _started(pid: int) -> str:
    """When a process started, so that a reused number is not taken for it; empty where that cannot be known."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""


def _alive(pid: int, started: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _started(pid) == started


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 (our own address)
            return bool(response.status == 200)  # noqa: PLR2004 (HTTP's OK)
    except (URLError, OSError):
        return False


def up(settings: Settings) -> None:
    """Start everything and stay until told to stop."""
    console = Console()
    try:
        House(settings, console).run()
    except KeyboardInterrupt:
        return
    except AfluenteError as error:
        console.print(f"[red]{error.message}[/red]" + (f" {error.fix}" if error.fix else ""))
        raise SystemExit(2) from None
