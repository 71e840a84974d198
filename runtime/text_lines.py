"""Which transports carry text messages here, by the settings: none, a message centre, an HTTP gateway, or both.

What is half stated is refused: a text must not go out from the wrong sender, unsigned, or into the outbox unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import SecretStr

from connectors.channels import ChannelTransport
from connectors.channels.sms_http import HttpTexts, HttpTextsSettings
from connectors.channels.texts import Listener, Senders
from connectors.webhook_sender import WebhookSender
from domain.errors import Invalid
from domain.webhook_addresses import check_url
from gateway.services import TextCallbacks
from runtime import clock
from runtime.settings import Settings

_CENTRE: Final = ("smpp_host", "smpp_system_id", "smpp_password", "smpp_senders")
_GATEWAY: Final = ("sms_http_url", "sms_http_secrets", "sms_http_senders")


def text_transports(
    settings: Settings, sender: WebhookSender, listener: Listener | None = None
) -> list[ChannelTransport]:
    """The transports in use; each country's texts have one way.

    Raises ``Invalid``: ``sms_half_configured``, ``sms_country_twice`` and what the transports' settings raise.
    """
    centre, gateway = _stated(settings, _CENTRE), _stated(settings, _GATEWAY)
    senders = [Senders.read(stated[-1]) for stated in (centre, gateway) if stated]
    _once(senders)
    found: list[ChannelTransport] = []
    if centre:
        host, system_id, password, _ = centre
        found.append(_message_centre(settings, host, system_id, password, senders[0], listener))
    if gateway:
        url, secrets, _ = gateway
        check_url(url, allow_private=sender.allow_private)
        found.append(HttpTexts(HttpTextsSettings(url, senders[-1], _listed(secrets)), sender, clock.now))
    return found


def text_callbacks(settings: Settings, listener: Listener) -> TextCallbacks | None:
    """How the HTTP gateway calls back; ``None`` where none is connected."""
    gateway = _stated(settings, _GATEWAY)
    if not gateway:
        return None
    url, secrets, senders = gateway
    checked = HttpTextsSettings(url, Senders.read(senders), _listed(secrets))
    return TextCallbacks(checked.secrets, listener)


def _message_centre(
    settings: Settings, host: str, system_id: str, password: str, senders: Senders, listener: Listener | None
) -> ChannelTransport:
    from connectors.channels.sms_smpp import Smpp, SmppSettings  # noqa: PLC0415 (its library loads where it is used)

    stated = SmppSettings(
        host=host,
        port=settings.smpp_port,
        system_id=system_id,
        senders=senders,
        password=password,
        system_type=settings.smpp_system_type,
        tls=settings.smpp_tls,
        authority_path=str(settings.smpp_authority) if settings.smpp_authority else None,
        rate_per_second=settings.smpp_rate,
        window=settings.smpp_window,
    )
    return Smpp(stated, now=clock.now, listener=listener)


def _stated(settings: Settings, names: Iterable[str]) -> tuple[str, ...]:
    """The values of settings that belong together, or none where none is stated; ``sms_half_configured``."""
    values: Mapping[str, str] = {name: _plain(getattr(settings, name)) for name in names}
    missing = [f"AFLUENTE_{name.upper()}" for name, value in values.items() if not value]
    if len(missing) == len(values):
        return ()
    if missing:
        raise Invalid(
            "sms_half_configured",
            f"Text messages are half configured: {', '.join(missing)} is missing.",
            fix="State all of them, or none.",
            missing=missing,
        )
    return tuple(values.values())


def _plain(value: str | SecretStr | None) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value or ""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(","))))


def _once(senders: Iterable[Senders]) -> None:
    countries = [country for one in senders for country in one.by_country]
    twice = sorted({country for country in countries if countries.count(country) > 1})
    if twice:
        raise Invalid(
            "sms_country_twice",
            f"Two transports have a sender for {', '.join(twice)}.",
            fix="State each country in AFLUENTE_SMPP_SENDERS or in AFLUENTE_SMS_HTTP_SENDERS, not in both.",
        )
