"""Where webhooks may be sent: the public internet over HTTPS, and nothing that leads inside."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.webhook_addresses import check_addresses, check_url, is_loopback, is_public

INNER_TEXT = """
0.0.0.0 0.255.255.255 10.0.0.1 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.254 169.254.0.1
169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255
198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:1ff::1 2001:db8::1
2002:7f00:1::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 4000::1
localhost 127.1 0x7f000001 2130706433 example.com
"""
PUBLIC_TEXT = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255 169.255.0.0
172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2001:200::1 2606:4700:4700::1111 2a00:1450:4001::1 2000::1 3ffe::1
"""


@pytest.mark.parametrize("address", INNER_TEXT.split())
def test_what_is_not_of_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Invalid, match="address_refused"):
        check_addresses("hook.example", [address], scheme="https", allow_private=False)


@pytest.mark.parametrize("address", PUBLIC_TEXT.split())
def test_what_is_of_the_public_internet_is_allowed(address: str) -> None:
    assert is_public(address)
    check_addresses("hook.example", [address], scheme="https", allow_private=False)


def test_one_inner_address_among_public_ones_is_refused() -> None:
    with pytest.raises(Invalid, match="address_refused"):
        check_addresses("hook.example", ["8.8.8.8", "10.0.0.1"], scheme="https", allow_private=False)


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(Invalid, match="host_unknown"):
        check_addresses("hook.example", [], scheme="https", allow_private=True)


def test_plain_http_leads_a_developer_to_this_machine_alone() -> None:
    check_addresses("localhost", ["127.0.0.1", "::1", "::ffff:127.0.0.1"], scheme="http", allow_private=True)
    for address in ("10.0.0.1", "8.8.8.8", "::"):
        with pytest.raises(Invalid, match="https_required"):
            check_addresses("inside", [address], scheme="http", allow_private=True)
        assert not is_loopback(address)


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("https://hook.example", 443),
        ("https://hook.example:8443/a/b?token=x", 8443),
        ("https://[2606:4700::1]/x", 443),
        ("https://hook.example/" + "a" * 1979, 443),
    ],
)
def test_https_addresses_are_taken(url: str, port: int) -> None:
    assert check_url(url, allow_private=False)[2] == port


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook.example",
        "//hook.example",
        "ftp://hook.example",
        "file:///etc/passwd",
        "gopher://hook.example",
        "https://",
        "https:///path",
        "https://user@hook.example",
        "https://user:secret@hook.example",
        "https://hook.example/#part",
        "https://hook.example/a b",
        "https://hook.example\\@10.0.0.1/",
        "https://hook.example/\r\nHost: inside",
        "https://hook.exämple",
        "https://hook.example:99999",
        "https://hook.example:x",
        "https://[::1",
        "https://hook.example/" + "a" * 1980,
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="url_malformed"):
        check_url(url, allow_private=True)


def test_plain_http_is_refused_unless_a_developer_allowed_it() -> None:
    with pytest.raises(Invalid, match="https_required"):
        check_url("http://hook.example", allow_private=False)
    assert check_url("http://localhost:9000/x", allow_private=True) == ("http", "localhost", 9000)
