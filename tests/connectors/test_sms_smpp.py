"""Text messages over SMPP: what a real message centre gets, and what each of its answers means for a notice."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from connectors.channels import Delivery, Outgoing
from connectors.channels.sms_smpp import Smpp, SmppSettings, parts
from connectors.channels.sms_smpp.pdus import Malformed, Packet, read_deliver, take
from connectors.channels.texts import Incoming, Piece, Report, Senders
from connectors.wording import segments
from domain.errors import Invalid, Unavailable
from tests.fakes.certificates import certificate_in
from tests.fakes.hook_receiver import closed_port, wait_until
from tests.fakes.message_centre import PASSWORD, MessageCentre, message_centre

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
BRAZILIAN = "+55119612345"
SENDERS = Senders.read("BR:28500,TH:AURORA,AE:AD-AURORA")
TEXT = "Maria, a parcela do contrato BR-0001 venceu. Aurora"
NOTICE = Outgoing("ntc_1", f"{BRAZILIAN}99", "", TEXT, None, "pt_BR", "ltr")


def to(way: str, **changes: Any) -> Outgoing:
    return replace(NOTICE, to=f"{BRAZILIAN}{way}", **changes)


Bind = Callable[..., Smpp]


@pytest.fixture(scope="module")
def centre() -> Iterator[MessageCentre]:
    with message_centre() as running:
        yield running


@pytest.fixture
def bind(centre: MessageCentre) -> Iterator[Bind]:
    """Makes a transport that leaves the centre when the test is over."""
    made: list[Smpp] = []

    def make(listener: Any = None, **settings: Any) -> Smpp:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": centre.port,
            "system_id": "afluente",
            "password": PASSWORD,
            "senders": SENDERS,
            "tls": False,
            "rate_per_second": 1000.0,
            "busy_seconds": 0.001,
        } | settings
        made.append(Smpp(SmppSettings(**values), now=lambda: NOW, listener=listener))
        return made[-1]

    yield make
    for transport in made:
        transport.close()
    while not centre.sent.empty():
        centre.sent.get()


def failure(transport: Smpp, outgoing: Outgoing) -> str:
    with pytest.raises(Unavailable) as failed:
        transport.deliver(outgoing)
    return failed.value.code


# --- what is sent


@pytest.mark.servers
def test_a_latin_text_goes_out_in_seven_bits_from_the_countrys_sender(centre: MessageCentre, bind: Bind) -> None:
    delivery = bind().deliver(NOTICE)
    got = centre.next()
    assert delivery == Delivery("accepted", "smpp_ESME_ROK", (got["name"],))
    assert (got["source"], got["source_ton"]) == ("28500", 3)
    assert (got["destination"], got["coding"], got["kind"], got["registered"]) == (NOTICE.to[1:], 0, 0, 1)
    assert bytes.fromhex(got["hex"]) == TEXT.encode()


@pytest.mark.servers
@pytest.mark.parametrize(
    ("number", "text", "sender"),
    [("+66812345678", "ค่างวดเลยกำหนด", "AURORA"), ("+971501234567", "القسط متأخر", "AD-AURORA")],
)
def test_a_text_of_other_letters_goes_out_in_sixteen_bits(
    centre: MessageCentre, bind: Bind, number: str, text: str, sender: str
) -> None:
    bind().deliver(replace(NOTICE, to=number, text=text))
    got = centre.next()
    assert (got["source"], got["source_ton"], got["coding"]) == (sender, 5, 8)
    assert bytes.fromhex(got["hex"]).decode("utf-16-be") == text


@pytest.mark.servers
@pytest.mark.parametrize("text", ["a" * 159 + "€", "[" * 200, "ก" * 150, "é" * 161])
def test_a_long_text_goes_out_in_linked_parts_that_say_it_all(centre: MessageCentre, bind: Bind, text: str) -> None:
    delivery = bind().deliver(replace(NOTICE, text=text))
    got = [centre.next() for _ in delivery.message_ids]
    octets = [bytes.fromhex(one["hex"]) for one in got]
    assert len(got) == segments.segments(text) > 1
    assert all(one["kind"] & 0x40 for one in got)
    assert max(len(part) - 6 for part in octets) <= (153 if segments.encoding(text) == "GSM-7" else 134)
    assert [tuple(part[:3]) for part in octets] == [(5, 0, 3)] * len(got)
    assert len({part[3] for part in octets}) == 1
    assert [(part[4], part[5]) for part in octets] == [(len(got), place) for place in range(1, len(got) + 1)]
    said = "".join(_read_as_incoming(part, one["coding"]) for part, one in zip(octets, got, strict=True))
    assert said == text


def _read_as_incoming(octets: bytes, coding: int) -> str:
    addresses = b"\0" + b"\1\x01551\0" + b"\3\x0028500\0"
    fields = bytes((0x40, 0, 0)) + b"\0\0" + bytes((1, 0, coding, 0, len(octets)))
    return read_deliver(addresses + fields + octets).text


def test_pieces_of_a_text_never_part_a_letter_of_two_units() -> None:
    assert [len(piece) for piece in segments.pieces("€" * 81)] == [76, 5]
    assert [len(piece) for piece in segments.pieces("😀" * 36)] == [33, 3]
    assert segments.pieces("a" * 160) == ["a" * 160]
    assert [len(part.content) for part in parts.parts("a" * 161, reference=7)] == [159, 14]


@pytest.mark.servers
def test_a_text_is_given_up_when_the_lawful_hours_end(centre: MessageCentre, bind: Bind) -> None:
    transport = bind()
    there = timezone(timedelta(hours=-3))
    by = (NOW + timedelta(hours=4, minutes=5)).astimezone(there)
    assert transport.deliver(replace(NOTICE, deliver_by=by)).state == "accepted"
    assert centre.next()["validity"] == "261124190500000+"  # in UTC
    assert transport.deliver(NOTICE).state == "accepted"
    assert centre.next()["validity"] == ""
    assert failure(transport, replace(NOTICE, deliver_by=NOW)) == "sms_too_late"


@pytest.mark.servers
def test_a_text_of_more_parts_than_are_sent_is_rejected(centre: MessageCentre, bind: Bind) -> None:
    longest = "a" * 153 * segments.MAX_SEGMENTS
    assert bind().deliver(replace(NOTICE, text=longest)).state == "accepted"
    assert [centre.next() for _ in range(segments.MAX_SEGMENTS)]
    assert bind().deliver(replace(NOTICE, text=longest + "a")) == Delivery("rejected", "sms_too_long")
    assert centre.sent.empty()


def test_a_country_without_a_sender_is_not_served(bind: Bind) -> None:
    transport = bind()
    assert [transport.serves(number) for number in (NOTICE.to, "+6581234567", "nobody")] == [True, False, False]
    assert transport.deliver(replace(NOTICE, to="+6581234567")) == Delivery("rejected", "sms_country_not_served")


# --- what an answer means


@pytest.mark.servers
def test_a_centre_that_is_busy_is_asked_again_and_then_left_for_later(centre: MessageCentre, bind: Bind) -> None:
    assert failure(bind(), to("01")) == "sms_busy"
    assert [centre.next()["name"] for _ in range(3)] == [None] * 3
    assert failure(bind(), to("03")) == "sms_busy"


@pytest.mark.servers
def test_a_centre_that_was_busy_for_a_moment_takes_the_text_once(centre: MessageCentre, bind: Bind) -> None:
    delivery = bind().deliver(to("02"))
    got = [centre.next(), centre.next()]
    assert [one["name"] for one in got] == [None, *delivery.message_ids]
    assert delivery.state == "accepted"


@pytest.mark.servers
@pytest.mark.parametrize(
    ("way", "delivery"),
    [
        ("04", Delivery("rejected", "smpp_ESME_RINVDSTADR")),
        ("05", Delivery("uncertain", "smpp_ESME_RSYSERR")),
        ("06", Delivery("rejected", "smpp_0x00000412")),
        ("11", Delivery("uncertain", "sms_no_answer")),
    ],
)
def test_an_outcome_that_must_not_be_tried_again(
    centre: MessageCentre, bind: Bind, way: str, delivery: Delivery
) -> None:
    transport = bind()
    assert transport.deliver(to(way)) == delivery
    assert transport.deliver(NOTICE).state == "accepted"  # and the connection is made anew where it was lost
    assert [centre.next()["destination"][-2:] for _ in range(2)] == [way, "99"]


@pytest.mark.servers
def test_a_connection_lost_after_the_answer_costs_nothing(centre: MessageCentre, bind: Bind) -> None:
    transport = bind()
    assert transport.deliver(to("12")).state == "accepted"
    # A text that is written before the loss is noticed may have been taken: that is another test's matter.
    wait_until(lambda: transport._bound is not None and transport._bound.ended.is_set())
    assert transport.deliver(NOTICE).state == "accepted"
    assert [centre.next()["destination"][-2:] for _ in range(2)] == ["12", "99"]


@pytest.mark.servers
def test_a_centre_that_never_answers_leaves_it_open_whether_it_took_the_text(bind: Bind) -> None:
    assert bind(answer_seconds=0.2).deliver(to("13")) == Delivery("uncertain", "sms_no_answer")


@pytest.mark.servers
def test_a_text_of_which_a_part_was_taken_is_never_tried_again(centre: MessageCentre, bind: Bind) -> None:
    delivery = bind().deliver(to("14", text="a" * 161))
    first = centre.next()
    assert delivery == Delivery("uncertain", "sms_partly_sent", (first["name"], None))


@pytest.mark.servers
def test_a_centre_that_hung_up_before_is_bound_anew(centre: MessageCentre, bind: Bind) -> None:
    transport = bind()
    transport.deliver(NOTICE)
    centre.order(hang_up=True)
    wait_until(lambda: transport._bound is not None and transport._bound.ended.is_set())
    assert transport.deliver(NOTICE).state == "accepted"


@pytest.mark.servers
def test_a_wrong_password_is_told_and_nothing_is_sent(centre: MessageCentre, bind: Bind) -> None:
    assert failure(bind(password="wrong"), NOTICE) == "sms_login_refused"
    assert centre.sent.empty()


def test_a_centre_that_is_not_there_may_be_tried_again(bind: Bind) -> None:
    assert failure(bind(port=closed_port()), NOTICE) == "sms_unreachable"


@pytest.mark.servers
def test_something_else_behind_the_port_is_no_centre(bind: Bind) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = bind(port=server.getsockname()[1], connect_seconds=0.2)
        assert failure(transport, NOTICE) == "sms_unreachable"


# --- protected


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MessageCentre, Path]]:
    certificate, key = certificate_in(tmp_path_factory.mktemp("smsc"))
    with message_centre(str(certificate), str(key)) as running:
        yield running, certificate


@pytest.mark.servers
def test_a_text_goes_out_over_tls(guarded: tuple[MessageCentre, Path], bind: Bind) -> None:
    centre, authority = guarded
    heard: Queue[Any] = Queue()
    transport = bind(heard.put, port=centre.port, tls=True, authority_path=str(authority))
    assert transport.deliver(NOTICE).state == "accepted"
    assert centre.receipt("1", "DELIVRD", source=NOTICE.to[1:]) == 0
    assert heard.get(timeout=5).state == "delivered"


@pytest.mark.servers
def test_a_centre_that_nobody_vouches_for_gets_neither_password_nor_text(
    guarded: tuple[MessageCentre, Path], bind: Bind
) -> None:
    assert failure(bind(port=guarded[0].port, tls=True), NOTICE) == "sms_not_protected"


@pytest.mark.servers
def test_a_centre_without_tls_is_not_spoken_to_in_the_clear(bind: Bind) -> None:
    assert failure(bind(tls=True, connect_seconds=0.3), NOTICE) in ("sms_not_protected", "sms_unreachable")


# --- what comes back


@pytest.mark.servers
@pytest.mark.parametrize(
    ("stat", "err", "state", "code"),
    [
        ("DELIVRD", "000", "delivered", "DELIVRD"),
        ("UNDELIV", "027", "failed", "UNDELIV/027"),
        ("EXPIRED", "000", "failed", "EXPIRED"),
        ("REJECTD", "0", "failed", "REJECTD"),
        ("DELETED", "000", "failed", "DELETED"),
        ("ACCEPTD", "000", "accepted", "ACCEPTD"),
        ("ENROUTE", "000", "accepted", "ENROUTE"),
        ("SOMEHOW", "000", "accepted", "SOMEHOW"),
    ],
)
def test_a_receipt_says_what_became_of_a_text(
    centre: MessageCentre, bind: Bind, stat: str, err: str, state: str, code: str
) -> None:
    heard: Queue[Any] = Queue()
    transport = bind(heard.put)
    (name,) = transport.deliver(NOTICE).message_ids
    assert centre.receipt(name, stat, source=NOTICE.to[1:], err=err) == 0
    assert heard.get(timeout=5) == Report("sms_smpp", name, state, code, NOTICE.to)  # type: ignore[arg-type]


@pytest.mark.servers
def test_a_receipt_in_parameters_goes_before_its_text(centre: MessageCentre, bind: Bind) -> None:
    heard: Queue[Any] = Queue()
    bind(heard.put).deliver(NOTICE)
    centre.deliver(
        b"id:7 stat:ENROUTE", source="5511961234599", kind=4, tlvs={0x1E: b"abc\0".hex(), 0x427: "05", 0x1400: "ff"}
    )
    assert heard.get(timeout=5) == Report("sms_smpp", "abc", "failed", "UNDELIV", "+5511961234599")


@pytest.mark.servers
@pytest.mark.parametrize(
    ("content", "coding", "text"),
    [
        (b"SAIR", 0, "SAIR"),
        ("não".encode("latin-1"), 3, "não"),
        ("หยุด".encode("utf-16-be"), 8, "หยุด"),
        ("إيقاف".encode("utf-16-be"), 0x18, "إيقاف"),
        (b"\x00\x1b\x65", 0xF1, "@€"),
        (b"\xff\xfe", 0, "ÿþ"),
        (b"\x0e", 8, "\x0e"),
    ],
)
def test_what_somebody_writes_is_read_in_its_letters(
    centre: MessageCentre, bind: Bind, content: bytes, coding: int, text: str
) -> None:
    heard: Queue[Any] = Queue()
    bind(heard.put).deliver(NOTICE)
    assert centre.deliver(content, source="5511961234599", coding=coding) == 0
    assert heard.get(timeout=5) == Incoming("sms_smpp", None, "+5511961234599", "28500", text)


@pytest.mark.servers
def test_a_part_of_a_linked_text_says_which(centre: MessageCentre, bind: Bind) -> None:
    heard: Queue[Any] = Queue()
    bind(heard.put).deliver(NOTICE)
    centre.deliver(bytes((5, 0, 3, 9, 2, 1)) + b"Paguei ", source="551196", kind=0x40)
    assert heard.get(timeout=5).piece == Piece("09", 1, 2)
    centre.deliver(bytes((6, 8, 4, 1, 9, 2, 2)) + b"ontem", source="551196", kind=0x40)
    last = heard.get(timeout=5)
    assert (last.piece, last.text) == (Piece("0109", 2, 2), "ontem")


@pytest.mark.servers
def test_what_could_not_be_kept_is_told_again(centre: MessageCentre, bind: Bind) -> None:
    def broken(_heard: Any) -> None:
        raise RuntimeError

    bind(broken).deliver(NOTICE)
    assert centre.deliver(b"SAIR", source="5511961234599") == 0x64
    bind().deliver(NOTICE)  # nobody listens there
    assert centre.deliver(b"SAIR", source="5511961234599") == 0x64


@pytest.mark.servers
def test_it_stays_bound_while_nothing_is_sent_and_comes_back(centre: MessageCentre, bind: Bind) -> None:
    heard: Queue[Any] = Queue()
    transport = bind(heard.put, enquire_seconds=0.05)
    transport.start()
    wait_until(lambda: transport._bound is not None)
    first = transport._bound
    centre.order(hang_up=True)
    wait_until(lambda: transport._bound is not first)
    centre.deliver(b"Oi", source="5511961234599")
    assert heard.get(timeout=5).text == "Oi"


# --- packets


def test_packets_are_taken_whole_from_what_has_come() -> None:
    packet = b"\0\0\0\x11\x80\0\0\4\0\0\4\x12\0\0\0\7x"
    buffer = bytearray(packet + packet[:5])
    assert take(buffer) == Packet(0x80000004, 0x412, 7, b"x")
    assert take(buffer) is None
    assert buffer == packet[:5]


@pytest.mark.parametrize("length", [15, 70_001])
def test_a_length_that_no_packet_has_ends_the_connection(length: int) -> None:
    with pytest.raises(Malformed):
        take(bytearray(length.to_bytes(4, "big") + bytes(12)))


@pytest.mark.parametrize("body", [b"", b"\0\1", b"\0\1\1x\0\1\1y\0" + bytes(11) + b"\5abc"])
def test_a_delivery_that_is_cut_short_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_deliver(body)


# --- settings


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "ninechars"}, "smpp_login_malformed"),
        ({"password": ""}, "smpp_login_missing"),
        ({"system_id": "x" * 16}, "smpp_login_malformed"),
        ({"rate_per_second": 0.0}, "smpp_rate_invalid"),
        ({"window": 0}, "smpp_rate_invalid"),
        ({"answer_seconds": 121.0}, "smpp_wait_invalid"),
    ],
)
def test_settings_that_no_centre_takes_are_refused(change: dict[str, Any], code: str) -> None:
    right: dict[str, Any] = {"host": "h", "port": 1, "system_id": "a", "senders": SENDERS, "password": "eightcha"}
    assert "eightcha" not in repr(SmppSettings(**right))
    with pytest.raises(Invalid) as refused:
        SmppSettings(**right | change)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text", ["BR", "BR:", "br:28500", "BR:28500,BR:1234", "BR:TWELVE LETTE", "BR:12", "BR:+5511", "*:28500"]
)
def test_senders_that_cannot_be(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Senders.read(text)
    assert refused.value.code == "sms_sender_malformed"


def test_no_sender_at_all_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        Senders.read(" , ")
    assert refused.value.code == "sms_senders_missing"


def test_each_country_has_its_own_sender() -> None:
    senders = Senders.read("CL:28500, TH:AURORA")
    numbers = ("+56961234567", "+66812345678", "+6581234567", "0812345678")
    assert [senders.of(number) for number in numbers] == ["28500", "AURORA", None, None]
