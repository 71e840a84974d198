"""Stripe: its signatures, its amounts and the facts in its events."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms.stripe import webhooks
from connectors.platforms.stripe.amounts import UNITS, to_money
from connectors.platforms.stripe.signatures import verify
from domain.errors import Invalid, Unauthenticated
from domain.money import Money
from domain.receipts import (
    ContestFact,
    ContestKind,
    ContestPhase,
    Ignored,
    PayoutFact,
    PayoutReturned,
    ReceiptFact,
    RefundFailed,
    RequestExpired,
    ReversalFact,
    ReversalKind,
)

SAMPLES = Path(webhooks.__file__).parent / "samples"
SECRET = "whsec_test_first"
OTHER = "whsec_test_second"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BODY = '{"id":"evt_1","object":"event","type":"ping","note":"ñ ไทย"}'


def sample(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_bytes())
    return document


def parse(event: dict[str, Any]) -> tuple[Any, ...]:
    return webhooks.parse(json.dumps(event).encode())


def changed(name: str, **fields: Any) -> dict[str, Any]:
    event = sample(name)
    event["data"]["object"].update(fields)
    return event


def official_header(body: str = BODY, secret: str = SECRET, at: datetime = NOW) -> str:
    from stripe import WebhookSignature  # noqa: PLC0415 - takes half a second to import, so only where it is needed

    return str(WebhookSignature.generate_signature_header(body, secret, int(at.timestamp())))


def code_of(excinfo: pytest.ExceptionInfo[Any]) -> str:
    return str(excinfo.value.code)


# --- signatures ---------------------------------------------------------------------------------------------------


def test_a_signature_made_by_the_official_library_is_accepted() -> None:
    verify(BODY.encode(), {"Stripe-Signature": official_header()}, (SECRET,), NOW)


def test_the_official_library_accepts_what_we_accept(monkeypatch: pytest.MonkeyPatch) -> None:
    import stripe  # noqa: PLC0415 - see above

    monkeypatch.setattr("stripe._webhook.time.time", NOW.timestamp)
    header = official_header()
    event = stripe.Webhook.construct_event(BODY.encode(), header, SECRET)
    verify(BODY.encode(), {"stripe-signature": header}, (SECRET,), NOW)
    assert event.id == webhooks.delivery_id(BODY.encode())


@pytest.mark.parametrize("secrets", [(SECRET, OTHER), (OTHER, SECRET)])
def test_any_of_several_secrets_is_enough_while_one_is_rolled(secrets: tuple[str, ...]) -> None:
    verify(BODY.encode(), {"Stripe-Signature": official_header(secret=OTHER)}, secrets, NOW)


def test_any_of_several_signatures_is_enough_while_one_is_rolled() -> None:
    first, second = official_header(secret=OTHER), official_header(secret=SECRET)
    both = first + "," + second.partition(",")[2]
    verify(BODY.encode(), {"Stripe-Signature": both}, (SECRET,), NOW)


@given(position=st.integers(min_value=0, max_value=len(BODY.encode()) - 1))
def test_one_changed_byte_of_the_body_is_refused(position: int) -> None:
    body = bytearray(BODY.encode())
    body[position] ^= 1
    with pytest.raises(Unauthenticated) as refused:
        verify(bytes(body), {"Stripe-Signature": official_header()}, (SECRET,), NOW)
    assert code_of(refused) == "signature_invalid"


@given(position=st.integers(min_value=0, max_value=79))
def test_one_changed_character_of_the_header_is_refused(position: int) -> None:
    header = official_header()
    assert len(header) == 80
    flipped = header[:position] + chr(ord(header[position]) ^ 1) + header[position + 1 :]
    with pytest.raises(Unauthenticated):
        verify(BODY.encode(), {"Stripe-Signature": flipped}, (SECRET,), NOW)


@pytest.mark.parametrize("secret", [SECRET + "x", SECRET[:-1], SECRET.upper(), OTHER])
def test_another_secret_is_refused(secret: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verify(BODY.encode(), {"Stripe-Signature": official_header()}, (secret,), NOW)
    assert code_of(refused) == "signature_invalid"


@pytest.mark.parametrize("header", ["", " ", "garbage", "t=,v1=", "t=1", "v1=00", "t=-5,v1=00", "t=1,t=2,v1=00"])
def test_a_header_without_time_or_signature_is_refused(header: str) -> None:
    with pytest.raises(Unauthenticated):
        verify(BODY.encode(), {"Stripe-Signature": header}, (SECRET,), NOW)


def test_a_missing_header_is_told_apart() -> None:
    with pytest.raises(Unauthenticated) as refused:
        verify(BODY.encode(), {}, (SECRET,), NOW)
    assert code_of(refused) == "signature_missing"


@pytest.mark.parametrize("secrets", [(), ("",), ("", " ")])
def test_no_secret_accepts_nothing(secrets: tuple[str, ...]) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verify(BODY.encode(), {"Stripe-Signature": official_header(secret="")}, secrets, NOW)
    assert code_of(refused) == "secret_missing"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_signature_within_five_minutes_is_accepted(seconds: int) -> None:
    header = official_header(at=NOW + timedelta(seconds=seconds))
    verify(BODY.encode(), {"Stripe-Signature": header}, (SECRET,), NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_signature_beyond_five_minutes_is_refused(seconds: int) -> None:
    header = official_header(at=NOW + timedelta(seconds=seconds))
    with pytest.raises(Unauthenticated) as refused:
        verify(BODY.encode(), {"Stripe-Signature": header}, (SECRET,), NOW)
    assert code_of(refused) == "signature_expired"


def test_an_old_signature_that_is_also_wrong_does_not_reveal_its_age() -> None:
    header = official_header(secret=OTHER, at=NOW - timedelta(days=1))
    with pytest.raises(Unauthenticated) as refused:
        verify(BODY.encode(), {"Stripe-Signature": header}, (SECRET,), NOW)
    assert code_of(refused) == "signature_invalid"


# --- amounts ------------------------------------------------------------------------------------------------------

AMOUNTS = [
    ("brl", 123456, Money(123456, "BRL")),  # 1234.56
    ("vnd", 500, Money(500, "VND")),  # zero decimals at Stripe and by ISO
    ("clp", 990, Money(990, "CLP")),
    ("mga", 5, Money(500, "MGA")),  # zero at Stripe, two by ISO
    ("isk", 500, Money(5, "ISK")),  # two at Stripe, zero by ISO
    ("ugx", 500, Money(5, "UGX")),  # the special case wins over the zero-decimal list
    ("huf", 1045, Money(1045, "HUF")),  # whole only in payouts
    ("twd", 1045, Money(1045, "TWD")),
    ("kwd", 5120, Money(5120, "KWD")),  # three decimals, the last 0
    ("idr", 150000000, Money(150000000, "IDR")),
]


@pytest.mark.parametrize(("currency", "amount", "money"), AMOUNTS)
def test_stripe_amounts_become_iso_minor_units_exactly(currency: str, amount: int, money: Money) -> None:
    assert to_money(amount, currency) == money


@pytest.mark.parametrize(("_currency", "amount", "money"), AMOUNTS)
def test_iso_minor_units_become_stripe_amounts_exactly(_currency: str, amount: int, money: Money) -> None:
    assert UNITS.from_money(money) == amount


@pytest.mark.parametrize("money", [Money(50, "MGA"), Money(5124, "KWD")])
def test_an_amount_that_stripe_cannot_charge_is_refused(money: Money) -> None:
    with pytest.raises(Invalid) as refused:
        UNITS.from_money(money)
    assert code_of(refused) == "amount_too_precise"


def test_a_fraction_that_iso_does_not_know_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        to_money(550, "isk")
    assert code_of(refused) == "amount_too_precise"


@given(
    minor=st.integers(min_value=-(10**12), max_value=10**12),
    currency=st.sampled_from(["BRL", "THB", "IDR", "AED", "VND", "ISK", "UGX", "CLP", "JPY"]),
)
def test_amounts_survive_the_way_there_and_back(minor: int, currency: str) -> None:
    assert to_money(UNITS.from_money(Money(minor, currency)), currency) == Money(minor, currency)


# --- events -------------------------------------------------------------------------------------------------------


def test_a_succeeded_intent_is_a_receipt() -> None:
    assert parse(sample("payment_intent_succeeded")) == (
        ReceiptFact(
            external_ref="pi_3SampleBrazil000000000001",
            amount=Money(123456, "BRL"),
            at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
            value_date=date(2026, 11, 23),
            references=(
                "req_01kaz8sample000000000000001",
                "pi_3SampleBrazil000000000001",
                "ch_3SampleBrazil000000000001",
            ),
            rail="pix",
        ),
    )


def test_an_expanded_charge_gives_the_same_references_and_the_payers_name() -> None:
    charge = {"id": "ch_9", "object": "charge", "billing_details": {"name": "Maria Souza"}}
    (fact,) = parse(changed("payment_intent_succeeded", latest_charge=charge))
    assert (fact.references[-1], fact.payer_name) == ("ch_9", "Maria Souza")


def test_an_intent_without_our_metadata_is_still_a_receipt() -> None:
    (fact,) = parse(changed("payment_intent_succeeded", metadata={}))
    assert fact.references == ("pi_3SampleBrazil000000000001", "ch_3SampleBrazil000000000001")


def test_the_amount_received_counts_not_the_amount_asked() -> None:
    (fact,) = parse(changed("payment_intent_succeeded", amount=200000, amount_received=150000))
    assert fact.amount == Money(150000, "BRL")


def test_a_cancelled_intent_expires_its_request() -> None:
    assert parse(sample("payment_intent_canceled")) == (RequestExpired("pi_3SampleBrazil000000000001"),)


def test_an_expired_session_expires_its_request() -> None:
    assert parse(sample("checkout_session_expired")) == (RequestExpired("cs_test_sample0000000001"),)


def test_an_expired_session_is_named_by_itself_though_an_intent_was_begun() -> None:
    told = parse(changed("checkout_session_expired", payment_intent="pi_begun"))
    assert told == (RequestExpired("cs_test_sample0000000001"),)


def test_a_refund_is_a_reversal_named_by_its_own_id() -> None:
    (fact,) = parse(sample("refund_created"))
    assert fact == ReversalFact(
        external_ref="re_3SampleRefund00000000001",
        original_ref="pi_3SampleBrazil000000000001",
        amount=Money(23456, "BRL"),
        at=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
        value_date=date(2026, 11, 24),
        kind=ReversalKind.REFUND,
        reason="requested_by_customer",
        ordered_as="re_3SampleRefund00000000001",  # made elsewhere: it does not bear a name of ours
    )


def test_a_refund_that_we_asked_for_bears_our_name() -> None:
    (fact,) = parse(changed("refund_created", metadata={"afluente_refund": "rfnd_1"}))
    assert isinstance(fact, ReversalFact)
    assert fact.ordered_as == "rfnd_1"


def test_a_refund_told_by_charge_and_by_refund_events_is_one_fact() -> None:
    by_charge = parse(sample("charge_refunded_itemised"))
    assert parse(sample("refund_created"))[0] in by_charge


def test_an_itemised_charge_tells_each_refund_once() -> None:
    facts = parse(sample("charge_refunded_itemised"))
    assert [(fact.external_ref, fact.amount.minor) for fact in facts] == [
        ("re_3SampleRefund00000000002", 10000),
        ("re_3SampleRefund00000000001", 23456),
    ]


def test_a_running_total_of_refunds_is_never_booked() -> None:
    assert parse(sample("charge_refunded")) == (Ignored("charge.refunded"),)


def test_a_refund_of_a_bare_charge_names_the_charge() -> None:
    (fact,) = parse(changed("refund_created", payment_intent=None))
    assert fact.original_ref == "ch_3SampleBrazil000000000001"


@pytest.mark.parametrize("status", ["pending", "requires_action"])
def test_a_refund_on_its_way_is_ignored(status: str) -> None:
    assert parse(changed("refund_created", status=status)) == (Ignored(f"refund.{status}"),)


@pytest.mark.parametrize("status", ["canceled", "failed"])
def test_a_refund_that_never_reached_the_payer_has_failed(status: str) -> None:
    (fact,) = parse(changed("refund_created", status=status))
    ref = "re_3SampleRefund00000000001"
    assert fact == RefundFailed(ref, "pi_3SampleBrazil000000000001", status, ordered_as=ref)


def test_a_refund_that_fails_after_it_had_succeeded_brings_the_money_back() -> None:
    event = changed("refund_created", status="failed")
    event["data"]["previous_attributes"] = {"status": "succeeded"}
    (fact,) = parse(event)
    assert isinstance(fact, ReceiptFact)
    assert (fact.external_ref, fact.amount) == ("re_3SampleRefund00000000001:failed", Money(23456, "BRL"))


def contest(event: dict[str, Any]) -> ContestFact:
    (fact,) = parse(event)
    assert isinstance(fact, ContestFact)
    return fact


def test_a_dispute_that_moved_no_money_yet_is_ignored() -> None:
    assert parse(sample("charge_dispute_created")) == (Ignored("charge.dispute.created"),)


def test_withdrawn_funds_open_a_contest_with_its_fee() -> None:
    assert contest(sample("charge_dispute_funds_withdrawn")) == ContestFact(
        external_ref="du_1SampleDispute0000000001",
        original_ref="pi_3SampleBrazil000000000001",
        amount=Money(100_000, "BRL"),
        at=datetime.fromtimestamp(1795700000, UTC),
        value_date=datetime.fromtimestamp(1795700000, UTC).date(),
        kind=ContestKind.CHARGEBACK,
        phase=ContestPhase.OPENED,
        fee=Money(5_500, "BRL"),
        reason="fraudulent",
    )


def test_a_dispute_that_is_made_with_its_withdrawal_opens_a_contest() -> None:
    moves = sample("charge_dispute_funds_withdrawn")["data"]["object"]["balance_transactions"]
    made = contest(changed("charge_dispute_created", balance_transactions=moves))
    assert made == contest(sample("charge_dispute_funds_withdrawn"))


def test_an_older_event_without_balance_transactions_opens_a_contest_without_fee() -> None:
    fact = contest(changed("charge_dispute_funds_withdrawn", balance_transactions=None))
    assert (fact.phase, fact.fee) == (ContestPhase.OPENED, None)


def test_moves_in_another_currency_say_nothing_of_the_fee() -> None:
    event = sample("charge_dispute_funds_withdrawn")
    event["data"]["object"]["balance_transactions"][0]["currency"] = "usd"
    assert contest(event).fee is None


def test_a_lost_dispute_ends_its_contest_when_it_was_closed() -> None:
    fact = contest(sample("charge_dispute_closed_lost"))
    assert (fact.phase, fact.fee) == (ContestPhase.LOST, Money(5_500, "BRL"))
    assert fact.at == datetime.fromtimestamp(sample("charge_dispute_closed_lost")["created"], UTC)


@pytest.mark.parametrize("status", ["warning_closed", "prevented", "warning_under_review"])
def test_an_inquiry_moves_no_money(status: str) -> None:
    assert parse(changed("charge_dispute_closed_lost", status=status)) == (Ignored("charge.dispute.closed"),)


def test_a_won_dispute_ends_its_contest() -> None:
    assert contest(changed("charge_dispute_closed_lost", status="won")).phase is ContestPhase.WON


def test_reinstated_funds_win_the_contest_and_a_fee_given_back_lowers_it() -> None:
    event = sample("charge_dispute_funds_reinstated")
    assert (contest(event).phase, contest(event).fee) == (ContestPhase.WON, Money(5_500, "BRL"))
    event["data"]["object"]["balance_transactions"][1]["fee"] = -5_500
    assert contest(event).fee == Money(0, "BRL")


def test_a_payout_that_is_paid_is_a_batch_on_its_way() -> None:
    at = datetime.fromtimestamp(1795800000, UTC)
    assert parse(sample("payout_paid")) == (
        PayoutFact(
            external_ref="po_1SamplePayout0000000001",
            net=Money(94_500, "BRL"),
            at=at,
            value_date=at.date(),
            references=("po_1SamplePayout0000000001", "SAMPLETRACE0001"),
        ),
    )


@pytest.mark.parametrize("trace", [None, {"status": "pending", "value": None}, "SAMPLE"])
def test_a_payout_without_a_trace_is_named_by_its_id(trace: object) -> None:
    (fact,) = parse(changed("payout_paid", trace_id=trace))
    assert isinstance(fact, PayoutFact)
    assert fact.references == ("po_1SamplePayout0000000001",)


@pytest.mark.parametrize(
    ("kind", "reason"), [("payout.failed", "account_closed"), ("payout.canceled", "account_closed")]
)
def test_a_payout_that_did_not_arrive_came_back(kind: str, reason: str) -> None:
    at = datetime.fromtimestamp(1796000000, UTC)
    fact = PayoutReturned("po_1SamplePayout0000000001", at, at.date(), reason)
    assert parse(sample("payout_failed") | {"type": kind}) == (fact,)


@pytest.mark.parametrize("kind", ["payout.created", "payout.updated"])
def test_a_payout_that_is_not_paid_yet_moves_no_money(kind: str) -> None:
    assert parse(sample("payout_paid") | {"type": kind}) == (Ignored(kind),)


def test_an_unknown_type_is_ignored_by_its_name() -> None:
    event = sample("refund_created") | {"type": "invoice.frozen"}
    assert parse(event) == (Ignored("invoice.frozen"),)


@pytest.mark.parametrize(
    "name",
    [
        "payment_intent_succeeded",
        "payment_intent_canceled",
        "checkout_session_expired",
        "refund_created",
        "charge_dispute_created",
        "payout_paid",
    ],
)
@pytest.mark.parametrize("status", ["teleported", None, 7])
def test_an_unknown_status_of_a_known_type_is_an_error(name: str, status: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse(changed(name, status=status))
    assert code_of(refused) == "status_unknown"


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"[]", b"null", b"{}", b'{"id":"x"}', b'{"a":NaN}', b"[" * 100_000, b'{"object":"event"}'],
)
def test_a_body_of_another_shape_is_malformed(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        webhooks.parse(body)
    assert code_of(refused) == "body_malformed"


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_received": 12.5},
        {"amount_received": "100"},
        {"amount_received": True},
        {"currency": None},
        {"id": ""},
    ],
)
def test_a_field_of_another_shape_is_malformed(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        parse(changed("payment_intent_succeeded", **fields))
    assert code_of(refused) == "body_malformed"


def test_an_unknown_currency_is_an_error() -> None:
    with pytest.raises(Invalid) as refused:
        parse(changed("payment_intent_succeeded", currency="zzz"))
    assert code_of(refused) == "currency_unknown"


def test_the_official_clients_event_says_the_same() -> None:
    import stripe  # noqa: PLC0415 - see above

    event = stripe.Event.construct_from(sample("payment_intent_succeeded"), "sk_test_x")
    intent = event.data.object
    (fact,) = parse(sample("payment_intent_succeeded"))
    assert isinstance(intent, stripe.PaymentIntent)
    assert (intent.id, intent.amount_received, intent.latest_charge) == (
        fact.external_ref,
        fact.amount.minor,
        fact.references[2],
    )
