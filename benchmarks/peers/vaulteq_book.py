"""vaulteq on SQLite, every commit on disk (synchronous=FULL); it commits each entry by itself."""

from __future__ import annotations

import json
import sys
import time

from vaulteq import AccountType, Direction, JournalLineInput, LedgerEngine, PostRequest


class Ledger:
    """Fifty asset accounts in reais."""

    def __init__(self, path: str) -> None:
        self.engine = LedgerEngine(path)
        self.engine.conn.execute("PRAGMA synchronous=FULL")
        self.organization = self.engine.create_organization("bench", base_currency="BRL")
        for number in range(50):
            self.engine.create_account(
                self.organization, f"{number:04}", f"a{number}", AccountType.ASSET, Direction.DEBIT
            )
        self.number = 0

    def post(self, times: int) -> None:
        """Entries of two lines, one by one."""
        for _ in range(times):
            self.number += 1
            amount = 100 + self.number % 1000
            left, right = f"{self.number % 50:04}", f"{(self.number + 7) % 50:04}"
            self.engine.post(
                PostRequest(
                    organization_id=self.organization,
                    idempotency_key=f"k{self.number}",
                    lines=[
                        JournalLineInput(left, Direction.DEBIT, amount, "BRL"),
                        JournalLineInput(right, Direction.CREDIT, amount, "BRL"),
                    ],
                )
            )

    def check(self) -> bool:
        """Its own chain of audit holds, and its accounts come to zero."""
        return bool(self.engine.verify_audit_chain(self.organization)) and not sum(
            self.engine.trial_balance(self.organization).values()
        )


def main() -> None:
    """Obey lines until there are no more."""
    ledger = Ledger(sys.argv[1])
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        word, *numbers = line.split()
        if word == "check":
            print(json.dumps({"holds": ledger.check()}), flush=True)
            continue
        size, times = map(int, numbers)
        started, cpu = time.perf_counter(), time.process_time()
        ledger.post(size * times)
        answer = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
        print(json.dumps(answer), flush=True)


main()
