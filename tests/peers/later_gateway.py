"""The gateway, and an intake, as they are some hours from now: for days that can only be closed once they are over.

They work over the database of a stack that runs today. ``python -m tests.peers.later_gateway --hours 30 --tenant …
--key …`` reads the same settings as ``afluente gateway``; the key is another one than the tenant's first, as two are
needed to close a day.
"""

from __future__ import annotations

import argparse
import threading
import time
from datetime import timedelta

from activities.intake import IntakeActivities
from runtime import clock, gateway, tenancy, wiring
from runtime.settings import Settings
from runtime.wiring import Base
from tests.fakes.nudging import Unmoved


def understand(parts: Base, tenant_id: str) -> None:
    """Read the inbox for ever: what is handed in later is not due yet for the worker of today."""
    intake = IntakeActivities(parts.database, Unmoved(), clock.new_id, clock.now)
    while True:
        intake.batch(tenant_id)
        time.sleep(0.3)


def main() -> None:
    """Serve until told to stop."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--hours", type=float, required=True, help="how much later it is")
    words.add_argument("--tenant", required=True)
    words.add_argument("--key", required=True)
    given = words.parse_args()
    parts = wiring.base(Settings())
    with parts.database.tenant(given.tenant) as tx:
        tenancy.add_key(tx, tenant_id=given.tenant, name="second", api_key=given.key)
    ahead, present = timedelta(hours=given.hours), clock.now
    clock.now = lambda: present() + ahead
    threading.Thread(target=understand, args=(parts, given.tenant), daemon=True).start()
    gateway.main(parts)


if __name__ == "__main__":
    main()
