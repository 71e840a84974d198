"""Which transports carry texts: by complete settings alone, each country by one of them."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.channels import Bounded, Line, carrier
from connectors.channels.outbox import Outbox
from connectors.webhook_sender import WebhookSender
from domain.contacts import Channel
from domain.errors import Invalid, Unavailable
from domain.outgoing_webhooks import secret_of
from runtime import wiring
from runtime.settings import Settings
from runtime.text_lines import text_callbacks, text_transports

CENTRE = {"smpp_host": "smsc.example", "smpp_system_id": "a", "smpp_password": "b", "smpp_senders": "TH:AURORA"}
GATEWAY = {
    "sms_http_url": "https://texts.example/send",
    "sms_http_secrets": f"{secret_of(b's' * 32)}, {secret_of(b't' * 32)}",
    "sms_http_senders": "BR:28500",
}


def made(**values: Any) -> list[Any]:
    return text_transports(Settings(**values), WebhookSender())


def refusal(**values: Any) -> str:
    with pytest.raises(Invalid) as refused:
        made(**values)
    return refused.value.code


def test_without_settings_nothing_carries_texts() -> None:
    assert made() == []
    assert text_callbacks(Settings(), lambda _heard: None) is None


def test_each_country_goes_its_own_way_and_others_stay_in_the_outbox() -> None:
    ways = wiring.transports(Settings(**CENTRE, **GATEWAY))
    to = {
        number: carrier(ways, Channel.SMS, number).code for number in ("+66812345678", "+5511961234599", "+6581234567")
    }
    assert list(to.values()) == ["sms_smpp", "sms_http", "outbox"]
    assert [isinstance(way, Line) for way in ways] == [True, False, False]
    assert [isinstance(way, Bounded) for way in ways] == [True, True, False]


def test_nothing_carries_what_no_transport_does() -> None:
    with pytest.raises(Unavailable) as refused:
        carrier(made(**GATEWAY), Channel.SMS, "+66812345678")
    assert refused.value.code == "channel_not_connected"
    assert carrier([Outbox()], Channel.SMS, "nobody").code == "outbox"


@pytest.mark.parametrize("left_out", [*CENTRE, *GATEWAY])
def test_what_is_half_stated_is_refused(left_out: str) -> None:
    stated = CENTRE if left_out in CENTRE else GATEWAY
    half = {name: value for name, value in stated.items() if name != left_out}
    assert refusal(**half) == "sms_half_configured"
    assert refusal(**half, **{left_out: ""}) == "sms_half_configured"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sms_http_senders": "BR:28500,TH:OTHER"}, "sms_country_twice"),
        ({"sms_http_url": "http://texts.example"}, "https_required"),
        ({"sms_http_url": "texts.example"}, "url_malformed"),
        ({"sms_http_secrets": "secret"}, "secret_malformed"),
        ({"smpp_senders": "everywhere"}, "sms_sender_malformed"),
        ({"smpp_password": "nine chars"}, "smpp_login_malformed"),
    ],
)
def test_settings_that_cannot_be_are_refused(change: dict[str, str], code: str) -> None:
    assert refusal(**CENTRE | GATEWAY | change) == code


def test_callbacks_may_be_signed_with_every_secret() -> None:
    texts = text_callbacks(Settings(**GATEWAY), lambda _heard: None)
    assert texts is not None
    assert len(texts.secrets) == 2
