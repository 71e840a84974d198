"""Webhooks: deliveries proved, read and kept durably by the real gateway, beside a bare endpoint with one insert.

The gateway is the product's own process over the product's own schema, told of the inbox as ever; nobody works
meanwhile. The bare endpoint (``benchmarks/bare_server.py``) stands on the same server with the same driver. Callers
write signed requests over kept connections; rounds are interleaved, medians compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg

from benchmarks.bare_server import TABLE
from benchmarks.hits import Hits, fire, post
from benchmarks.house import House, free_port, listening
from benchmarks.senders import Sender, every
from benchmarks.sizes import Sizes
from benchmarks.table import Line, Table, percentile
from runtime.postgres import OWNER, EmbeddedPostgres

_CALLERS = 8
_OF_BARE = 0.6
_MOST_MS = 50.0
_ACCEPTED = 202


def main(house: House, server: EmbeddedPostgres, sizes: Sizes, table: Table) -> None:
    """Measure the rate of each scheme, then how long answers take at half the rate."""
    senders = [(sender, house.connect(sender)) for sender in every()]
    with house.office("gateway"), _bare(server) as bare:
        ours = _Posts(house, senders)
        _warm_up(ours, bare, senders)
        rate = _rates(ours, bare, senders, sizes, table)
        _latency(ours, sizes, table, per_second=rate / 2)
    ours.check()


class _Posts:
    """Deliveries that were never sent before."""

    def __init__(self, house: House, senders: list[tuple[Sender, str]]) -> None:
        self.house, self.senders, self.numbers, self.sent = house, senders, count(1), 0

    def of(self, sender: Sender, connection_id: str, many: int) -> Hits:
        """Deliveries of one platform, each caller sending its next once answered."""
        return self._fire([sender.request(connection_id, next(self.numbers)) for _ in range(many)])

    def mixed(self, many: int, *, per_second: float) -> Hits:
        """Deliveries of every platform in turn, at a steady rate."""
        turns = [self.senders[number % len(self.senders)] for number in range(many)]
        requests = [sender.request(connection_id, next(self.numbers)) for sender, connection_id in turns]
        return self._fire(requests, per_second=per_second)

    def _fire(self, requests: list[bytes], *, per_second: float | None = None) -> Hits:
        hits = fire(self.house.settings.port, requests, callers=_CALLERS, per_second=per_second)
        if set(hits.statuses) != {_ACCEPTED}:
            raise RuntimeError(f"not every delivery was accepted: {dict(hits.statuses)}")
        self.sent += len(requests)
        return hits

    def check(self) -> None:
        """Every delivery that was answered 202 is kept, once."""
        with self.house.database.tenant(self.house.tenant_id) as tx:
            kept = tx.exec_driver_sql("SELECT count(*) FROM inbox WHERE state <> 'error'").scalar_one()
        if kept != self.sent:
            raise RuntimeError(f"{self.sent} deliveries were accepted, {kept} are kept")


@contextmanager
def _bare(server: EmbeddedPostgres) -> Iterator[int]:
    """The bare endpoint in a process of its own, over a table of its own; its port."""
    conninfo = server.url(OWNER).replace("+psycopg", "")
    with psycopg.connect(conninfo) as owner:
        owner.execute(TABLE)
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.bare_server", str(port), conninfo])  # noqa: S603 (ours)
    try:
        listening(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _beside(port: int, sender: Sender, many: int) -> float:
    """The bare endpoint's rate with bodies of a platform."""
    requests = [post("/hook", sender.sign(number)[0], {}) for number in range(many)]
    return fire(port, requests, callers=_CALLERS).rate


def _warm_up(ours: _Posts, bare: int, senders: list[tuple[Sender, str]]) -> None:
    for sender, connection_id in senders:
        ours.of(sender, connection_id, 100)
        _beside(bare, sender, 100)


def _rates(ours: _Posts, bare: int, senders: list[tuple[Sender, str]], sizes: Sizes, table: Table) -> float:
    """Each scheme beside the bare endpoint with the same bodies; the slowest rate of ours."""
    table.heading(f"Webhooks through the gateway, {_CALLERS} callers, a second")
    measured: dict[str, tuple[list[float], list[float]]] = {sender.platform: ([], []) for sender, _ in senders}
    for _ in range(sizes.rounds):
        for sender, connection_id in senders:
            ours_rates, bare_rates = measured[sender.platform]
            ours_rates.append(ours.of(sender, connection_id, sizes.webhooks).rate)
            bare_rates.append(_beside(bare, sender, sizes.webhooks))
    slowest = float("inf")
    for sender, _ in senders:
        gateway, beside = (statistics.median(rates) for rates in measured[sender.platform])
        slowest = min(slowest, gateway)
        what = f"{sender.platform}: {sender.scheme}"
        table.add(Line(what, f"{gateway:.0f}/s", f"bare insert {beside:.0f}/s", gateway / beside, _OF_BARE))
    return slowest


def _latency(ours: _Posts, sizes: Sizes, table: Table, *, per_second: float) -> None:
    many = max(sizes.webhooks, round(per_second * sizes.steady_seconds))
    hits = ours.mixed(many, per_second=per_second)
    worst, middle = (percentile(hits.waits, share) * 1000 for share in (0.99, 0.5))
    what = f"every platform at {per_second:.0f}/s, p99"
    beside = f"{_MOST_MS:.0f} ms (median {middle:.1f} ms)"
    table.add(Line(what, f"{worst:.1f} ms", beside, worst / _MOST_MS, 1.0, most=True))
