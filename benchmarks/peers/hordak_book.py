"""django-hordak on PostgreSQL: entries of two legs through its models, as many in a transaction as asked."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django
from django.conf import settings


def _configure(socket_folder: str, database: str) -> None:
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": database,
                "USER": "postgres",
                "HOST": socket_folder,
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HORDAK_CURRENCIES=["BRL"],
        DEFAULT_CURRENCY="BRL",
        HORDAK_INTERNAL_CURRENCY="BRL",
        USE_TZ=True,
    )
    django.setup()


class Ledger:
    """Fifty asset accounts in reais."""

    def __init__(self) -> None:
        from django.core.management import call_command  # noqa: PLC0415 (Django is configured first)
        from hordak.models import Account, AccountType  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        self.accounts: list[Any] = [
            Account.objects.create(name=f"a{number}", code=f"{number:02}", type=AccountType.asset, currencies=["BRL"])
            for number in range(50)
        ]
        self.number = 0

    def post(self, size: int, times: int) -> None:
        """Transfers in so many transactions of the database."""
        from django.db import transaction  # noqa: PLC0415

        for _ in range(times):
            with transaction.atomic():
                for _ in range(size):
                    self._transfer()

    def _transfer(self) -> None:
        from moneyed import Money  # noqa: PLC0415

        self.number += 1
        left, right = self.accounts[self.number % 50], self.accounts[(self.number + 7) % 50]
        left.transfer_to(right, Money(100 + self.number % 1000, "BRL"), description="bench")

    def check(self) -> bool:
        """Every entry is there, and debits equal credits."""
        from django.db.models import Sum  # noqa: PLC0415
        from hordak.models import Leg  # noqa: PLC0415

        sums = Leg.objects.aggregate(Sum("debit"), Sum("credit"))
        return Leg.objects.count() == 2 * self.number and sums["debit__sum"] == sums["credit__sum"]

    def backend(self) -> int:
        """The server's process that works for this one."""
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])


def main() -> None:
    """Obey lines until there are no more."""
    _configure(*sys.argv[1:3])
    ledger = Ledger()
    print(json.dumps({"ready": True, "version": django.get_version(), "backend": ledger.backend()}), flush=True)
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
