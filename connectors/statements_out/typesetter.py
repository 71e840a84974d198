"""Typesetting in a process of its own: what it needs of memory ends with it, and nothing of this process is in reach.

Typst keeps what it has laid out in memory, about 130 kB for each line of a statement, for as long as its process lives.
Run as a script, this file is that process: it knows typst and nothing of the product.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import typst

AT_ONCE: Final = 2
WAIT_SECONDS: Final = 30
LONGEST_SECONDS: Final = 120
_FAULT: Final = 3
_PLACES: Final = BoundedSemaphore(AT_ONCE)


class TypesettingBusyError(Exception):
    """As many pages are being made as may be made at once."""


class TypesettingError(Exception):
    """Typst could not, or only with a doubt, make the pages; says what typst said."""


def typeset(template: Path, inputs: Mapping[str, str], *, fonts: Sequence[Path], moment: datetime) -> bytes:
    """A template's PDF (PDF/A-3a, PDF/UA-1) with ``inputs`` as its data; ``moment`` is the document's.

    Raises ``TypesettingError`` also for a warning, and ``TypesettingBusyError`` where there was no place, or no end, in
    time.
    """
    asked = {
        "template": str(template),
        "inputs": dict(inputs),
        "fonts": [str(folder) for folder in fonts],
        "moment": int(moment.timestamp()),
    }
    if not _PLACES.acquire(timeout=WAIT_SECONDS):
        raise TypesettingBusyError(f"{AT_ONCE} are being made.")
    try:
        done = subprocess.run(  # noqa: S603 (this file, by this Python; what is asked goes through a pipe)
            [sys.executable, "-I", __file__],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TypesettingBusyError(f"It took longer than {LONGEST_SECONDS} seconds.") from None
    finally:
        _PLACES.release()
    if done.returncode != 0:
        raise TypesettingError(done.stderr.decode(errors="replace"))
    return done.stdout


def _make(asked: Mapping[str, Any]) -> bytes:
    """The PDF, in the process of its own."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=asked["fonts"])
    made, warnings = typst.compile_with_warnings(
        Path(asked["template"]).read_bytes(),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs=asked["inputs"],
        pdf_standards=["a-3a", "ua-1"],
        timestamp=asked["moment"],
    )
    if warnings:
        raise TypesettingError("; ".join(one.message for one in warnings))
    return made


def _main() -> int:
    try:
        made = _make(json.load(sys.stdin))
    except typst.TypstError as error:
        sys.stderr.buffer.write(error.diagnostic.encode())
        return _FAULT
    except TypesettingError as error:
        sys.stderr.buffer.write(str(error).encode())
        return _FAULT
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
