"""Payment codes: how many a second one core reads, beside the least that could read them at all.

``python -m benchmarks.rails``. The plain reader beside it cuts objects by their lengths and compares the check sum; it
knows no templates inside templates, refuses nothing by place, and knows no scheme. Rounds are interleaved; medians of
processor time are compared.
"""

from __future__ import annotations

import binascii
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.table import Line, Table
from connectors import rails
from connectors.shared import emv

TARGET_PER_SECOND = 20_000
ROUNDS = 7
SECONDS = 0.3
COUNTRIES = Path(__file__).parents[1] / "connectors" / "countries"


def plain(payload: str) -> dict[str, str | dict[str, str]]:
    """The baseline: cut by lengths, templates 26 to 51 and 62 cut once more, the check sum compared."""
    if f"{binascii.crc_hqx(payload[:-4].encode(), 0xFFFF):04X}" != payload[-4:].upper():
        raise ValueError(payload)
    found: dict[str, str | dict[str, str]] = dict(_cut(payload))
    for tag, value in found.items():
        if isinstance(value, str) and ("26" <= tag <= "51" or tag == "62"):
            found[tag] = dict(_cut(value))
    return found


def _cut(text: str) -> list[tuple[str, str]]:
    pairs, position = [], 0
    while position < len(text):
        length = int(text[position + 2 : position + 4])
        pairs.append((text[position : position + 2], text[position + 4 : position + 4 + length]))
        position += 4 + length
    return pairs


def samples() -> tuple[list[str], list[str]]:
    """Published codes of every country: those of EMVCo's form, and every other text."""
    rows = [
        row["payload"]
        for file in sorted(COUNTRIES.glob("*/vectors/rails.json"))
        for row in json.loads(file.read_text(encoding="utf-8"))["valid"]
        if "asked" not in row
    ]
    codes = [row for row in rows if emv.looks_like(row)]
    return codes, [row for row in rows if not emv.looks_like(row)]


def rates(readers: Sequence[tuple[Callable[[str], object], list[str]]]) -> list[float]:
    """Texts a second of processor time for each reader over its texts: medians of interleaved rounds."""
    found: list[list[float]] = [[] for _ in readers]
    for _ in range(ROUNDS):
        for index, (read, texts) in enumerate(readers):
            count, began = 0, time.process_time()
            while time.process_time() - began < SECONDS:
                for text in texts:
                    read(text)
                count += len(texts)
            found[index].append(count / (time.process_time() - began))
    return [statistics.median(each) for each in found]


def main(table: Table) -> None:
    """Measure reading."""
    codes, others = samples()
    table.heading(f"Payment codes on one core: {len(codes)} of EMVCo's form, {len(others)} other texts")
    baseline, tree, whole, other = rates(
        [(plain, codes), (emv.parse, codes), (rails.decode, codes), (rails.decode, others)]
    )
    table.add(Line("code to its tree, plain reader beside", f"{tree:,.0f}/s", f"{baseline:,.0f}/s", tree / baseline))
    for what, rate in (
        ("code to its tree", tree),
        ("code to what it asks for, any scheme", whole),
        ("barcode, account or reference, any scheme", other),
    ):
        beside = f"{TARGET_PER_SECOND:,}/s asked"
        table.add(Line(what, f"{rate:,.0f}/s", beside, rate / TARGET_PER_SECOND, target=1))


if __name__ == "__main__":
    main(Table())
