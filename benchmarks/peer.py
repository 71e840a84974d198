"""Another ledger at work: its program in its own environment, told by lines, answering in lines of JSON."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Self

import psycopg

from benchmarks.book import Cost, server_cpu
from runtime.postgres import OWNER, EmbeddedPostgres

_PYTHON = Path(".venv-ledgers/bin/python")
_PROGRAMS = Path(__file__).parent / "peers"


class Peer:
    """One program, kept running between rounds."""

    def __init__(self, program: str, *arguments: str, durability: str) -> None:
        self.name = program.removesuffix("_book").replace("_", "-")
        self.durability = durability
        self.process = subprocess.Popen(  # noqa: S603 (programs of this folder)
            [str(_PYTHON), str(_PROGRAMS / f"{program}.py"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.backend: int | None = self._answer().get("backend")

    @classmethod
    def all_of(cls, server: EmbeddedPostgres, folder: Path) -> list[Self]:
        """Every peer that runs here; the environment is made by ``make bench``."""
        assert _PYTHON.exists(), "The other ledgers are not installed: run `make .venv-ledgers/.ready`."
        with psycopg.connect(server.url(OWNER, "postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CREATE DATABASE hordak")
        file = "SQLite, synchronous=FULL"
        return [
            cls("hordak_book", str(server.socket_folder), "hordak", durability="same server, fsync on"),
            cls("python_accounting_book", str(folder / "python_accounting.db"), durability=file),
            cls("vaulteq_book", str(folder / "vaulteq.db"), durability=file),
        ]

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        while True:
            line = self.process.stdout.readline()
            assert line, f"{self.name} ended"
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer

    def _tell(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._answer()

    def post(self, size: int, times: int) -> Cost:
        """Entries of two postings, so many in a transaction."""
        before = 0.0 if self.backend is None else server_cpu(self.backend)
        answer = self._tell(f"post {size} {times}")
        after = 0.0 if self.backend is None else server_cpu(self.backend)
        return Cost(size * times, answer["seconds"], answer["cpu"], after - before)

    def check(self) -> None:
        """Its own book must hold as well."""
        assert self._tell("check")["holds"], self.name

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
