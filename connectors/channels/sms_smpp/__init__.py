"""Text messages over SMPP 3.4, the protocol of message centres: one text, one recipient, one attempt.

The centre's answer to ``submit_sm`` decides. A refusal that says "later" may be tried again; once a part may have been
taken and no answer says so, the text is ``uncertain`` and never sent again by itself. What becomes of it later comes
back over the same connection, as does what people write.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import Event, Lock, Thread
from typing import Final

import structlog
from aiosmpplib.protocol import SubmitSm
from aiosmpplib.state import NPI, TON, PhoneNumber, SmppCommandStatus

from connectors.channels import Delivery, Outgoing
from connectors.channels.sms_smpp import binding, parts, pdus, receipts
from connectors.channels.sms_smpp.binding import SmppSettings
from connectors.channels.sms_smpp.pdus import Delivered
from connectors.channels.sms_smpp.session import Lost, NotSent, Session
from connectors.channels.texts import LONGEST_SHORT_CODE, Incoming, Listener, Report, international
from connectors.wording.segments import MAX_SEGMENTS
from domain.contacts import Channel
from domain.errors import Unavailable

__all__ = ["Smpp", "SmppSettings"]

_LATER: Final = frozenset(
    {SmppCommandStatus.ESME_RTHROTTLED, SmppCommandStatus.ESME_RMSGQFUL, SmppCommandStatus.ESME_RX_T_APPN}
)
# A fault of the centre says nothing about how far it had come with the text.
_DOUBTFUL: Final = frozenset({SmppCommandStatus.ESME_RSYSERR, SmppCommandStatus.ESME_RUNKNOWNERR})
_TRIES: Final = 3
_LONGEST_WAIT_SECONDS: Final = 60.0
_log = structlog.get_logger("sms")


@dataclass
class _Sent:
    """How far a text has got: the centre's names for the parts that it took, ``None`` where it gave none."""

    parts: int
    names: list[str | None] = field(default_factory=list)

    def ends(self, delivery: Delivery) -> Delivery:
        """The outcome; of a text of which a part was taken, nothing but that it may have arrived."""
        if not self.names:
            return delivery
        if delivery.state != "accepted":
            delivery = Delivery("uncertain", "sms_partly_sent")
        left: list[str | None] = [None] * (self.parts - len(self.names))
        return Delivery(delivery.state, delivery.detail, (*self.names, *left))


class Smpp:
    """Carries text messages to the countries of its senders. ``listener`` keeps what networks and people tell."""

    code: Final = "sms_smpp"
    carries: Final[frozenset[Channel]] = frozenset((Channel.SMS,))

    def __init__(
        self, settings: SmppSettings, *, now: Callable[[], datetime], listener: Listener | None = None
    ) -> None:
        self._settings = settings
        self._now = now
        self._hear = None if listener is None else partial(_heard, listener)
        self._references = itertools.count(int(now().timestamp()))
        self._lock = Lock()
        self._bound: Session | None = None
        self._stopped = Event()
        self._pace = _Pace(settings.rate_per_second)

    def serves(self, to: str) -> bool:
        """Whether a number lies in a country that it has a sender for."""
        return self._settings.senders.of(to) is not None

    def deliver(self, outgoing: Outgoing) -> Delivery:
        """``accepted`` by the centre, ``rejected`` for good, or ``uncertain``.

        Raises ``Unavailable`` (``sms_unreachable``, ``sms_login_refused``, ``sms_not_protected``, ``sms_busy``) where
        surely nothing was sent.
        """
        sender = self._settings.senders.of(outgoing.to)
        if sender is None:
            return Delivery("rejected", "sms_country_not_served")
        if outgoing.deliver_by is not None and outgoing.deliver_by <= self._now():
            raise Unavailable("sms_too_late", "The lawful hours ended before the text was sent.")
        pieces = parts.parts(outgoing.text, reference=next(self._references) % 256)
        if len(pieces) > MAX_SEGMENTS:
            return Delivery("rejected", "sms_too_long")
        sent = _Sent(len(pieces))
        for piece in pieces:
            failure = self._part(_submit(piece, outgoing, sender), sent)
            if failure is not None:
                return sent.ends(failure)
        return sent.ends(Delivery("accepted", "smpp_ESME_ROK"))

    def _part(self, request: SubmitSm, sent: _Sent) -> Delivery | None:
        """Hand one part over; ``None`` where it was taken. Only a part that surely was not is handed over again."""
        for attempt in range(1, _TRIES + 1):
            self._pace.wait()
            try:
                answer = self._session().submit(request)
            except NotSent:  # the centre had hung up: bind anew
                continue
            except Unavailable:
                if sent.names:
                    return Delivery("uncertain", "sms_partly_sent")
                raise
            except Lost:
                return Delivery("uncertain", "sms_no_answer")
            if answer.status not in _LATER or attempt == _TRIES:
                return self._judged(answer, sent)
            self._pace.rest(self._settings.busy_seconds * 2 ** (attempt - 1))
        if sent.names:
            return Delivery("uncertain", "sms_partly_sent")
        raise Unavailable("sms_unreachable", "The message centre hung up again and again.")

    def _judged(self, answer: pdus.Packet, sent: _Sent) -> Delivery | None:
        if answer.status == SmppCommandStatus.ESME_ROK:
            sent.names.append(pdus.text_of_id(answer.body) or None)
            return None
        word = f"smpp_{pdus.status_name(answer.status)}"
        if answer.status in _LATER and not sent.names:
            raise Unavailable("sms_busy", "The message centre asks to try again later.", smpp=word)
        return Delivery("uncertain" if answer.status in _DOUBTFUL else "rejected", word)

    # The connection --------------------------------------------------------------------------------------------

    def _session(self) -> Session:
        """The bound connection, made where there is none."""
        with self._lock:
            if self._stopped.is_set():
                raise Unavailable("sms_unreachable", "The connection to the message centre is being closed.")
            if self._bound is None or self._bound.ended.is_set():
                self._bound = binding.bind(self._settings, hear=self._hear)
                _log.info("sms_bound")
            return self._bound

    def start(self) -> None:
        """Stay connected from now on, so that receipts and texts come in while nothing is sent."""
        Thread(target=self._keep, name="sms-keep", daemon=True).start()

    def close(self) -> None:
        """Leave the centre."""
        self._stopped.set()
        with self._lock:
            if self._bound is not None:
                self._bound.close()

    def _keep(self) -> None:
        wait = 1.0
        while not self._stopped.is_set():
            try:
                session = self._session()
            except Unavailable as error:
                _log.warning("sms_not_bound", code=error.code)
                self._stopped.wait(wait)
                wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
                continue
            wait = 1.0
            if not session.ended.wait(self._settings.enquire_seconds):
                session.alive()


def _heard(listener: Listener, packet: Delivered) -> None:
    """Hand on what a packet tells."""
    if not packet.is_receipt:
        text = Incoming(
            transport=Smpp.code,
            message_id=None,
            sender=international(packet.source),
            recipient=packet.destination,
            text=packet.text,
            piece=packet.piece,
        )
        listener(text)
        return
    told = receipts.read(packet)
    if told is None:
        _log.warning("sms_receipt_without_name")
        return
    name, state, code = told
    listener(Report(Smpp.code, name, state, code, international(packet.source)))


def _submit(piece: parts.Part, outgoing: Outgoing, sender: str) -> SubmitSm:
    by = outgoing.deliver_by
    request = SubmitSm(
        short_message=outgoing.text,
        source=_source(sender),
        destination=PhoneNumber(outgoing.to.removeprefix("+"), TON.INTERNATIONAL, NPI.ISDN),
        esm_class=parts.LINKED if piece.linked else 0,
        validity_period=None if by is None else by.astimezone(UTC),
        registered_delivery=1,
        encoding=piece.coding,
        auto_message_payload=False,
    )
    request.set_encoded_message(piece.content)
    return request


def _source(sender: str) -> PhoneNumber:
    if not sender.isdigit():
        return PhoneNumber(sender, TON.ALPHANUMERIC, NPI.UNKNOWN)
    short = len(sender) <= LONGEST_SHORT_CODE
    return PhoneNumber(sender, TON.NETWORK_SPECIFIC if short else TON.INTERNATIONAL, NPI.UNKNOWN if short else NPI.ISDN)


class _Pace:
    """At most so many messages a second, by however many threads; and none while the centre asked for a rest."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._lock = Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Come back when it is one's turn."""
        with self._lock:
            turn = max(time.monotonic(), self._next)
            self._next = turn + self._gap
        time.sleep(max(0.0, turn - time.monotonic()))

    def rest(self, seconds: float) -> None:
        """Let nobody's turn come for a while."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)
