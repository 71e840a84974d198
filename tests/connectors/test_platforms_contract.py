"""What every payment platform keeps to, whichever folders there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from connectors.registry import platforms
from domain.accounts import CHARTS
from domain.errors import AfluenteError, Invalid, Unauthenticated
from domain.platforms import PaymentRequests, Platform, Webhooks
from domain.receipts import (
    ContestFact,
    Ignored,
    PayoutFact,
    PayoutReturned,
    ReceiptFact,
    RequestExpired,
    ReversalFact,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PLATFORMS = list(platforms().values())
WITH_WEBHOOKS = [platform for platform in PLATFORMS if platform.webhooks is not None]


def webhooks_of(platform: Platform) -> Webhooks:
    assert platform.webhooks is not None
    return platform.webhooks


def folder_of(platform: Platform) -> Path:
    file = import_module(f"connectors.platforms.{platform.code}").__file__
    assert file is not None
    return Path(file).parent


def bodies_of(platform: Platform) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder_of(platform) / "samples").glob("*.json"))]


by_code = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.code)
by_webhook = pytest.mark.parametrize("platform", WITH_WEBHOOKS, ids=lambda platform: platform.code)


@by_code
def test_a_platforms_code_is_its_folders_name(platform: Platform) -> None:
    assert platforms()[platform.code] is platform
    assert folder_of(platform).name == platform.code


@by_code
def test_a_platform_can_do_something(platform: Platform) -> None:
    capabilities = (platform.webhooks, platform.payment_requests, platform.statements, platform.refunds)
    assert any(capability is not None for capability in capabilities)


@by_code
def test_a_platforms_kind_has_a_chart(platform: Platform) -> None:
    assert platform.kind in CHARTS


@by_code
def test_countries_and_settings_are_well_named(platform: Platform) -> None:
    assert all(re.fullmatch(r"[A-Z]{2}", country) for country in platform.countries)
    names = [setting.name for setting in platform.config]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert all(re.compile(setting.pattern) for setting in platform.config if setting.pattern)


@by_code
def test_what_gives_access_is_secret(platform: Platform) -> None:
    sensitive = re.compile(r"secret|password|token$|api_key")
    assert [s.name for s in platform.config if sensitive.search(s.name) and not s.secret] == []


@by_code
def test_asking_is_whole_or_absent(platform: Platform) -> None:
    asking = platform.payment_requests
    if asking is not None:
        assert (asking.authorise is None) == (asking.read_token is None)
        required = [field.name for field in fields(PaymentRequests) if field.name in {"build", "read", "query"}]
        assert all(callable(getattr(asking, name)) for name in required)


@by_webhook
def test_the_secrets_of_a_webhook_are_secret_settings(platform: Platform) -> None:
    secret = {setting.name for setting in platform.config if setting.secret}
    assert webhooks_of(platform).secret_fields
    assert set(webhooks_of(platform).secret_fields) <= secret


@by_webhook
@pytest.mark.parametrize("secrets", [(), ("",), ("x" * 40,)])
@pytest.mark.parametrize("headers", [{}, {"stripe-signature": "t=0,v1=00", "x-webhook-token": "y"}])
def test_an_unproved_caller_is_refused(platform: Platform, secrets: tuple[str, ...], headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        webhooks_of(platform).verify(b"{}", headers, secrets, NOW)


@by_webhook
def test_there_are_samples(platform: Platform) -> None:
    assert bodies_of(platform)


@by_webhook
def test_the_same_body_tells_the_same_facts(platform: Platform) -> None:
    hooks = webhooks_of(platform)
    for body in bodies_of(platform):
        assert hooks.parse(body) == hooks.parse(body) != ()
        assert hooks.delivery_id(body) == hooks.delivery_id(body) != ""


@by_webhook
def test_different_deliveries_have_different_names(platform: Platform) -> None:
    bodies = bodies_of(platform)
    assert len({webhooks_of(platform).delivery_id(body) for body in bodies}) == len(bodies)


@by_webhook
def test_money_has_a_name_a_day_and_an_aware_moment(platform: Platform) -> None:
    facts = [fact for body in bodies_of(platform) for fact in webhooks_of(platform).parse(body)]
    for fact in facts:
        if isinstance(fact, ReceiptFact | ReversalFact | ContestFact | PayoutFact | PayoutReturned):
            assert fact.external_ref
            assert fact.at.tzinfo is not None
            assert abs(fact.value_date - fact.at.date()) <= timedelta(days=1)
        else:
            assert isinstance(fact, Ignored | RequestExpired)


@by_webhook
def test_the_same_money_is_the_same_fact_wherever_it_is_told(platform: Platform) -> None:
    told: dict[tuple[str, str], set[ReceiptFact | ReversalFact]] = {}
    for body in bodies_of(platform):
        for fact in webhooks_of(platform).parse(body):
            if isinstance(fact, ReceiptFact | ReversalFact):
                told.setdefault((type(fact).__name__, fact.external_ref), set()).add(fact)
    assert told
    assert [name for name, facts in told.items() if len(facts) > 1] == []


@by_webhook
def test_a_contest_is_told_alike_in_each_phase(platform: Platform) -> None:
    told: dict[tuple[str, str], set[ContestFact]] = {}
    for body in bodies_of(platform):
        for fact in webhooks_of(platform).parse(body):
            if isinstance(fact, ContestFact):
                told.setdefault((fact.external_ref, fact.phase), set()).add(fact)
    assert [name for name, facts in told.items() if len(facts) > 1] == []
    same = {(ref, fact.original_ref, fact.amount) for (ref, _), facts in told.items() for fact in facts}
    assert len({ref for ref, _ in told}) == len(same)


@by_webhook
def test_a_reversal_finds_a_receipt_of_the_samples(platform: Platform) -> None:
    facts = [fact for body in bodies_of(platform) for fact in webhooks_of(platform).parse(body)]
    receipts = {fact.external_ref for fact in facts if isinstance(fact, ReceiptFact)}
    originals = {fact.original_ref for fact in facts if isinstance(fact, ReversalFact | ContestFact)}
    assert originals
    assert originals <= receipts


@by_webhook
@pytest.mark.parametrize("body", [b"", b"not json", b"\xff\xfe", b"[]", b"3", b'"x"', b"[" * 50_000])
def test_a_body_that_cannot_be_read_is_invalid_and_nothing_worse(platform: Platform, body: bytes) -> None:
    for read in (webhooks_of(platform).parse, webhooks_of(platform).delivery_id):
        with pytest.raises(Invalid):
            read(body)


def hostile(value: Any, poison: Any) -> Iterator[Any]:
    """The document with one value at a time replaced by poison."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from ({**value, name: changed} for changed in (poison, *hostile(member, poison)))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from (
                [*value[:index], changed, *value[index + 1 :]] for changed in (poison, *hostile(member, poison))
            )


def outcome_of(hooks: Webhooks, body: bytes) -> str:
    """What would be kept of a body: its name and facts, or the error it caused (which may quote it in ASCII)."""
    try:
        return repr((hooks.delivery_id(body), hooks.parse(body)))
    except AfluenteError as error:
        return "" if error.code == "status_unknown" else json.dumps(error.as_dict(), ensure_ascii=False)


@by_webhook
@pytest.mark.parametrize("poison", ["a\x00b", "\ud800", "", -1, 10**400, 1.5, None, True, [], {}, "x" * 10_000])
def test_a_hostile_value_anywhere_is_refused_or_can_be_kept(platform: Platform, poison: Any) -> None:
    hooks = webhooks_of(platform)
    for body in bodies_of(platform):
        for document in hostile(json.loads(body), poison):
            outcome = outcome_of(hooks, json.dumps(document).encode())
            assert not re.search(r"\\x00|\\ud800|\\u0000", outcome)
            outcome.encode()  # half of a surrogate pair has no UTF-8


@by_webhook
def test_a_body_cut_anywhere_is_invalid_and_nothing_worse(platform: Platform) -> None:
    for body in bodies_of(platform):
        whole = body.rstrip()
        for end in range(1, len(whole), 97):
            with pytest.raises(AfluenteError):
                webhooks_of(platform).parse(whole[:end])
