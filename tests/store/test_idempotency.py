"""Answers that were given: the same key gives the same answer, in its tenant alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from store import idempotency
from store.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def begin(database: Database, tenant_id: str, *, digest: str = "d") -> idempotency.Answer | None:
    with database.tenant(tenant_id) as tx:
        return idempotency.begin(tx, tenant_id=tenant_id, key="k", request_sha256=digest, now=NOW)


def test_a_free_key_is_taken_and_stands_without_an_answer_yet(database: Database, tenant_id: str) -> None:
    assert begin(database, tenant_id) is None
    assert begin(database, tenant_id, digest="other") == idempotency.Answer("d", None, None)


def test_an_answer_given_is_found_under_its_key(database: Database, tenant_id: str) -> None:
    begin(database, tenant_id)
    with database.tenant(tenant_id) as tx:
        idempotency.finish(tx, tenant_id=tenant_id, key="k", status=201, answer={"id": "x"})
    assert begin(database, tenant_id) == idempotency.Answer("d", 201, {"id": "x"})


def test_a_key_forgotten_is_free_again(database: Database, tenant_id: str) -> None:
    begin(database, tenant_id)
    with database.tenant(tenant_id) as tx:
        idempotency.forget(tx, tenant_id=tenant_id, key="k")
    assert begin(database, tenant_id) is None


def test_two_tenants_do_not_share_keys(database: Database, new_tenant: Callable[[], str]) -> None:
    assert [begin(database, new_tenant()), begin(database, new_tenant())] == [None, None]


def test_of_two_at_once_one_takes_the_key(database: Database, tenant_id: str) -> None:
    gate = Barrier(2)

    def run(_: int) -> idempotency.Answer | None:
        gate.wait(timeout=10)
        return begin(database, tenant_id)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, range(2))).count(None) == 1
