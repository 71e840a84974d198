"""Start a fake world: its address is the first line that it prints; it ends when it is asked to."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.peers.fake_world.server import running


def main() -> None:
    """Play until told to stop."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=0, help="0: any that is free")
    words.add_argument("--seed", type=int, default=1, help="what is made up follows from it")
    words.add_argument("--compression", type=float, default=20_000.0, help="by how much waits between retries shrink")
    given = words.parse_args()
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    with running(seed=given.seed, port=given.port, compression=given.compression) as server:
        sys.stdout.write(f"{server.world.base_url}\n")
        sys.stdout.flush()
        over.wait()


if __name__ == "__main__":
    main()
