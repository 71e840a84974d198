"""Settings: every environment variable the product reads, with its meaning and default."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings come from ``AFLUENTE_…`` variables; ``make run`` needs none of them."""

    model_config = SettingsConfigDict(env_prefix="AFLUENTE_", extra="ignore")

    data_dir: Path = Field(default=Path(".afluente"), description="Where the embedded servers and the local keys live.")
    database_url: str | None = Field(
        default=None, description="PostgreSQL for the application's role; unset: the embedded server under data_dir."
    )
    migration_database_url: str | None = Field(
        default=None,
        description="The same database as its owner, for migrations; unset: the embedded server's owner.",
    )
    temporal_address: str | None = Field(
        default=None, description="Temporal's host:port; unset: the embedded dev server."
    )
    temporal_namespace: str = Field(default="default", description="Temporal namespace.")
    host: str = Field(default="127.0.0.1", description="Address that the gateway listens on.")
    port: int = Field(default=8400, ge=1, le=65535, description="Port of the gateway and the console.")
    public_url: str | None = Field(
        default=None,
        pattern=r"https?://[A-Za-z0-9.-]+(:\d{1,5})?",
        description="Where debtors reach the gateway, such as https://pay.example; unset: notices offer no pay page.",
    )
    temporal_port: int = Field(default=8433, ge=1, le=65535, description="Port of the embedded Temporal server.")
    temporal_ui_port: int = Field(
        default=8434, ge=1, le=65535, description="Port of the embedded Temporal server's pages."
    )
    field_key: SecretStr | None = Field(
        default=None,
        description="Keys that seal personal data, '1:<base64 of 32 bytes>[,2:…]'; the last one seals new values.",
    )
    index_key: SecretStr | None = Field(default=None, description="Base64 of 32 bytes: the key of blind indexes.")
    session_key: SecretStr | None = Field(default=None, description="Base64 of 32 bytes: signs console sessions.")
    secure_cookies: bool = Field(default=False, description="Send session cookies over HTTPS only.")
    smtp_host: str | None = Field(
        default=None, description="Mail server; unset: notices stay in the outbox to be read there."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str | None = Field(default=None, description="User at the mail server.")
    smtp_password: SecretStr | None = Field(default=None, description="Password at the mail server.")
    smtp_starttls: bool = Field(default=True, description="Use STARTTLS with the mail server.")
    mail_from: str = Field(default="collections@localhost", description="Sender of e-mail notices.")
    smpp_host: str | None = Field(
        default=None, description="Message centre for text messages (SMPP 3.4); unset: none is connected."
    )
    smpp_port: int = Field(default=2775, ge=1, le=65535, description="Port of the message centre.")
    smpp_system_id: str | None = Field(default=None, description="Account at the message centre.")
    smpp_password: SecretStr | None = Field(default=None, description="Password at the message centre.")
    smpp_system_type: str = Field(default="", description="System type, where the message centre asks for one.")
    smpp_tls: bool = Field(default=True, description="Speak TLS with the message centre; false: a private line alone.")
    smpp_authority: Path | None = Field(
        default=None, description="PEM file of who signed the message centre's certificate; unset: public authorities."
    )
    smpp_senders: str = Field(
        default="",
        description="Sender of texts over SMPP by country, such as BR:28500,TH:AURORA; others are not served.",
    )
    smpp_rate: float = Field(default=10, gt=0, le=1000, description="Most texts a second over SMPP.")
    smpp_window: int = Field(default=10, ge=1, le=1000, description="Most texts under way at once over SMPP.")
    sms_http_url: str | None = Field(
        default=None, description="HTTP gateway for text messages, an https:// address; unset: none is connected."
    )
    sms_http_secrets: SecretStr | None = Field(
        default=None, description="Secrets shared with the HTTP gateway, 'whsec_…[,whsec_…]'; the first one signs."
    )
    sms_http_senders: str = Field(
        default="", description="Sender of texts through the HTTP gateway by country, as AFLUENTE_SMPP_SENDERS."
    )
    mail_bounces: str | None = Field(
        default=None,
        pattern=r"[A-Za-z0-9._-]{1,20}@[A-Za-z0-9.-]+",
        description="Mailbox that undelivered mail comes back to, such as bounces@mail.example; unset: the sender's.",
    )
    rates_online_url: str | None = Field(
        default=None, description="Base address of an online rate source (forex-python's API)."
    )
    rate_limit_days: int = Field(
        default=31, ge=0, le=366, description="How many days old a rate may be; the bundled history is renewed monthly."
    )
    webhook_body_limit: int = Field(default=1_048_576, ge=1024, description="Largest webhook body in bytes.")
    webhook_private_addresses: bool = Field(
        default=False,
        description="Send webhooks to loopback, private and link-local addresses too; for development alone.",
    )
    platform_private_addresses: bool = Field(
        default=False,
        description="Ask platforms at private and loopback addresses too: for development, or a bank's private line.",
    )
    upload_limit: int = Field(default=52_428_800, ge=1024, description="Largest uploaded file in bytes.")
    country_packages: str = Field(
        default="", description="Packages of your own that hold one country each, separated by commas."
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe log line kept."
    )
