"""The message centre of ``tests/peers/smsc.py`` as tests use it: what it was sent, and what it is told to deliver."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

PROGRAM = Path(__file__).parents[1] / "peers" / "smsc.py"
PASSWORD = "secret8"


@dataclass
class MessageCentre:
    """A running centre."""

    process: subprocess.Popen[bytes]
    port: int
    sent: Queue[dict[str, Any]] = field(default_factory=Queue)
    answers: Queue[int] = field(default_factory=Queue)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if "delivered" in told:
                self.answers.put(told["delivered"])
            else:
                self.sent.put(told)

    def next(self) -> dict[str, Any]:
        """The next message that it was handed."""
        return self.sent.get(timeout=5)

    def order(self, **order: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    def deliver(self, content: bytes, *, source: str, destination: str = "28500", **order: Any) -> int:
        """Deliver to whoever is bound; the status that comes back."""
        self.order(hex=content.hex(), source=source, destination=destination, **order)
        return self.answers.get(timeout=5)

    def receipt(self, name: str, stat: str, *, source: str, err: str = "000") -> int:
        text = f"id:{name} sub:001 dlvrd:001 submit date:2611241500 done date:2611241501 stat:{stat} err:{err} text:"
        return self.deliver(text.encode(), source=source, kind=4)


@contextmanager
def message_centre(*certificate: str) -> Iterator[MessageCentre]:
    """A centre on a free port; over TLS where a certificate and its key are given."""
    command = [sys.executable, str(PROGRAM), PASSWORD, *certificate]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            centre = MessageCentre(process, json.loads(process.stdout.readline())["port"])
            Thread(target=centre.read, daemon=True).start()
            yield centre
        finally:
            process.terminate()
