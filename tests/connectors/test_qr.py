"""Independent programs agree: peers make the same codes, and a reader of QR pictures reads ours back."""

from __future__ import annotations

import re
import struct
import zlib
from decimal import Decimal
from typing import Any

import promptpay_qr
import pytest
import qriskit
import zxingcpp
from brcode import dynamic, static

from connectors import qr
from connectors.countries.brazil import rails as brazil
from connectors.countries.indonesia import rails as indonesia
from connectors.countries.thailand import rails as thailand
from connectors.shared import emv
from tests.connectors.test_rail_vectors import DOCUMENTS

BY_CODE = {rail.code: rail for module in (brazil, indonesia, thailand) for rail in module.RAILS}
QRIS = (
    "00020101021126570011ID.DANA.WWW011893600915300060605702090006060570303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10190046990790303UMI5204481453033605802ID5912Saifullah.id6014Kota Pontianak61057812463045F72"
)
PICTURED = [
    row
    for _, document in DOCUMENTS
    for row in document["encoded"]
    if row["rail"] not in {"sa_iban", "iban_transfer", "spei", "cl_transfer"}  # nobody draws an account
]
PAYEE = {"name": "AUTO FINANCE", "city": "SAO PAULO"}
KEY = {**PAYEE, "key": "fulano@example.com"}
CHARGE = {**PAYEE, "location": "pix.example.com/qr/v2/cobv/1"}
MADE = {
    "pix_static": {**KEY, "amount": "125", "txid": "REQ1", "info": "parcela 3"},
    "pix_dynamic": CHARGE,
    "qris": {"static_payload": QRIS, "amount": "10000", "reference": "INV-1"},
    "promptpay_bill": {"biller": "099400061772100", "ref1": "REQ1", "amount": "1500"},
}


@pytest.mark.parametrize("amount", [None, "67.67"])
@pytest.mark.parametrize(
    ("field", "target"), [("mobile", "0812345678"), ("national_id", "3100600445635"), ("e_wallet", "012345678901234")]
)
def test_promptpay_agrees_with_its_peer(field: str, target: str, amount: str | None) -> None:
    fields = {field: target} | ({} if amount is None else {"amount": amount})
    theirs = promptpay_qr.generate_payload(target, amount=None if amount is None else float(amount))
    assert emv.equivalent(emv.parse(BY_CODE["promptpay"].encode(fields)), emv.parse(theirs))


def test_static_pix_agrees_with_its_peer() -> None:
    ours = BY_CODE["pix_static"].encode(MADE["pix_static"])
    theirs = static.fromJson({**KEY, "amount": 12500, "txid": "REQ1", "description": "parcela 3"})
    assert emv.equivalent(emv.parse(ours), emv.parse(theirs))


def test_dynamic_pix_agrees_with_its_peer() -> None:
    theirs = dynamic.fromJson({**PAYEE, "url": CHARGE["location"], "txid": ""})
    assert emv.equivalent(emv.parse(BY_CODE["pix_dynamic"].encode(CHARGE)), emv.parse(theirs))


def test_qris_agrees_with_its_peer() -> None:
    ours = BY_CODE["qris"].encode({"static_payload": QRIS, "amount": "10000"})
    theirs = qriskit.parse(QRIS).to_dynamic(Decimal(10000)).dumps()
    assert emv.equivalent(emv.parse(ours), emv.parse(theirs))


def test_a_peer_reads_the_bill_number_of_a_qris() -> None:
    read = qriskit.parse(BY_CODE["qris"].encode(MADE["qris"]))
    assert (read.additional_data.bill_number, qriskit.validate(read)) == ("INV-1", [])


@pytest.mark.parametrize("code", list(MADE))
def test_an_independent_reader_reads_the_picture(code: str) -> None:
    payload = BY_CODE[code].encode(MADE[code])
    assert read_png(qr.png(payload)) == payload


@pytest.mark.parametrize("row", PICTURED, ids=lambda row: str(row["id"]))
def test_every_published_code_survives_both_pictures(row: dict[str, Any]) -> None:
    assert read_png(qr.png(row["payload"])) == row["payload"]
    assert read_svg(qr.svg(row["payload"])) == row["payload"]


@pytest.mark.parametrize("text", ["กรุงเทพฯ", "الجواهري العربي", "最佳运输"])
def test_a_name_in_another_script_survives_the_pictures(text: str) -> None:
    assert read_png(qr.png(text)) == text
    assert read_svg(qr.svg(text)) == text


def test_the_pictures_have_a_quiet_zone_of_four_white_modules() -> None:
    width, rows = pixels(qr.png("000201", module_px=1))
    border = [*rows[:4], *rows[-4:], *(row[:4] + row[-4:] for row in rows)]
    assert width == 21 + 2 * 4
    assert all(all(row) for row in border)


def test_the_drawing_has_the_same_quiet_zone() -> None:
    width, dark = modules(qr.svg("000201"))
    assert width == 21 + 2 * 4
    assert {min(axis) for axis in zip(*dark, strict=True)} == {4}
    assert {max(axis) for axis in zip(*dark, strict=True)} == {4 + 20}


def test_the_svg_paints_its_own_white_ground() -> None:
    text = qr.svg("000201")
    assert text.startswith("<svg ")
    assert 'fill="#fff"' in text


def read_png(data: bytes) -> str:
    width, rows = pixels(data)
    flat = bytes(255 if white else 0 for row in rows for white in row)
    image = memoryview(flat).cast("B", (len(rows), width))
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return str(found[0].text)


def read_svg(text: str) -> str:
    """What the drawing says: its modules blown up to eight pixels each."""
    width, dark = modules(text)
    side = width * 8
    flat = bytes(0 if (x // 8, y // 8) in dark else 255 for y in range(side) for x in range(side))
    found = zxingcpp.read_barcodes(memoryview(flat).cast("B", (side, side)))
    assert len(found) == 1
    return str(found[0].text)


def modules(text: str) -> tuple[int, set[tuple[int, int]]]:
    """Width in modules, quiet zone included, and the dark ones: the drawing is one line a run of modules."""
    strokes = re.search(r'stroke="#000"[^>]*?d="([^"]+)"|d="([^"]+)"[^>]*?stroke="#000"', text)
    size = re.search(r'<svg[^>]*? width="([0-9]+)"', text)
    assert strokes is not None
    assert size is not None
    scale = re.search(r"scale\(([0-9]+)\)", text)
    width = int(size[1]) // (1 if scale is None else int(scale[1]))
    x, y, dark = 0.0, 0.0, set()
    for command, values in re.findall(r"([Mmh])([-0-9. ]+)", strokes[1] or strokes[2]):
        numbers = [float(value) for value in re.findall(r"-?[0-9]*\.?[0-9]+", values)]
        if command == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(numbers[0]))}
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if command == "M" else (x + numbers[0], y + numbers[1])
    return width, dark


def pixels(data: bytes) -> tuple[int, list[list[bool]]]:
    """Width and rows (true is white) of a one-bit grey PNG with the filters that segno uses: none and up."""
    width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
    assert (depth, colour) == (1, 0)
    place, packed = 8, b""
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + size]
        place += size + 12
    raw, stride = zlib.decompress(packed), (width + 7) // 8 + 1
    rows, above = [], bytes(stride - 1)
    for line in range(height):
        method, bits = raw[line * stride], raw[line * stride + 1 : (line + 1) * stride]
        assert method in (0, 2)
        above = bits = bits if method == 0 else bytes((a + b) % 256 for a, b in zip(above, bits, strict=True))
        rows.append([bool(bits[x // 8] >> (7 - x % 8) & 1) for x in range(width)])
    return width, rows
