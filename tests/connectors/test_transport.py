"""The transport: what it sends, what it gives back, its limits, and what its failures and logs say."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_httpserver import HTTPServer
from structlog.testing import capture_logs
from structlog.typing import FilteringBoundLogger
from werkzeug import Request, Response

from connectors.transport import MAX_RESPONSE_BYTES, Transport, certified_client, with_token
from domain.errors import Invalid, Unavailable
from domain.platforms import AccessToken, ClientCertificate, HttpRequest


@pytest.fixture
def transport() -> Iterator[Transport]:
    log: FilteringBoundLogger = structlog.get_logger()
    with httpx.Client() as client:
        yield Transport(client, log, allow_private=True)


def post(url: str, *, timeout_seconds: float = 5.0, headers: dict[str, str] | None = None) -> HttpRequest:
    return HttpRequest("POST", url, headers or {"Authorization": "Bearer sk_secret"}, b"payer=Maria", timeout_seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def failure(transport: Transport, request: HttpRequest) -> Unavailable:
    with pytest.raises(Unavailable) as failed:
        transport.send(request)
    return failed.value


def test_a_request_arrives_as_it_was_built(transport: Transport, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request(
        "/v1/x", method="POST", data=b"payer=Maria", headers={"Idempotency-Key": "req_1"}
    ).respond_with_data("made", status=201, headers={"Request-Id": "abc"})
    response = transport.send(post(httpserver.url_for("/v1/x"), headers={"Idempotency-Key": "req_1"}))
    assert (response.status, response.body, response.headers["request-id"]) == (201, b"made", "abc")


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_status_is_an_answer(transport: Transport, httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/x").respond_with_data("no", status=status, headers={"Location": "/elsewhere"})
    assert transport.send(post(httpserver.url_for("/x"))).status == status


def test_an_answer_of_one_mebibyte_is_read(transport: Transport, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data(b"a" * MAX_RESPONSE_BYTES)
    assert len(transport.send(post(httpserver.url_for("/x"))).body) == MAX_RESPONSE_BYTES


def test_a_larger_answer_is_refused_and_the_outcome_is_open(transport: Transport, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data(b"a" * (MAX_RESPONSE_BYTES + 1))
    error = failure(transport, post(httpserver.url_for("/x")))
    assert (error.code, error.details["ambiguous"]) == ("platform_answer_too_large", True)


def test_a_platform_that_is_not_there_surely_received_nothing(transport: Transport) -> None:
    error = failure(transport, post(f"http://127.0.0.1:{free_port()}/x"))
    assert (error.code, error.details["ambiguous"]) == ("platform_unreachable", False)


def test_a_platform_that_is_slow_may_have_received_it(transport: Transport, httpserver: HTTPServer) -> None:
    def slow(_request: Request) -> Response:
        time.sleep(0.5)
        return Response("late")

    httpserver.expect_request("/x").respond_with_handler(slow)
    error = failure(transport, post(httpserver.url_for("/x"), timeout_seconds=0.1))
    assert (error.code, error.details["ambiguous"]) == ("platform_timeout", True)


def test_a_platform_that_drips_is_cut_off(transport: Transport, httpserver: HTTPServer) -> None:
    def drops() -> Iterator[bytes]:
        for _ in range(60):
            time.sleep(0.06)
            yield b"x"

    def drip(_request: Request) -> Response:
        return Response(drops(), direct_passthrough=True)

    httpserver.expect_request("/x").respond_with_handler(drip)
    started = time.monotonic()
    error = failure(transport, post(httpserver.url_for("/x"), timeout_seconds=0.2))
    assert (error.code, error.details["ambiguous"]) == ("platform_timeout", True)
    assert time.monotonic() - started < 2


def test_a_platform_that_hangs_up_may_have_received_it(transport: Transport) -> None:
    import threading  # noqa: PLC0415 - only this test needs a bare socket

    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(65536)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        error = failure(transport, post(f"http://127.0.0.1:{server.getsockname()[1]}/x"))
        thread.join()
    assert (error.code, error.details["ambiguous"]) == ("platform_unreachable", True)


@pytest.mark.parametrize("url", ["ftp://example.com/x", "not an address"])
def test_an_address_that_is_none_is_invalid(transport: Transport, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        transport.send(post(url))
    assert refused.value.code == "request_malformed"


def test_a_header_that_would_split_the_request_is_invalid(transport: Transport, httpserver: HTTPServer) -> None:
    with pytest.raises(Invalid) as refused:
        transport.send(post(httpserver.url_for("/x"), headers={"X-Name": "a\r\nX-Other: b"}))
    assert refused.value.code == "request_malformed"


@pytest.mark.parametrize("path", ["/works", "/gone"])
def test_logs_tell_neither_headers_nor_body_nor_query(transport: Transport, httpserver: HTTPServer, path: str) -> None:
    httpserver.expect_request("/works").respond_with_data("answer of Maria", headers={"X-Echo": "sk_secret"})
    url = httpserver.url_for(path) if path == "/works" else f"http://user:sk_secret@127.0.0.1:{free_port()}{path}"
    with capture_logs() as logs:
        if path == "/works":
            transport.send(post(url + "?token=sk_secret"))
        else:
            failure(transport, post(url + "?token=sk_secret"))
    (line,) = logs
    assert (line["host"], line["path"]) == (httpserver.host.replace("localhost", line["host"]), path)
    assert "sk_secret" not in str(logs)
    assert "Maria" not in str(logs)


def test_a_token_is_added_and_the_rest_is_kept() -> None:
    request = with_token(HttpRequest("PUT", "https://x.example/", {"Accept": "a"}, b""), AccessToken("abc", 60))
    assert request.headers == {"Accept": "a", "Authorization": "Bearer abc"}


# --- mutual TLS ---------------------------------------------------------------------------------------------------


def pem_pair(folder: Path, name: str, *, signer: tuple[Any, Any] | None = None) -> tuple[Any, Any, ClientCertificate]:
    """A certificate for 127.0.0.1 and its key, signed by ``signer`` or by itself, written to a folder."""
    import ipaddress  # noqa: PLC0415 - only certificates need it

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer[0].subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    )
    certificate = builder.sign(signer[1] if signer else key, hashes.SHA256())
    paths = ClientCertificate(str(folder / f"{name}.crt"), str(folder / f"{name}.key"), str(folder / "authority.crt"))
    Path(paths.certificate_path).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    Path(paths.key_path).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, key, paths


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HTTPServer, ClientCertificate]]:
    """A server that serves only who shows a certificate of its authority."""
    folder = tmp_path_factory.mktemp("tls")
    authority = pem_pair(folder, "authority")
    server_files = pem_pair(folder, "server", signer=authority[:2])[2]
    ours = pem_pair(folder, "ours", signer=authority[:2])[2]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_files.certificate_path, server_files.key_path)
    context.load_verify_locations(authority[2].certificate_path)
    context.verify_mode = ssl.CERT_REQUIRED
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        server.expect_request("/token").respond_with_data("proved")
        yield server, ours


def test_a_request_with_a_certificate_proves_who_we_are(
    transport: Transport, bank: tuple[HTTPServer, ClientCertificate]
) -> None:
    server, ours = bank
    request = HttpRequest("GET", server.url_for("/token"), {}, b"", certificate=ours)
    try:
        assert [transport.send(request).body for _ in range(2)] == [b"proved", b"proved"]
    finally:
        transport.close()


def test_a_request_without_a_certificate_is_not_served(bank: tuple[HTTPServer, ClientCertificate]) -> None:
    server, ours = bank
    context = ssl.create_default_context(cafile=ours.authority_path)
    with httpx.Client(verify=context) as client:
        transport = Transport(client, structlog.get_logger(), allow_private=True)
        error = failure(transport, HttpRequest("GET", server.url_for("/token"), {}, b""))
    assert error.code == "platform_unreachable"


def test_a_server_that_the_authority_did_not_sign_is_not_spoken_to(
    transport: Transport, bank: tuple[HTTPServer, ClientCertificate]
) -> None:
    server, _ = bank
    error = failure(transport, post(server.url_for("/token")))
    assert (error.code, error.details["ambiguous"]) == ("platform_unreachable", False)


def test_unusable_certificate_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("not a certificate")
    for name in ("broken.pem", "missing.pem"):
        path = str(tmp_path / name)
        with pytest.raises(Invalid) as refused:
            certified_client(ClientCertificate(path, path))
        assert refused.value.code == "certificate_unusable"


def test_a_request_is_sealed_with_the_moment_that_it_is_sent_at(httpserver: HTTPServer) -> None:
    moment = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
    httpserver.expect_request("/", headers={"X-Date": moment.isoformat(), "X-Kept": "1"}).respond_with_data(b"{}")
    request = HttpRequest(
        "GET",
        httpserver.url_for("/"),
        {"X-Kept": "1", "X-Date": "-"},
        b"",
        seal=lambda now: {"X-Date": now.isoformat()},
    )
    log: FilteringBoundLogger = structlog.get_logger()
    with httpx.Client() as client:
        assert Transport(client, log, now=lambda: moment, allow_private=True).send(request).status == 200
        with pytest.raises(TypeError, match="clock"):
            Transport(client, log).send(request)


def refused(request: HttpRequest, **given: Any) -> Invalid:
    with httpx.Client() as client, pytest.raises(Invalid) as raised:
        Transport(client, structlog.get_logger(), **given).send(request)
    return raised.value


def test_a_tenants_address_leads_nobody_inside(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("inside")
    for host in ("127.0.0.1", "localhost"):
        error = refused(post(f"http://{host}:{httpserver.port}/x"))
        assert (error.code, "ambiguous" in error.details) == ("address_refused", False)
    assert httpserver.log == []


def test_a_port_inside_says_the_same_whether_anybody_listens(httpserver: HTTPServer) -> None:
    codes = {refused(post(f"http://127.0.0.1:{port}/x")).code for port in (httpserver.port, free_port())}
    assert codes == {"address_refused"}


def test_one_private_address_of_a_name_is_enough_to_refuse_it() -> None:
    addresses = ["93.184.216.34", "10.0.0.1"]
    assert refused(post("http://bank.example/x"), resolve=lambda *_: addresses).code == "address_refused"


def test_a_name_that_turns_inside_after_it_was_looked_at_is_sent_nothing(httpserver: HTTPServer) -> None:
    error = refused(post(f"http://localhost:{httpserver.port}/x"), resolve=lambda *_: ["93.184.216.34"])
    assert (error.code, httpserver.log) == ("address_refused", [])


def test_a_certificate_opens_nothing_inside(bank: tuple[HTTPServer, ClientCertificate]) -> None:
    server, ours = bank
    asked = len(server.log)
    assert refused(HttpRequest("GET", server.url_for("/token"), {}, b"", certificate=ours)).code == "address_refused"
    assert len(server.log) == asked
