"""The whole stack as a person starts it: killed at bad moments, nothing is lost or doubled; stopped, it continues."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("stack")]

PATIENCE_SECONDS = 300


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """``afluente up`` over a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.env = {
            **os.environ,
            "AFLUENTE_DATA_DIR": str(folder),
            "AFLUENTE_PORT": str(self.port),
            "AFLUENTE_TEMPORAL_PORT": str(_free_port()),
            "AFLUENTE_TEMPORAL_UI_PORT": str(_free_port()),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.folder.parent / "up.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "runtime.cli", "up"], env=self.env, stdout=log, stderr=log, start_new_session=True
        )
        self.until(lambda: b"Ctrl-C stops" in self.log().rsplit(b"Starting", 1)[-1], "the stack to start")

    def log(self) -> bytes:
        return (self.folder.parent / "up.log").read_bytes()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        (self.folder.parent / "up.log").write_bytes(b"")
        return code

    def child(self, name: str) -> psutil.Process:
        """The running child whose command line names it."""
        assert self.process is not None

        def find() -> psutil.Process | None:
            children = psutil.Process(self.process.pid).children() if self.process else []
            return next((child for child in children if name in " ".join(child.cmdline())), None)

        return self.until(find, f"the process of {name}")

    def command(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "runtime.cli", *words], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    @staticmethod
    def until(look: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError, psutil.Error, OSError):
                found = look()
                if found:
                    return found
            time.sleep(0.3)
        raise AssertionError(f"waited {PATIENCE_SECONDS} s for {what}")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("stack") / "data")
    made.start()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


class Asker:
    """Asks the API again until it answers: what a careful peer does while processes die."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.sample = json.loads((stack.folder / "sample.json").read_text(encoding="utf-8"))
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{stack.port}",
            headers={"Authorization": f"Bearer {self.sample['api_key']}"},
            timeout=10,
        )

    def ask(self, method: str, path: str, **content: Any) -> Any:
        def once() -> Any:
            answer = self.http.request(method, path, **content)
            return None if answer.status_code >= 500 else answer

        answer = self.stack.until(once, f"{method} {path}")
        assert answer.status_code < 300, (path, answer.status_code, answer.text[:500])
        return answer.json()


def _pix(request: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "endToEndId": f"E12345678202611240000{number:011d}",
        "txid": request["reference"],
        "valor": request["amount"]["amount"],
        "horario": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }


def _held_in_reais(stack: Stack) -> int:
    tree = stack.command("accounts", "tree")[0]
    (held,) = [line["amount"]["amount"] for line in tree["lines"] if line["amount"]["currency"] == "BRL"]
    return int(held.replace(".", ""))


def test_a_newcomer_finds_money_to_reconcile(stack: Stack) -> None:
    asker = Asker(stack)
    files = asker.ask("GET", "/v1/statement-files")["data"]
    assert {file["state"] for file in files} == {"read"}
    assert {file["format"] for file in files} == {"camt.053.001.08", "mt940", "stripe_itemised"}
    stages = {one["stage"] for one in asker.ask("GET", "/v1/reconciliation/proposals")["data"]}
    assert stages == {"reference", "unique_window"}
    assert [one["kind"] for one in asker.ask("GET", "/v1/differences")["data"]] == ["missing_in_book"]
    for run in asker.ask("GET", "/v1/reconciliation/runs")["data"]:
        assert all(line["holds"] for line in run["identity"])


def test_killed_at_bad_moments_nothing_is_lost_or_doubled(stack: Stack) -> None:
    asker = Asker(stack)
    known = {receipt["id"] for receipt in asker.ask("GET", "/v1/receipts", params={"limit": 50})["data"]}
    held_before = _held_in_reais(stack)
    wanted = stack.until(
        lambda: [
            row
            for row in asker.ask("GET", "/v1/cases", params={"country": "BR", "limit": 20})["data"]
            if row["work_state"] == "active"
        ][:8],
        "open cases in Brazil",
    )
    requests = [
        asker.ask(
            "POST", "/v1/payment_requests", json={"case_id": row["id"]}, headers={"Idempotency-Key": f"k-{row['id']}"}
        )
        for row in wanted
    ]
    assert len(requests) == 8
    path = f"/webhooks/pix_api/{asker.sample['connections']['pix_api']}/pix"
    token = {"token": asker.sample["secrets"]["pix_api"]}
    deliveries = [{"pix": [_pix(request, number)]} for number, request in enumerate(requests)] * 2
    random.Random(7).shuffle(deliveries)
    for number, body in enumerate(deliveries):
        if number == 3:
            stack.child("runtime.cli worker").kill()
        if number == 6:
            stack.child("runtime.cli gateway").kill()
        if number == 9:
            stack.child("bin/postgres").kill()
        if number == 12:
            stack.child("start-dev").kill()
        asker.ask("POST", path, params=token, json=body)

    stack.until(
        lambda: all(asker.ask("GET", f"/v1/cases/{row['id']}")["work_state"] == "cured" for row in wanted),
        "every paid case to cure",
    )
    listed = asker.ask("GET", "/v1/receipts", params={"limit": 50})["data"]
    receipts = [receipt for receipt in listed if receipt["id"] not in known]
    assert len(receipts) == 8
    assert {receipt["state"] for receipt in receipts} == {"matched"}
    paid = sum(int(request["amount"]["amount"].replace(".", "")) for request in requests)
    assert _held_in_reais(stack) - held_before == paid
    assert stack.command("book", "check")["holds"] is True


def test_stopped_and_started_again_open_cases_are_still_open(stack: Stack) -> None:
    before = stack.command("status")[0]["cases"]
    children = psutil.Process(stack.process.pid).children(recursive=True) if stack.process else []
    assert stack.stop() == 0
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    stack.start()
    assert stack.command("status")[0]["cases"] == before
    assert before["active"] > 0


def test_a_second_start_over_the_same_folder_says_so(stack: Stack) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "runtime.cli", "up"], env=stack.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "already runs" in done.stdout


def test_a_busy_port_is_named_with_the_way_out(stack: Stack, tmp_path: Path) -> None:
    env = {**stack.env, "AFLUENTE_DATA_DIR": str(tmp_path / "other")}
    done = subprocess.run(
        [sys.executable, "-m", "runtime.cli", "up"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"Port {stack.port} is in use" in done.stdout
    assert "AFLUENTE_PORT" in done.stdout
