"""Where webhooks may be sent: HTTPS addresses of the public internet, so that nobody reaches inside through us.

IPv4 blocks are those of IANA's IPv4 Special-Purpose Address Registry that are not globally reachable, and multicast;
of IPv6 only 2000::/3 is unicast of the internet, and within it tunnels and documentation are left out, for they carry
other addresses inside.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from domain.errors import Invalid

MAX_URL: Final = 2000
_INNER_V4: Final = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_V6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_FIX: Final = "Register an https:// address of a server on the public internet."


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet; no text that is not one does."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public(found)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _INNER_V4)
    return address in _PUBLIC_V6 and not any(address in block for block in _NOT_PUBLIC_V6)


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return bool(mapped.is_loopback)


def check_addresses(host: str, addresses: list[str], *, scheme: str, allow_private: bool) -> None:
    """Refuse a name of which any address is not public: ``address_refused``, ``https_required``.

    Where private addresses are allowed (development), plain HTTP still leads to this machine alone.
    """
    if not addresses:
        raise Invalid("host_unknown", f"{host} has no address.", fix=_FIX)
    if not allow_private and not all(is_public(address) for address in addresses):
        raise Invalid("address_refused", f"{host} does not lie on the public internet.", fix=_FIX)
    if scheme != "https" and not all(is_loopback(address) for address in addresses):
        raise Invalid("https_required", "Webhooks are sent over HTTPS.", fix=_FIX)


def check_url(url: str, *, allow_private: bool) -> tuple[str, str, int]:
    """Scheme, host and port of an address that webhooks may be sent to, as far as its text tells.

    Raises ``url_malformed`` and ``https_required``.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _malformed("It is no address.") from None
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or len(url) > MAX_URL:
        raise _malformed(f"It is written in at most {MAX_URL} ASCII characters, names of other scripts in punycode.")
    if parts.scheme not in ("https", "http") or not host:
        raise _malformed("It begins with https:// and names a host.")
    if parts.username is not None or parts.password is not None:
        raise _malformed("It carries no user and no password.")
    if "#" in url:
        raise _malformed("It has no fragment.")
    if parts.scheme == "http" and not allow_private:
        raise Invalid("https_required", "Webhooks are sent over HTTPS.", fix=_FIX)
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def _malformed(why: str) -> Invalid:
    return Invalid("url_malformed", f"This address cannot take webhooks. {why}", fix=_FIX)
