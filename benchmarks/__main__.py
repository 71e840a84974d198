"""``make bench``: every measurement in turn, with the machine's load beside it."""

from __future__ import annotations

import os
import platform

from benchmarks import book, contact


def main() -> None:
    """Measure and print."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f} at the start")
    book.main()
    contact.main()
    print(f"load {os.getloadavg()[0]:.2f} at the end")


if __name__ == "__main__":
    main()
