"""python-accounting on SQLite, every commit on disk (synchronous=FULL): journal entries of one line item."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from python_accounting.database.session import get_session
from python_accounting.models import Account, Base, Currency, Entity, LineItem
from python_accounting.models import Ledger as Row
from python_accounting.transactions import JournalEntry
from sqlalchemy import create_engine, event, func, select


class Ledger:
    """Fifty bank accounts in reais; the first entity and its reporting period."""

    def __init__(self, session: Any) -> None:
        self.session = session
        entity = Entity(name="bench")
        session.add(entity)
        session.commit()
        currency = Currency(name="Real", code="BRL", entity_id=entity.id)
        session.add(currency)
        session.commit()
        accounts = [
            Account(
                name=f"a{number}",
                account_type=Account.AccountType.CURRENT_ASSET,
                currency_id=currency.id,
                entity_id=entity.id,
            )
            for number in range(50)
        ]
        session.add_all(accounts)
        session.commit()
        self.entity_id = entity.id
        self.accounts = [account.id for account in accounts]
        self.number = 0

    def post(self, size: int, times: int) -> None:
        """Journal entries, so many to a commit."""
        for _ in range(times):
            for _ in range(size):
                self._post_one()
            self.session.commit()

    def _post_one(self) -> None:
        self.number += 1
        entry = JournalEntry(
            narration="bench",
            transaction_date=datetime.now(UTC).replace(tzinfo=None),
            account_id=self.accounts[self.number % 50],
            entity_id=self.entity_id,
        )
        self.session.add(entry)
        self.session.flush()
        line = LineItem(
            narration="bench",
            account_id=self.accounts[(self.number + 7) % 50],
            amount=100 + self.number % 1000,
            entity_id=self.entity_id,
        )
        self.session.add(line)
        self.session.flush()
        entry.line_items.add(line)
        self.session.add(entry)
        entry.post(self.session)

    def check(self) -> bool:
        """Two rows for each entry, and debits equal credits."""
        sums = dict(self.session.execute(select(Row.entry_type, func.sum(Row.amount)).group_by(Row.entry_type)).all())
        rows = self.session.execute(select(func.count(Row.id))).scalar_one()
        return rows == 2 * self.number and len(set(sums.values())) == 1


def main() -> None:
    """Obey lines until there are no more."""
    engine = create_engine(f"sqlite:///{sys.argv[1]}").execution_options(include_deleted=False, ignore_isolation=False)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=FULL"))
    Base.metadata.create_all(engine)
    with get_session(engine) as session:
        ledger = Ledger(session)
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            word, *numbers = line.split()
            if word == "check":
                print(json.dumps({"holds": ledger.check()}), flush=True)
                continue
            size, times = map(int, numbers)
            started, cpu = time.perf_counter(), time.process_time()
            ledger.post(size, times)
            answer = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
            print(json.dumps(answer), flush=True)


main()
