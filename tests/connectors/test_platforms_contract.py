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

from connectors import statement_files
from connectors.registry import platforms
from domain.accounts import CHARTS
from domain.errors import AfluenteError, Invalid, Unauthenticated
from domain.platforms import HttpResponse, PaymentRequests, Platform, StatusQuery, Webhooks
from domain.receipts import (
    Announced,
    ContestFact,
    Ignored,
    PayoutFact,
    PayoutReturned,
    PlatformFact,
    ReceiptFact,
    RefundFailed,
    RequestExpired,
    ReversalFact,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PLATFORMS = list(platforms().values())
WITH_WEBHOOKS = [platform for platform in PLATFORMS if platform.webhooks is not None]
WITH_STATUS = [platform for platform in PLATFORMS if platform.status is not None]


def webhooks_of(platform: Platform) -> Webhooks:
    assert platform.webhooks is not None
    return platform.webhooks


def folder_of(platform: Platform) -> Path:
    file = import_module(f"connectors.platforms.{platform.code}").__file__
    assert file is not None
    return Path(file).parent


def bodies_of(platform: Platform) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder_of(platform) / "samples").glob("*.json"))]


def answers_of(platform: Platform) -> list[bytes]:
    """What the platform answers when it is asked what became of something, as samples."""
    return [path.read_bytes() for path in sorted((folder_of(platform) / "samples" / "answers").glob("*.json"))]


def answered(platform: Platform, body: bytes, status: int = 200) -> tuple[PlatformFact, ...]:
    assert isinstance(platform.status, StatusQuery)
    return platform.status.read(HttpResponse(status, {}, body))


def facts_of(platform: Platform) -> list[PlatformFact]:
    """All that the samples tell: of deliveries, and of answers to questions."""
    told = [fact for body in bodies_of(platform) for fact in webhooks_of(platform).parse(body)]
    facts = [fact for fact in told if not isinstance(fact, Announced)]
    return [*facts, *(fact for body in answers_of(platform) for fact in answered(platform, body))]


by_code = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.code)
by_status = pytest.mark.parametrize("platform", WITH_STATUS, ids=lambda platform: platform.code)
by_webhook = pytest.mark.parametrize("platform", WITH_WEBHOOKS, ids=lambda platform: platform.code)


@by_code
def test_a_platforms_code_is_its_folders_name(platform: Platform) -> None:
    assert platforms()[platform.code] is platform
    assert folder_of(platform).name == platform.code


@by_code
def test_a_platform_can_do_something(platform: Platform) -> None:
    capabilities = (platform.webhooks, platform.payment_requests, platform.statements, platform.refunds)
    assert platform.reports or any(capability is not None for capability in capabilities)


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
    for fact in facts_of(platform):
        if isinstance(fact, ReceiptFact | ReversalFact | ContestFact | PayoutFact | PayoutReturned):
            assert fact.external_ref
            assert fact.at.tzinfo is not None
            assert abs(fact.value_date - fact.at.date()) <= timedelta(days=1)
        else:
            assert isinstance(fact, Ignored | RequestExpired | RefundFailed)


@by_webhook
def test_the_same_money_is_the_same_fact_wherever_it_is_told(platform: Platform) -> None:
    told: dict[tuple[str, str], set[ReceiptFact | ReversalFact]] = {}
    for fact in facts_of(platform):
        if isinstance(fact, ReceiptFact | ReversalFact):
            told.setdefault((type(fact).__name__, fact.external_ref), set()).add(fact)
    assert told
    assert [name for name, facts in told.items() if len(facts) > 1] == []


@by_webhook
def test_a_contest_is_told_alike_in_each_phase(platform: Platform) -> None:
    told: dict[tuple[str, str], set[ContestFact]] = {}
    for fact in facts_of(platform):
        if isinstance(fact, ContestFact):
            told.setdefault((fact.external_ref, fact.phase), set()).add(fact)
    assert [name for name, facts in told.items() if len(facts) > 1] == []
    same = {(ref, fact.original_ref, fact.amount) for (ref, _), facts in told.items() for fact in facts}
    assert len({ref for ref, _ in told}) == len(same)


@by_webhook
def test_a_reversal_finds_a_receipt_of_the_samples(platform: Platform) -> None:
    facts = facts_of(platform)
    receipts = {fact.external_ref for fact in facts if isinstance(fact, ReceiptFact)}
    originals = {fact.original_ref for fact in facts if isinstance(fact, ReversalFact | ContestFact)}
    assert originals or not platform.refunds
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


OTHER_WORDS = ["a\x00b", "\ud800", "", 10**400, 1.5, None, True, [], {}, "x" * 10_000]
NO_AMOUNTS = [-1, 0, "-1", "-1.00", "0", "0.00", 10**25]
NO_MOMENTS = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01 00:00:00",
    253402300799,
    -62135596800,
]
PROOFS = (
    *("stripe-signature", "cko-signature", "x-callback-token", "x-webhook-token", "x-webhook-hmac", "x-signature"),
    *("x-request-id", "x-khipu-signature", "x-openpix-signature", "x-webhook-signature", "x-payload-signature"),
    *("x-authenticity-token", "paymongo-signature", "omise-signature", "omise-signature-timestamp", "signature"),
    *("digest", "hashstring", "authorization", "x-date", "x-signaturecontent", "client-id", "request-id"),
    *("request-timestamp", "request-target", "x-timestamp"),
)
POISONS = [*OTHER_WORDS, *NO_AMOUNTS, *NO_MOMENTS]


def outcome_of(hooks: Webhooks, body: bytes) -> str:
    """What would be kept of a body: its name and facts, or the error it caused (which may quote it in ASCII)."""
    try:
        facts = hooks.parse(body)
        assert all(map(is_sound, facts))
        return repr((hooks.delivery_id(body), facts))
    except AfluenteError as error:
        return "" if error.code == "status_unknown" else json.dumps(error.as_dict(), ensure_ascii=False)


def is_sound(fact: PlatformFact | Announced) -> bool:
    """Whether money that is told of is above zero, was kept of by no less than nothing, and moved in our times."""
    match fact:
        case ReceiptFact() | ReversalFact() | ContestFact():
            paid, fee = fact.amount, None if isinstance(fact, ReversalFact) else fact.fee
        case PayoutFact():
            paid, fee = fact.net, fact.fee
        case _:
            return True
    return paid.minor > 0 and (fee is None or fee.minor >= 0) and 2000 <= fact.at.year < 2200


@by_webhook
@pytest.mark.parametrize("poison", POISONS)
def test_a_hostile_value_anywhere_is_refused_or_can_be_kept(platform: Platform, poison: Any) -> None:
    hooks = webhooks_of(platform)
    for body in bodies_of(platform):
        for document in hostile(json.loads(body), poison):
            outcome = outcome_of(hooks, json.dumps(document).encode())
            assert not re.search(r"\\x00|\\ud800|\\u0000", outcome)
            outcome.encode()  # half of a surrogate pair has no UTF-8


@by_webhook
@pytest.mark.parametrize("poison", OTHER_WORDS)
def test_a_hostile_value_anywhere_makes_no_proof_and_no_failure(platform: Platform, poison: Any) -> None:
    """Whoever may call an address has its bodies read before anything is proved."""
    hooks = webhooks_of(platform)
    secrets = tuple("a-secret-of-tests-" + "0" * 14 for _ in hooks.secret_fields)  # sound Base64 too, where it must be
    for body in bodies_of(platform):
        for document in hostile(json.loads(body), poison):
            for headers in ({}, dict.fromkeys(PROOFS, "0" * 64)):
                with pytest.raises(Unauthenticated):
                    hooks.verify(json.dumps(document).encode(), headers, secrets, NOW)


@by_webhook
def test_a_body_cut_anywhere_is_invalid_and_nothing_worse(platform: Platform) -> None:
    for body in bodies_of(platform):
        whole = body.rstrip()
        for end in range(1, len(whole), 97):
            with pytest.raises(AfluenteError):
                webhooks_of(platform).parse(whole[:end])


@by_code
def test_what_must_be_asked_can_be_asked(platform: Platform) -> None:
    told = (
        [fact for body in bodies_of(platform) for fact in webhooks_of(platform).parse(body)]
        if platform.webhooks
        else []
    )
    announced = [one for one in told if isinstance(one, Announced)]
    if announced:
        assert platform.status is not None
        assert answers_of(platform)
    for one in announced:
        assert platform.status is not None
        request = platform.status.build(one.reference, settings_for(platform))
        assert request.method == "GET"
        assert one.reference.rpartition("/")[2] in request.url


def settings_for(platform: Platform) -> dict[str, str]:
    """Settings that fill whatever a platform's requests read; the addresses lead nowhere."""
    return {
        field.name: "https://platform.invalid" if "url" in field.name else f"{field.name}-of-the-tests"
        for field in platform.config
    } | {"method": ""}


@by_status
@pytest.mark.parametrize("reference", ["", "../secrets", "a b", "x" * 300, "a\r\nHost: b", "?x=1", "a#b", "é"])
def test_a_reference_that_would_change_the_address_is_refused(platform: Platform, reference: str) -> None:
    assert platform.status is not None
    with pytest.raises(Invalid):
        platform.status.build(reference, settings_for(platform))


@by_status
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 503])
def test_a_refusal_is_no_fact(platform: Platform, status: int) -> None:
    for body in answers_of(platform):
        with pytest.raises(AfluenteError) as refused:
            answered(platform, body, status)
        assert not isinstance(refused.value, Invalid)


@by_status
@pytest.mark.parametrize("body", [b"", b"not json", b"\xff\xfe", b"[]", b"3", b'"x"', b"{}", b"[" * 50_000])
def test_an_answer_that_cannot_be_read_is_invalid_and_nothing_worse(platform: Platform, body: bytes) -> None:
    with pytest.raises(Invalid):
        answered(platform, body)


@by_status
@pytest.mark.parametrize("poison", POISONS)
def test_a_hostile_value_anywhere_in_an_answer_is_refused_or_can_be_kept(platform: Platform, poison: Any) -> None:
    for body in answers_of(platform):
        for document in hostile(json.loads(body), poison):
            try:
                facts = answered(platform, json.dumps(document).encode())
                assert all(map(is_sound, facts))
                outcome = repr(facts)
            except AfluenteError as error:
                outcome = "" if error.code == "status_unknown" else json.dumps(error.as_dict(), ensure_ascii=False)
            assert not re.search(r"\\x00|\\ud800|\\u0000", outcome)
            outcome.encode()


@by_code
def test_the_sandbox_is_an_address_that_the_settings_take(platform: Platform) -> None:
    fields_by_name = {setting.name: setting for setting in platform.config}
    if platform.sandbox_base_url is not None:
        pattern = fields_by_name["base_url"].pattern
        assert pattern is not None
        assert re.fullmatch(pattern, platform.sandbox_base_url)


@by_code
def test_reports_have_samples_that_only_they_know(platform: Platform) -> None:
    for report in platform.reports:
        samples = [
            path.read_bytes() for path in sorted((folder_of(platform) / "samples").glob(f"{report.format}*.csv"))
        ]
        assert samples
        for sample in samples:
            assert statement_files.detect(sample) is report


@by_code
def test_what_a_platform_lacks_its_page_explains(platform: Platform) -> None:
    """A capability that is absent is a gap that the folder's page names, and never an oversight."""
    page = " ".join((import_module(f"connectors.platforms.{platform.code}").__doc__ or "").split()).lower()
    for capability, words in (
        (platform.webhooks, r"webhook|notif|callback"),
        (platform.status, r"\bask(ed)?\b|looked up|status"),
        (platform.refunds, r"refund|give[ns]? .{0,40}back"),
        (platform.reports, r"report|settlement file|columns|statement|edi files"),
        (platform.sandbox_base_url, r"sandbox|same address|address is the same|trying out|test key|developer mode"),
    ):
        if not capability and platform.payment_requests is not None:
            assert re.search(words, page), words


def test_only_a_documented_key_lets_a_refund_be_asked_for_twice() -> None:
    """The others state no key by which a repeat is known: their answer is looked for, never provoked again."""
    offered = {platform.code: platform.refunds for platform in PLATFORMS if platform.refunds is not None}
    unkeyed = {"dlocal", "ebanx", "openpix", "paymongo", "tap"}
    assert {code for code, refunds in offered.items() if not refunds.keyed} == unkeyed
