"""Channels: the outbox keeps, e-mail is accepted, rejected or uncertain, by a real SMTP server."""

from __future__ import annotations

import email
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from connectors.channels import ChannelTransport, Delivery, Outgoing
from connectors.channels.email import Email, EmailSettings
from connectors.channels.email.composing import Sender, compose, is_address, stuffed
from connectors.channels.outbox import Outbox
from domain.contact_policy import Channel
from domain.errors import Invalid, Unavailable
from tests.fakes.certificates import certificate_in

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SENDER = Sender("Exportadora Ltda", "cobranca@exporter.example", "pessoa@exporter.example")
SERVER = Path(__file__).parents[1] / "peers" / "smtp_server.py"
NOTICE = Outgoing(
    notice_id="ntc_01kaz8sample00000000000001",
    to="maria@debtor.example",
    subject="แจ้งเตือนการชำระเงิน — R$ 1.234,56",
    text="Olá, Maria.\n.a line that starts with a dot\nمرحبا\n",  # noqa: RUF001 - Arabic is meant
    html="<p dir='rtl'>مرحبا</p>",
    locale="pt_BR",
    direction="ltr",
    unsubscribe_url="https://pay.example/stop/abc",
)


def read(mail: bytes) -> EmailMessage:
    message = email.message_from_bytes(mail, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def smtp_server(folder: Path, *login: str) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([sys.executable, str(SERVER), str(folder), *login], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def post_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    folder = tmp_path_factory.mktemp("smtp") / "mail"
    with smtp_server(folder) as port:
        yield port, folder


def channel(port: int, **settings: Any) -> Email:
    values: dict[str, Any] = {"security": "none", "timeout_seconds": 5.0} | settings
    return Email(EmailSettings("127.0.0.1", port, SENDER, **values), lambda: NOW)


def kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.iterdir(), key=lambda path: int(path.stem))]


# --- outbox -------------------------------------------------------------------------------------------------------


def test_the_outbox_keeps_every_notice_for_every_channel() -> None:
    outbox: ChannelTransport = Outbox()
    assert outbox.deliver(NOTICE) == Delivery("delivered", "kept")
    assert outbox.carries == frozenset(Channel)


# --- composing ----------------------------------------------------------------------------------------------------


def test_a_mail_says_who_sends_what_in_which_language() -> None:
    mail = read(compose(NOTICE, sender=SENDER, at=NOW))
    assert mail["From"] == "Exportadora Ltda <cobranca@exporter.example>"
    assert mail["To"] == "maria@debtor.example"
    assert mail["Reply-To"] == "pessoa@exporter.example"
    assert mail["Subject"] == NOTICE.subject
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<ntc_01kaz8sample00000000000001@exporter.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://pay.example/stop/abc>"
    assert [part["Content-Language"] for part in mail.walk()] == ["pt-BR", "pt-BR", "pt-BR"]


def test_one_post_is_enough_to_unsubscribe_where_the_link_is_https() -> None:
    assert read(compose(NOTICE, sender=SENDER, at=NOW))["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = replace(NOTICE, unsubscribe_url="http://localhost:8400/unsubscribe/abc")
    assert read(compose(plain, sender=SENDER, at=NOW))["List-Unsubscribe-Post"] is None


def test_a_long_link_to_unsubscribe_stands_in_one_piece() -> None:
    link = f"https://payments.of.a.long.name.example/unsubscribe/{'a' * 26}-{'b' * 32}"
    mail = compose(replace(NOTICE, unsubscribe_url=link), sender=SENDER, at=NOW)
    assert f"<{link}>".encode() in mail
    assert read(mail)["List-Unsubscribe"] == f"<{link}>"


def test_a_mail_carries_text_and_html_alike() -> None:
    mail = read(compose(NOTICE, sender=SENDER, at=NOW))
    assert mail.get_content_type() == "multipart/alternative"
    parts = [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts() if isinstance(part, EmailMessage)]
    assert parts == [NOTICE.text, (NOTICE.html or "") + "\n"]


def test_a_notice_without_html_is_plain_text() -> None:
    mail = read(compose(replace(NOTICE, html=None), sender=SENDER, at=NOW))
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == NOTICE.text


def test_a_mail_has_only_ascii_and_whole_line_ends() -> None:
    mail = compose(NOTICE, sender=SENDER, at=NOW)
    assert mail.isascii()
    assert mail.replace(b"\r\n", b"").find(b"\n") == -1


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "a\r\nBcc: everyone@example.com"},
        {"to": "a@example.com\r\nBcc: b@example.com"},
        {"unsubscribe_url": "https://x.example/>\r\nBcc: b@example.com"},
        {"notice_id": "a\r\nBcc: b@example.com"},
        {"locale": "pt\r\nBcc: b@example.com"},
    ],
)
def test_nothing_can_add_a_header(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        compose(replace(NOTICE, **changes), sender=SENDER, at=NOW)


@pytest.mark.parametrize("text", ["a@b.example", "a.b+c@sub.b.example", "x" * 64 + "@b.example"])
def test_addresses_that_are(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@b", "@b.example", "a@b.example, c@d.example", "a b@c.example", "á@b.example", "x" * 65 + "@b.c"],
)
def test_addresses_that_are_not(text: str) -> None:
    assert not is_address(text)


def test_a_sender_without_an_address_is_refused() -> None:
    with pytest.raises(Invalid):
        Sender("X", "nobody")


def test_leading_dots_are_doubled_and_the_end_is_marked() -> None:
    assert stuffed(b".a\r\nb.\r\n..c") == b"..a\r\nb.\r\n...c\r\n.\r\n"


# --- delivering ---------------------------------------------------------------------------------------------------


@pytest.mark.servers
def test_an_accepted_mail_arrives_as_it_was_written(post_office: tuple[int, Path]) -> None:
    port, folder = post_office
    assert channel(port).deliver(NOTICE) == Delivery("accepted", "smtp_250")
    assert kept(folder)[-1] == compose(NOTICE, sender=SENDER, at=NOW)


@pytest.mark.servers
def test_undelivered_mail_comes_back_to_an_address_of_its_own(post_office: tuple[int, Path]) -> None:
    port, folder = post_office
    settings = EmailSettings("127.0.0.1", port, SENDER, security="none", bounces="bounces@exporter.example")
    Email(settings, lambda: NOW).deliver(replace(NOTICE, return_token="a1-b2"))
    assert (folder.parent / "from.txt").read_text() == "bounces+a1-b2@exporter.example"
    channel(port).deliver(NOTICE)
    assert (folder.parent / "from.txt").read_text() == SENDER.address


@pytest.mark.parametrize(("letters", "fits"), [(20, True), (21, False)])
def test_a_mailbox_for_bounces_leaves_room_for_the_token(letters: int, *, fits: bool) -> None:
    settings = {"host": "localhost", "port": 25, "sender": SENDER, "bounces": f"{'b' * letters}@exporter.example"}
    if fits:
        assert EmailSettings(**settings).bounces  # type: ignore[arg-type] # made of what is above
    else:
        with pytest.raises(Invalid, match="mail_bounces_invalid"):
            EmailSettings(**settings)  # type: ignore[arg-type] # made of what is above


@pytest.mark.servers
@pytest.mark.parametrize(
    ("who", "delivery"),
    [
        ("unknown", Delivery("rejected", "smtp_550")),
        ("spam", Delivery("rejected", "smtp_554")),
        ("lost", Delivery("uncertain", "mail_connection_lost")),
    ],
)
def test_an_outcome_that_must_not_be_tried_again(post_office: tuple[int, Path], who: str, delivery: Delivery) -> None:
    assert channel(post_office[0]).deliver(replace(NOTICE, to=f"{who}@debtor.example")) == delivery


@pytest.mark.servers
@pytest.mark.parametrize(
    ("who", "code"),
    [("busy", "mail_refused_for_now"), ("full", "mail_refused_for_now"), ("early", "mail_unreachable")],
)
def test_a_failure_that_may_be_tried_again(post_office: tuple[int, Path], who: str, code: str) -> None:
    with pytest.raises(Unavailable) as failed:
        channel(post_office[0]).deliver(replace(NOTICE, to=f"{who}@debtor.example"))
    assert failed.value.code == code


@pytest.mark.servers
def test_a_mail_is_never_sent_in_the_clear_when_encryption_is_asked_for(post_office: tuple[int, Path]) -> None:
    port, folder = post_office
    before = len(kept(folder))
    with pytest.raises(Unavailable) as failed:
        channel(port, security="starttls").deliver(NOTICE)
    assert failed.value.code == "mail_not_protected"
    assert len(kept(folder)) == before


def test_a_server_that_is_not_there_may_be_tried_again() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unavailable) as failed:
        channel(port).deliver(NOTICE)
    assert failed.value.code == "mail_unreachable"


def test_a_malformed_address_is_rejected_without_calling_a_server() -> None:
    assert channel(1).deliver(replace(NOTICE, to="nobody")) == Delivery("rejected", "mail_malformed")


def test_a_password_is_not_sent_unprotected() -> None:
    with pytest.raises(Invalid) as refused:
        channel(25, username="u", password="p")
    assert refused.value.code == "mail_login_unprotected"


def test_settings_do_not_show_the_password() -> None:
    assert "hunter2" not in repr(EmailSettings("h", 587, SENDER, username="u", password="hunter2"))


# --- encrypted and logged in --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A server that wants STARTTLS and a login; its certificate is its own authority."""
    folder = tmp_path_factory.mktemp("guarded")
    certificate_in(folder)
    with smtp_server(folder / "mail", "agent", "hunter2") as port:
        yield port, folder


@pytest.mark.servers
def test_a_mail_is_accepted_after_encryption_and_login(guarded_office: tuple[int, Path]) -> None:
    port, folder = guarded_office
    authority = str(folder / "server.crt")
    guarded = channel(port, security="starttls", username="agent", password="hunter2", authority_path=authority)
    assert guarded.deliver(NOTICE) == Delivery("accepted", "smtp_250")


@pytest.mark.servers
def test_a_wrong_password_is_told(guarded_office: tuple[int, Path]) -> None:
    port, folder = guarded_office
    authority = str(folder / "server.crt")
    guarded = channel(port, security="starttls", username="agent", password="wrong", authority_path=authority)
    with pytest.raises(Unavailable) as failed:
        guarded.deliver(NOTICE)
    assert failed.value.code == "mail_login_refused"


@pytest.mark.servers
def test_a_server_whose_certificate_nobody_vouches_for_gets_no_mail(guarded_office: tuple[int, Path]) -> None:
    with pytest.raises(Unavailable) as failed:
        channel(guarded_office[0], security="starttls").deliver(NOTICE)
    assert (failed.value.code, failed.value.details["reason"]) == (
        "mail_unreachable",
        ssl.SSLCertVerificationError.__name__,
    )
