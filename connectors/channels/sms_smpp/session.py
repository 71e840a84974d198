"""One bound SMPP connection: requests with their answers, and what the network tells by itself.

A request of which not every octet was handed over is ``NotSent``: nobody acts on half a packet. One that was handed
over and got no answer is ``Lost``: it may have been taken.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Final, Protocol

import structlog
from aiosmpplib.protocol import DeliverSmResp, EnquireLink, EnquireLinkResp, GenericNack, Unbind, UnbindResp
from aiosmpplib.state import SmppCommand, SmppCommandStatus

from connectors.channels.sms_smpp import pdus
from connectors.channels.sms_smpp.pdus import RESPONSE, Delivered, Malformed, Packet
from connectors.channels.sms_smpp.wire import Wire

_SEQUENCE_END: Final = 0x7FFFFFFF
_GOOD_BYE_SECONDS: Final = 2.0
_log = structlog.get_logger("sms")


class NotSent(Exception):
    """The request surely did not reach the other side."""


class Lost(Exception):
    """The request went out, and whether it was taken is not known."""


class Request(Protocol):
    """A packet of ours that is answered."""

    sequence_num: int

    def pdu(self) -> bytes:
        """Its octets."""


@dataclass
class _Waiting:
    answered: Event = field(default_factory=Event)
    answer: Packet | None = None


class Session:
    """A connection that was bound. ``hear`` keeps what the network tells; what it refuses the network tells again."""

    def __init__(
        self, connection: socket.socket, *, seconds: float, window: int, hear: Callable[[Delivered], None] | None
    ) -> None:
        self.ended = Event()
        self._wire = Wire(connection)
        self._seconds = seconds
        self._window = BoundedSemaphore(window)
        self._hear = hear
        self._numbers = itertools.count(1)
        self._lock = Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._listening = ThreadPoolExecutor(1, thread_name_prefix="sms-heard")
        Thread(target=self._read, name="sms-read", daemon=True).start()

    def submit(self, request: Request) -> Packet:
        """Ask, and wait for the answer; at most as many at once as the window holds. ``NotSent`` and ``Lost``."""
        if not self._window.acquire(timeout=self._seconds):
            raise NotSent
        try:
            return self._ask(request)
        finally:
            self._window.release()

    def alive(self) -> bool:
        """Ask whether the other side is there; it is left where it is not."""
        try:
            self._ask(EnquireLink())
        except (NotSent, Lost):
            return False
        return True

    def close(self) -> None:
        """Say good-bye and hang up."""
        if not self.ended.is_set():
            with suppress(NotSent, Lost):
                self._ask(Unbind(), seconds=_GOOD_BYE_SECONDS)
            self._wire.close()

    def _ask(self, request: Request, *, seconds: float | None = None) -> Packet:
        waiting = _Waiting()
        with self._lock:
            if self.ended.is_set():
                raise NotSent
            request.sequence_num = number = next(self._numbers) % _SEQUENCE_END
            self._waiting[number] = waiting
        try:
            self._send(request)
        except OSError:
            self._wire.close()
            raise NotSent from None
        waiting.answered.wait(seconds or self._seconds)
        with self._lock:
            self._waiting.pop(number, None)
        if waiting.answer is None:
            self._wire.close()  # whoever does not answer once is not asked again
            raise Lost
        return waiting.answer

    def _send(self, packet: Request) -> None:
        self._wire.send(packet.pdu(), seconds=self._seconds)

    # What comes in ---------------------------------------------------------------------------------------------

    def _read(self) -> None:
        buffer = bytearray()
        try:
            while received := self._wire.receive():
                buffer += received
                while (packet := pdus.take(buffer)) is not None:
                    self._handle(packet)
        except (OSError, Malformed) as error:
            _log.warning("sms_connection_lost", reason=type(error).__name__)
        finally:
            self._end()

    def _end(self) -> None:
        with self._lock:
            self.ended.set()
            left, self._waiting = self._waiting, {}
        for waiting in left.values():
            waiting.answered.set()
        self._listening.shutdown(wait=False)
        self._wire.release()

    def _handle(self, packet: Packet) -> None:
        if packet.command & RESPONSE:
            with self._lock:
                waiting = self._waiting.pop(packet.sequence, None)
            if waiting is not None:
                waiting.answer = packet
                waiting.answered.set()
        elif packet.command == SmppCommand.DELIVER_SM:
            self._listening.submit(self._listen, packet)
        elif packet.command == SmppCommand.ENQUIRE_LINK:
            self._send(EnquireLinkResp(packet.sequence))
        elif packet.command == SmppCommand.UNBIND:
            self._send(UnbindResp(packet.sequence))
            self._wire.close()
        elif packet.command != SmppCommand.ALERT_NOTIFICATION:  # the one that is not answered
            self._send(GenericNack(packet.sequence, SmppCommandStatus.ESME_RINVCMDID))

    def _listen(self, packet: Packet) -> None:
        """Have a delivery kept, and only then say that it was taken."""
        with suppress(OSError):  # gone meanwhile: the network tells it again
            self._send(DeliverSmResp(packet.sequence, self._kept(packet)))

    def _kept(self, packet: Packet) -> SmppCommandStatus:
        if self._hear is None:
            return SmppCommandStatus.ESME_RX_T_APPN
        try:
            self._hear(pdus.read_deliver(packet.body))
        except Malformed:
            _log.warning("sms_delivery_malformed", octets=len(packet.body))
            return SmppCommandStatus.ESME_RX_P_APPN
        except Exception:  # noqa: BLE001 (whatever kept it from being kept, the network is asked to tell it again)
            _log.exception("sms_delivery_not_kept")
            return SmppCommandStatus.ESME_RX_T_APPN
        return SmppCommandStatus.ESME_ROK
