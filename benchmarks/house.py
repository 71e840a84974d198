"""The product's own processes over the measured server: Temporal, a gateway, a worker; and a creditor's connections."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from activities import creditors
from activities.creditors import NewConnection, NewCreditor
from benchmarks.senders import Sender
from runtime import clock, temporal, wiring
from runtime.settings import Settings
from store import tenants
from store.creditors import Creditor

_READY_SECONDS = 60


class House:
    """A folder with the server in it, a tenant with a creditor, and the processes that are started on it."""

    def __init__(self, folder: Path) -> None:
        ports = [free_port() for _ in range(3)]
        names = ("port", "temporal_port", "temporal_ui_port")
        self.settings = Settings(data_dir=folder, **dict(zip(names, ports, strict=True)))
        stated = {f"AFLUENTE_{name.upper()}": str(port) for name, port in zip(names, ports, strict=True)}
        self.environment = os.environ | stated | {"AFLUENTE_DATA_DIR": str(folder)}
        self.folder = folder
        self.parts = wiring.base(self.settings)
        self.database = self.parts.database
        self.tenant_id = clock.new_id("tenant")
        self.creditor = self._found()

    def _found(self) -> Creditor:
        new = NewCreditor("Aurora", "CN", None, "ask@aurora.example", "finance_company", "USD")
        with self.database.tenant(self.tenant_id) as tx:
            tenants.create(tx, tenant_id=self.tenant_id, name="Benchmark", now=clock.now())
            return creditors.open_creditor(tx, new, tenant_id=self.tenant_id, new_id=clock.new_id, now=clock.now())

    def connect(self, sender: Sender, *, name: str | None = None) -> str:
        """Connect a platform; the connection."""
        new = NewConnection(
            self.creditor.id,
            sender.platform,
            sender.country,
            sender.currency,
            name or sender.platform,
            sender.settings,
            {},
        )
        with self.database.tenant(self.tenant_id) as tx:
            return creditors.connect(tx, new, new_id=clock.new_id, now=clock.now()).id

    @contextmanager
    def temporal(self) -> Iterator[None]:
        """Temporal's development server, while needed."""
        with _running(temporal.dev_server_command(self.settings), self.folder / "temporal.log", os.environ):
            asyncio.run(temporal.connect(self.settings, self.parts.keys.ring))
            yield

    @contextmanager
    def office(self, name: str) -> Iterator[None]:
        """The product's ``gateway`` or ``worker``, while needed."""
        command = [sys.executable, "-m", "runtime.cli", name]
        with _running(command, self.folder / f"{name}.log", self.environment) as process:
            if name == "gateway":
                listening(process, self.settings.port)
            yield


@contextmanager
def _running(
    command: list[str], log: Path, environment: os._Environ[str] | dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)  # noqa: S603 (our own programs)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=_READY_SECONDS)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listening(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a process listens at a port."""
    until = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing listens at {port}")
