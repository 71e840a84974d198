"""A real SMPP message centre in a process of its own: smpp34's server, behind a door that misbehaves where told to.

Started as ``python smsc.py PASSWORD [CERTIFICATE KEY]``; prints its port. Each message that it gets is printed as a
line of JSON. Lines of JSON on its input make it deliver: ``{"source", "destination", "hex", "kind", "coding",
"tlvs"}``; the answer to each is printed too. ``{"hang_up": true}`` cuts every connection.

Recipients by their last two digits: 01 is always throttled, 02 throttled once, 03 finds the queue full, 04 is no
recipient, 05 is a fault of the centre, 06 a vendor's own status; 11 loses the connection before the answer, 12 after
it, 13 is never answered, 14 loses it before the answer to the second part.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import struct
import sys
from itertools import count
from typing import Any

import smpp34

BIND, SUBMIT, SUBMIT_RESP = 9, 4, 0x80000004
STATUSES = {
    "01": smpp34.ESME_RTHROTTLED,
    "03": smpp34.ESME_RMSGQFUL,
    "04": smpp34.ESME_RINVDSTADR,
    "05": smpp34.ESME_RSYSERR,
    "06": smpp34.ESME_RSYSERR,
}


def tell(**line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Centre:
    """smpp34's server: takes messages or not, and delivers what it is told to."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.seen: dict[str, int] = {}
        self.bound: list[Any] = []
        self.kept: list[Any] = []
        self.validity = ""  # of the last message: the door sees it, the server does not tell it

    async def serve(self, port: int) -> None:
        server = smpp34.Server(host="127.0.0.1", port=port, system_id="SMSC")
        await server.start()
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self.bound.append(event)
            elif isinstance(event, smpp34.SubmitSmEvent):
                self.take(event)
            else:
                self.bound = [one for one in self.bound if one.session_id != event.session_id]

    def take(self, event: Any) -> None:
        way = event.destination_addr[-2:]
        self.seen[way] = self.seen.get(way, 0) + 1
        status = STATUSES.get(way) or (smpp34.ESME_RTHROTTLED if way == "02" and self.seen[way] == 1 else 0)
        name = f"{next(self.numbers):x}"
        tell(
            name=None if status else name,
            source=event.source_addr,
            source_ton=event.source_addr_ton,
            destination=event.destination_addr,
            kind=event.esm_class,
            coding=event.data_coding,
            registered=event.registered_delivery,
            validity=self.validity,
            hex=event.short_message.hex(),
        )
        if way == "13":
            self.kept.append(event)  # forgetting it would be an answer
        elif status:
            event.reject(status)
        else:
            event.accept(name)

    async def deliver(self, order: dict[str, Any]) -> None:
        tlvs = [smpp34.Tlv(int(tag), bytes.fromhex(value)) for tag, value in order.get("tlvs", {}).items()]
        answer = await self.bound[-1].deliver_sm(
            order["destination"],
            bytes.fromhex(order["hex"]),
            source_addr=order["source"],
            esm_class=order.get("kind", 0),
            data_coding=order.get("coding", 0),
            tlvs=tlvs,
        )
        tell(delivered=answer.command_status)


class Door:
    """Stands before the centre: checks passwords and cuts connections, for the centre itself does neither."""

    def __init__(self, centre: Centre, password: str, inner: int) -> None:
        self.centre = centre
        self.password = password
        self.inner = inner
        self.open: list[asyncio.StreamWriter] = []

    async def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.inner)
        self.open.append(writer)
        asked: dict[int, str] = {}
        try:
            await asyncio.gather(self.inward(reader, back, asked, writer), self.outward(there, writer, asked))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()
            back.transport.abort()

    async def inward(self, reader: Any, back: Any, asked: dict[int, str], writer: Any) -> None:
        parts: dict[str, int] = {}
        while True:
            command, sequence, packet = await self.packet(reader)
            if command == BIND and packet[16:].split(b"\0")[1].decode() != self.password:
                writer.write(struct.pack("!IIII", 17, 0x80000009, 0x0000000E, sequence) + b"\0")
                await writer.drain()
                continue
            if command == SUBMIT:
                message = smpp34.decode(packet)
                number, self.centre.validity = message.destination_addr, message.validity_period
                parts[number] = parts.get(number, 0) + 1
                asked[sequence] = f"{number[-2:]}/{parts[number]}"
            back.write(packet)

    async def outward(self, there: Any, writer: Any, asked: dict[int, str]) -> None:
        while True:
            command, sequence, packet = await self.packet(there)
            way, _, part = asked.get(sequence, "").partition("/") if command == SUBMIT_RESP else ("", "", "")
            if way == "11" or (way == "14" and part == "2"):
                raise ConnectionError
            if way == "06":  # the server itself writes no status that the standard does not list
                packet = packet[:8] + struct.pack("!I", 0x412) + packet[12:]
            writer.write(packet)
            await writer.drain()
            if way == "12":
                raise ConnectionError

    async def packet(self, reader: Any) -> tuple[int, int, bytes]:
        head = await reader.readexactly(16)
        length, command, _, sequence = struct.unpack("!IIII", head)
        return command, sequence, head + await reader.readexactly(length - 16)

    def hang_up(self) -> None:
        for writer in self.open:
            writer.transport.abort()
        self.open.clear()


async def main() -> None:
    """Serve until the process is ended."""
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    probe = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    inner = probe.sockets[0].getsockname()[1]
    probe.close()
    await probe.wait_closed()
    centre = Centre()
    door = Door(centre, sys.argv[1], inner)
    serving = asyncio.create_task(centre.serve(inner))
    outer = await asyncio.start_server(door.enter, "127.0.0.1", 0, ssl=context)
    tell(port=outer.sockets[0].getsockname()[1])
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        if order.get("hang_up"):
            door.hang_up()
        else:
            asyncio.create_task(centre.deliver(order))  # noqa: RUF006 - it prints its own end
    serving.cancel()


if __name__ == "__main__":
    asyncio.run(main())
