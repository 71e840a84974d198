"""Sending webhooks: what comes back is told as it was, nobody is reached inside, and nothing hangs the sender."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.webhook_sender import WebhookSender, resolve
from domain.errors import Invalid
from tests.fakes.hook_receiver import Receiver, closed_port, receiving

HERE = WebhookSender(allow_private=True, seconds=1.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_what_was_posted_arrives_and_the_answer_is_told(receiver: Receiver) -> None:
    receiver.status, receiver.text = 201, b"thank you"
    answer = HERE.post(receiver.url("/a?b=c"), {"webhook-id": "m"}, b'{"x":1}')
    assert (answer.status, answer.excerpt, answer.error) == (201, b"thank you", None)
    (heard,) = receiver.heard
    assert (heard.path, heard.body, heard.headers["webhook-id"]) == ("/a?b=c", b'{"x":1}', "m")
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_only_the_beginning_of_an_answer_is_kept(receiver: Receiver) -> None:
    receiver.status, receiver.text = 500, b"e" * 3_000_000
    answer = HERE.post(receiver.url(), {}, b"{}")
    assert (answer.status, answer.excerpt) == (500, b"e" * 1024)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url("/elsewhere")}
    assert HERE.post(receiver.url(), {}, b"{}").status == 302
    assert [one.path for one in receiver.heard] == ["/hook"]


def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert HERE.post(receiver.url(), {}, b"{}").status == 204


def test_what_a_busy_receiver_asks_is_told(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "120"}
    answer = HERE.post(receiver.url(), {}, b"{}")
    assert (answer.status, answer.retry_after) == (429, "120")


def test_a_receiver_that_hangs_is_left_at_the_deadline(receiver: Receiver) -> None:
    receiver.delay_seconds = 30
    started = time.monotonic()
    assert HERE.post(receiver.url(), {}, b"{}").error == "timeout"
    assert time.monotonic() - started < 3


def test_a_receiver_that_drips_is_left_at_the_deadline(receiver: Receiver) -> None:
    receiver.drip = True
    started = time.monotonic()
    assert HERE.post(receiver.url(), {}, b"{}").error == "timeout"
    assert time.monotonic() - started < 3


def test_where_nobody_listens_nothing_is_reached() -> None:
    assert HERE.post(f"http://127.0.0.1:{closed_port()}/", {}, b"{}").error == "unreachable"


def test_a_host_without_an_address_is_told() -> None:
    def nowhere(host: str, _port: int) -> list[str]:
        raise Invalid("host_unknown", f"{host} has no address.")

    sender = WebhookSender(resolve=nowhere)
    assert sender.post("https://hook.example/", {}, b"{}").error == "host_unknown"
    with pytest.raises(Invalid, match="host_unknown"):
        sender.check("https://hook.example/")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]"])
def test_every_way_to_write_this_machine_is_refused(receiver: Receiver, host: str) -> None:
    sender = WebhookSender()
    assert sender.post(f"https://{host}:{receiver.port}/", {}, b"{}").error in ("address_refused", "host_unknown")
    with pytest.raises(Invalid, match=r"address_refused|host_unknown"):
        sender.check(f"https://{host}:{receiver.port}/")
    assert receiver.heard == []


def test_plain_http_is_refused_outside_loopback(receiver: Receiver) -> None:
    assert WebhookSender().post(receiver.url(), {}, b"{}").error == "https_required"
    inside = WebhookSender(resolve=lambda _host, _port: ["10.0.0.1"], allow_private=True)
    assert inside.post("http://hook.example/", {}, b"{}").error == "https_required"
    assert receiver.heard == []


def test_the_address_that_was_checked_is_the_one_connected_to(receiver: Receiver) -> None:
    """A name that answers otherwise at the second look-up is asked once only (DNS rebinding)."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    sender = WebhookSender(resolve=rebinding, allow_private=True)
    assert sender.post(f"http://hook.example:{receiver.port}/", {}, b"{}").status == 204
    assert asked == ["hook.example"]
    assert receiver.heard[0].headers["host"] == f"hook.example:{receiver.port}"


def test_another_address_of_the_host_is_tried_where_one_is_dead(receiver: Receiver) -> None:
    sender = WebhookSender(resolve=lambda _host, _port: ["127.0.0.2", "127.0.0.1"], allow_private=True)
    assert sender.post(f"http://hook.example:{receiver.port}/", {}, b"{}").status == 204


def test_the_systems_resolver_knows_this_machine() -> None:
    assert "127.0.0.1" in resolve("127.0.0.1", 80)
    with pytest.raises(Invalid, match="host_unknown"):
        resolve("no-such-host.invalid", 80)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for hook.example, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hook.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "hook.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(("host", "error"), [("hook.example", None), ("other.example", "tls_failed")])
def test_the_certificate_is_proved_for_the_name_though_the_address_is_pinned(
    certificate: Path, host: str, error: str | None
) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusted = ssl.create_default_context(cafile=str(certificate))
    sender = WebhookSender(resolve=lambda _host, _port: ["127.0.0.1"], allow_private=True, tls=trusted)
    with receiving(server) as receiver:
        answer = sender.post(f"https://{host}:{receiver.port}/", {}, b"{}")
        assert answer.error == error
        assert len(receiver.heard) == (error is None)


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    sender = WebhookSender(resolve=lambda _host, _port: ["127.0.0.1"], allow_private=True)
    with receiving(server) as receiver:
        assert sender.post(f"https://hook.example:{receiver.port}/", {}, b"{}").error == "tls_failed"
        assert receiver.heard == []
