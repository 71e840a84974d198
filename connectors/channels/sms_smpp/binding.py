"""Where the message centre is and how to sign in: a connection, protected where it can be, bound as a transceiver."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiosmpplib.protocol import BindTransceiver
from aiosmpplib.state import SmppCommand, SmppCommandStatus

from connectors.channels.sms_smpp import pdus
from connectors.channels.sms_smpp.pdus import RESPONSE, Delivered, Malformed, Packet
from connectors.channels.sms_smpp.session import Session
from connectors.channels.texts import Senders
from domain.errors import Invalid, Unavailable

_LONGEST_ID, _LONGEST_PASSWORD, _LONGEST_TYPE = 15, 8, 12  # SMPP v3.4, 5.2.1 to 5.2.3
_LIMIT_SECONDS: Final = 120
_REFUSED: Final = frozenset(
    {SmppCommandStatus.ESME_RINVPASWD, SmppCommandStatus.ESME_RINVSYSID, SmppCommandStatus.ESME_RBINDFAIL}
)


@dataclass(frozen=True, slots=True)
class SmppSettings:
    """A message centre, an account there and the senders that it allows.

    ``window`` is how many messages may be under way at once; after ``busy_seconds`` a centre that asked for patience
    is asked again. ``tls`` false is for centres that are reached over a private line alone.
    """

    host: str
    port: int
    system_id: str
    senders: Senders
    password: str = field(repr=False)
    system_type: str = ""
    tls: bool = True
    authority_path: str | None = None  # PEM file of who signed the centre's certificate; None trusts public ones
    rate_per_second: float = 10.0
    window: int = 10
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0
    enquire_seconds: float = 30.0
    busy_seconds: float = 1.0

    def __post_init__(self) -> None:
        for name, text, longest in (
            ("system id", self.system_id, _LONGEST_ID),
            ("password", self.password, _LONGEST_PASSWORD),
            ("system type", self.system_type, _LONGEST_TYPE),
        ):
            if len(text) > longest or not text.isascii() or not text.isprintable():
                raise Invalid("smpp_login_malformed", f"The {name} has at most {longest} ASCII letters.")
        if not self.system_id or not self.password:
            raise Invalid("smpp_login_missing", "The message centre asks for a system id and a password.")
        if self.rate_per_second <= 0 or self.window < 1:
            raise Invalid("smpp_rate_invalid", "The rate and the window of messages are above zero.")
        if not 0 < self.connect_seconds <= _LIMIT_SECONDS or not 0 < self.answer_seconds <= _LIMIT_SECONDS:
            raise Invalid("smpp_wait_invalid", f"The message centre is waited for at most {_LIMIT_SECONDS} seconds.")


def bind(settings: SmppSettings, *, hear: Callable[[Delivered], None] | None) -> Session:
    """A session. Raises ``Unavailable``: ``sms_unreachable``, ``sms_login_refused``, ``sms_not_protected``."""
    try:
        connection = _connect(settings)
        try:
            answer = _sign_in(connection, settings)
        except BaseException:
            connection.close()
            raise
    except ssl.SSLError:
        raise Unavailable("sms_not_protected", "The message centre could not be reached over TLS.") from None
    except (OSError, Malformed) as error:
        reason = type(error).__name__
        raise Unavailable("sms_unreachable", "The message centre could not be reached.", reason=reason) from None
    if answer.status != SmppCommandStatus.ESME_ROK:
        connection.close()
        word = pdus.status_name(answer.status)
        code = "sms_login_refused" if answer.status in _REFUSED else "sms_unreachable"
        raise Unavailable(code, f"The message centre refused the login ({word}).", smpp=word)
    return Session(connection, seconds=settings.answer_seconds, window=settings.window, hear=hear)


def _connect(settings: SmppSettings) -> socket.socket:
    connection = socket.create_connection((settings.host, settings.port), timeout=settings.connect_seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not settings.tls:
        return connection
    context = ssl.create_default_context(cafile=settings.authority_path)
    try:
        return context.wrap_socket(connection, server_hostname=settings.host)
    except BaseException:
        connection.close()
        raise


def _sign_in(connection: socket.socket, settings: SmppSettings) -> Packet:
    request = BindTransceiver(
        sequence_num=1, system_id=settings.system_id, password=settings.password, system_type=settings.system_type
    )
    connection.sendall(request.pdu())
    deadline, buffer = time.monotonic() + settings.connect_seconds, bytearray()
    while True:
        # One octet more than is asked for would belong to what follows the answer, which the session reads.
        wanted = pdus.HEADER.size if len(buffer) < pdus.HEADER.size else pdus.HEADER.unpack_from(buffer)[0]
        received = connection.recv(max(1, wanted - len(buffer)))
        if not received or time.monotonic() > deadline:
            raise ConnectionError
        buffer += received
        packet = pdus.take(buffer)
        if packet is not None:
            if packet.command not in (SmppCommand.BIND_TRANSCEIVER | RESPONSE, RESPONSE):
                raise Malformed
            return packet
