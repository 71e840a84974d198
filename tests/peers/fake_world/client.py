"""Speaking to a fake world over its control API: for tests that share one, and for the demo, which starts its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60.0


class FakeWorld:
    """A world at an address."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._http = httpx.Client(base_url=f"{base_url}/control", timeout=PATIENCE_SECONDS + 10, trust_env=False)

    def _asked(self, answer: httpx.Response) -> Any:
        if answer.status_code != httpx.codes.OK:
            raise LookupError(answer.text)
        return answer

    def post(self, path: str, **body: Any) -> Any:
        """Make something happen."""
        return self._asked(self._http.post(f"/{path}", json=body)).json()

    def get(self, path: str, **query: Any) -> Any:
        """See something."""
        return self._asked(self._http.get(f"/{path}", params=query)).json()

    def file(self, path: str, **query: Any) -> bytes:
        """A report or a statement."""
        return bytes(self._asked(self._http.get(f"/{path}", params=query)).content)

    def merchant(self, platform: str, country: str, currency: str, **more: Any) -> dict[str, Any]:
        """A new merchant's account at a platform, with the settings that a connection is to be given."""
        made: dict[str, Any] = self.post("merchants", platform=platform, country=country, currency=currency, **more)
        return made

    def pay(self, name: str, **how: Any) -> dict[str, Any]:
        """A debtor pays what was asked for under a name."""
        made: dict[str, Any] = self.post(f"pay/{name}", **how)
        return made

    def quiet(self) -> None:
        """Wait until every message has arrived or was given up; ``LookupError`` where some still go round."""
        if not self.get("quiet", seconds=PATIENCE_SECONDS)["quiet"]:
            raise LookupError("Messages are still on their way.")

    def close(self) -> None:
        """Speak no more."""
        self._http.close()


@contextmanager
def started(*, seed: int = 1, compression: float = 20_000.0) -> Iterator[FakeWorld]:
    """A world in a process of its own, ended afterwards."""
    command = [sys.executable, "-m", "tests.peers.fake_world", "--seed", str(seed), "--compression", str(compression)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("http://"):
                raise RuntimeError("The fake world did not start.")
            world = FakeWorld(line.strip())
            yield world
            world.close()
        finally:
            process.terminate()
