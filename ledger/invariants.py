"""Live proofs over the book: what must always hold, checked a third time on real data.

Numbers I1 to I14 are those of the house's list of invariants. Two of them are not read off the tables: I11 beyond the
links between seals is ``ledger.seals.verify``, which reads every entry; I13 (a refused command leaves every byte as it
was) is a matter of tests. I10 needs a day to count from: ``settles``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant: its code, what it says, how many rows break it, and up to five of them."""

    code: str
    statement: str
    broken: int
    examples: tuple[str, ...]
    number: str = ""


_CHECKS: tuple[tuple[str, str, str, str], ...] = (
    (
        "I1",
        "entries_balanced",
        "Every entry sums to zero in every currency.",
        "SELECT entry_seq::text FROM posting GROUP BY entry_seq, currency HAVING sum(amount_minor) <> 0",
    ),
    (
        "I1",
        "entries_complete",
        "Every entry has as many postings as it states, two or more.",
        (
            "SELECT e.seq::text FROM journal_entry e LEFT JOIN posting p ON p.entry_seq = e.seq"
            " GROUP BY e.seq HAVING count(p.line) <> e.postings OR count(p.line) < 2"
        ),
    ),
    (
        "I2",
        "postings_on_leaves",
        "Every posting is on a leaf of its tenant, in the leaf's currency.",
        (
            "SELECT p.entry_seq::text FROM posting p LEFT JOIN account a ON a.no = p.account_no AND a.is_leaf"
            " AND a.currency = p.currency AND a.tenant_id = p.tenant_id WHERE a.no IS NULL"
        ),
    ),
    (
        "I5",
        "postings_on_their_day",
        "Every posting is on the day of its entry.",
        (
            "SELECT p.entry_seq::text FROM posting p JOIN journal_entry e ON e.seq = p.entry_seq"
            " WHERE p.effective_date <> e.effective_date"
        ),
    ),
    (
        "I5",
        "balances_equal_postings",
        "Every balance equals the sum of its postings.",
        (
            "SELECT b.account_no::text FROM account_balance b LEFT JOIN posting p ON p.account_no = b.account_no"
            " GROUP BY b.account_no, b.debit_minor, b.credit_minor"
            " HAVING b.debit_minor <> coalesce(sum(greatest(p.amount_minor, 0)), 0)"
            " OR b.credit_minor <> coalesce(sum(greatest(-p.amount_minor, 0)), 0)"
        ),
    ),
    (
        "I5",
        "days_equal_balances",
        "Every account's days add up to its balance.",
        (
            "SELECT b.account_no::text FROM account_balance b"
            " LEFT JOIN account_balance_day d ON d.account_no = b.account_no"
            " GROUP BY b.account_no, b.debit_minor, b.credit_minor"
            " HAVING b.debit_minor <> coalesce(sum(d.debit_minor), 0)"
            " OR b.credit_minor <> coalesce(sum(d.credit_minor), 0)"
        ),
    ),
    (
        "I5",
        "totals_equal_postings",
        "A parent's counted totals are, day by day, the postings below it up to the entry they are counted to.",
        (
            "SELECT coalesce(t.root_no, s.root_no) || ' ' || coalesce(t.since, s.day) FROM ("
            " SELECT * FROM account_total WHERE span = 'day') t FULL JOIN ("
            " SELECT r.root_no, e.effective_date AS day, a.role, a.currency,"
            " sum(greatest(p.amount_minor, 0)) AS debit_minor, sum(greatest(-p.amount_minor, 0)) AS credit_minor"
            " FROM account_total_progress r JOIN account_closure c ON c.ancestor_no = r.root_no"
            " JOIN account a ON a.no = c.descendant_no JOIN posting p ON p.account_no = a.no"
            " JOIN journal_entry e ON e.seq = p.entry_seq WHERE p.entry_seq <= r.counted_seq GROUP BY 1, 2, 3, 4"
            ") s ON (s.root_no, s.day, s.role, s.currency) = (t.root_no, t.since, t.role, t.currency)"
            " WHERE coalesce(t.debit_minor, 0) <> coalesce(s.debit_minor, 0)"
            " OR coalesce(t.credit_minor, 0) <> coalesce(s.credit_minor, 0)"
        ),
    ),
    (
        "I5",
        "months_equal_days",
        "A parent's counted months are the sums of their days.",
        (
            "SELECT root_no || ' ' || account_month(since) FROM account_total WHERE isfinite(since)"
            " GROUP BY root_no, account_month(since), role, currency"
            " HAVING sum(debit_minor) FILTER (WHERE span = 'day')"
            " IS DISTINCT FROM sum(debit_minor) FILTER (WHERE span = 'month')"
            " OR sum(credit_minor) FILTER (WHERE span = 'day')"
            " IS DISTINCT FROM sum(credit_minor) FILTER (WHERE span = 'month')"
        ),
    ),
    (
        "I14",
        "book_sums_to_zero",
        "All accounts together come to zero in every currency.",
        "SELECT currency FROM posting GROUP BY currency HAVING sum(amount_minor) <> 0",
    ),
    (
        "I8",
        "reversals_mirror",
        "A reversing entry mirrors the entry it reverses.",
        (
            "SELECT e.seq::text FROM journal_entry e JOIN posting p ON p.entry_seq IN (e.seq, e.reverses_seq)"
            " WHERE e.reverses_seq IS NOT NULL GROUP BY e.seq, p.account_no HAVING sum(p.amount_minor) <> 0"
        ),
    ),
    (
        "I12",
        "tree_closed",
        "Every account is in the closure of itself and of its parent's ancestors.",
        (
            "SELECT a.id FROM account a LEFT JOIN account_closure s ON s.descendant_no = a.no"
            " LEFT JOIN account_closure u ON u.descendant_no = a.parent_no AND u.ancestor_no = s.ancestor_no"
            " GROUP BY a.id, a.no, a.parent_no HAVING count(*) FILTER (WHERE s.ancestor_no = a.no) <> 1"
            " OR count(u.ancestor_no) <> (SELECT count(*) FROM account_closure x WHERE x.descendant_no = a.parent_no)"
        ),
    ),
    (
        "I9",
        "receipts_explained",
        "Every receipt is allocated, in suspense, owed back, held for others, a charge or returned, to the minor unit.",
        (
            "SELECT id FROM receipt WHERE state <> 'refused'"
            " AND amount_minor <> allocated_minor + suspense_minor + refunding_minor + held_minor + charged_minor"
            " + reversed_minor"
        ),
    ),
    (
        "I4",
        "receipts_booked_once",
        "Every receipt that moved money has exactly one receipt entry in the book.",
        (
            "SELECT r.id FROM receipt r LEFT JOIN journal_entry e ON e.source = r.id AND e.kind = 'receipt'"
            " WHERE r.state <> 'refused' GROUP BY r.id HAVING count(e.seq) <> 1"
        ),
    ),
    (
        "I5",
        "receivables_equal_instalments",
        "A loan's receivable in the book equals what its instalments still owe, less what was written off.",
        (
            "SELECT l.id FROM loan l JOIN account a ON a.id = l.account_id"
            " JOIN account_balance b ON b.account_no = a.no"
            " JOIN instalment i ON i.loan_id = l.id GROUP BY l.id, b.debit_minor, b.credit_minor"
            " HAVING b.debit_minor - b.credit_minor <> sum(i.amount_minor - i.paid_minor)"
            " - (SELECT coalesce(sum(w.amount_minor - w.recovered_minor), 0) FROM write_off w WHERE w.loan_id = l.id)"
        ),
    ),
    (
        "I3",
        "book_append_only",
        "The triggers that keep entries, postings, reservations and seals as they are stand, for everybody.",
        (
            "SELECT wanted FROM unnest(ARRAY['journal_entry_stays', 'posting_stays', 'posting_is_sound',"
            " 'entry_is_complete', 'account_stays',"
            " 'account_never_deleted', 'account_event_stays', 'account_parent_history_stays',"
            " 'reservation_shrinks', 'reservation_never_deleted', 'reservation_step_stays', 'seal_stays',"
            " 'day_close_goes_on', 'day_close_closes_book', 'day_close_never_deleted',"
            " 'day_close_step_stays', 'account_parent', 'account_stays_in_place', 'reservation_begins',"
            " 'reservation_covers', 'reservation_step_belongs', 'account_total_ends']) AS w(wanted)"
            " WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = wanted AND t.tgenabled IN ('O', 'A'))"
        ),
    ),
    (
        "I3",
        "book_has_one_door",
        "The application may read the tables of the book and write none of them.",
        (
            "SELECT name || ' ' || p FROM unnest(ARRAY['account', 'account_balance', 'account_balance_day',"
            " 'account_closure', 'account_event', 'account_parent_history', 'journal_entry', 'posting', 'reservation',"
            " 'reservation_step', 'seal', 'seal_progress', 'book_closed_until',"
            " 'account_total', 'account_total_progress']) AS t(name)"
            " CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS u(p)"
            " WHERE has_table_privilege('afluente_app', name, p)"
        ),
    ),
    (
        "I4",
        "keys_used_once",
        "Every idempotency key stands for one entry.",
        "SELECT idem_key FROM journal_entry GROUP BY tenant_id, idem_key HAVING count(*) > 1",
    ),
    (
        "I6",
        "limits_kept",
        "No balance is beyond its floor or ceiling when open reservations are taken off.",
        (
            "SELECT account_no::text FROM account_balance"
            " WHERE debit_minor - credit_minor - pending_credit_minor < floor_minor"
            " OR debit_minor - credit_minor + pending_debit_minor > ceiling_minor"
        ),
    ),
    (
        "I7",
        "reservations_add_up",
        "What was posted and released of a reservation, and what is open, is what was reserved; it is resolved once.",
        (
            "SELECT r.id FROM reservation r LEFT JOIN reservation_step s ON s.reservation_id = r.id"
            " GROUP BY r.id HAVING r.amount_minor <> r.open_minor"
            " + coalesce(sum(s.posted_minor + s.released_minor), 0)"
            " OR (r.state = 'open') <> (r.open_minor > 0)"
            " OR count(*) FILTER (WHERE s.resolves) <> CASE WHEN r.state = 'open' THEN 0 ELSE 1 END"
        ),
    ),
    (
        "I7",
        "reservations_booked",
        "What was posted of a reservation is what its entries moved on its account.",
        (
            "SELECT r.id FROM reservation r JOIN reservation_step s ON s.reservation_id = r.id AND s.kind = 'posted'"
            " LEFT JOIN posting p ON p.entry_seq = s.entry_seq AND p.account_no = r.account_no"
            " GROUP BY r.id, s.step, s.posted_minor HAVING coalesce(sum(p.amount_minor), 0)"
            " <> CASE WHEN r.is_debit THEN s.posted_minor ELSE -s.posted_minor END"
        ),
    ),
    (
        "I7",
        "reservations_pending",
        "What is pending on an account is what its reservations have open.",
        (
            "SELECT b.account_no::text FROM account_balance b LEFT JOIN reservation r ON r.account_no = b.account_no"
            " GROUP BY b.account_no, b.pending_debit_minor, b.pending_credit_minor"
            " HAVING b.pending_debit_minor <> coalesce(sum(r.open_minor) FILTER (WHERE r.is_debit), 0)"
            " OR b.pending_credit_minor <> coalesce(sum(r.open_minor) FILTER (WHERE NOT r.is_debit), 0)"
        ),
    ),
    (
        "I8",
        "reversed_once",
        "No entry is reversed twice.",
        "SELECT reverses_seq::text FROM journal_entry GROUP BY reverses_seq HAVING count(reverses_seq) > 1",
    ),
    (
        "I11",
        "seals_in_line",
        "Every seal follows the one before it.",
        (
            "SELECT s.seq::text FROM seal s LEFT JOIN seal p ON p.tenant_id = s.tenant_id AND p.seq = s.seq - 1"
            " WHERE s.from_seq <> coalesce(p.to_seq, 0) + 1"
            " OR s.prev_hash <> coalesce(p.block_hash, decode(repeat('00', 32), 'hex'))"
        ),
    ),
    (
        "I12",
        "tree_acyclic",
        "No account is above itself.",
        (
            "SELECT a.ancestor_no::text FROM account_closure a JOIN account_closure b"
            " ON b.ancestor_no = a.descendant_no AND b.descendant_no = a.ancestor_no"
            " WHERE a.ancestor_no <> a.descendant_no"
        ),
    ),
    (
        "I12",
        "closed_accounts_empty",
        "A closed account has no balance, no open reservation and nothing open below it.",
        (
            "SELECT a.id FROM account a LEFT JOIN account_balance b ON b.account_no = a.no"
            " WHERE a.closed_at IS NOT NULL AND (b.debit_minor <> b.credit_minor"
            " OR b.pending_debit_minor + b.pending_credit_minor > 0"
            " OR EXISTS (SELECT FROM account c WHERE c.parent_no = a.no AND c.closed_at IS NULL))"
        ),
    ),
    (
        "I12",
        "moves_kept",
        "An account that moved hangs where its history says.",
        (
            "SELECT a.id FROM account a JOIN LATERAL (SELECT h.parent_no FROM account_parent_history h"
            " WHERE h.account_no = a.no ORDER BY h.no DESC LIMIT 1) h ON h.parent_no IS DISTINCT FROM a.parent_no"
        ),
    ),
)


def check(tx: Connection) -> list[Finding]:
    """Check every invariant for the transaction's tenant; ``broken`` is zero where it holds."""
    return [_finding(tx, number, code, statement, query) for number, code, statement, query in _CHECKS]


_STILL_THERE = (
    "SELECT a.id FROM account a JOIN account_balance_day d ON d.account_no = a.no"
    " WHERE a.role IN ('clearing', 'in_transit') GROUP BY a.id"
    " HAVING sum(d.debit_minor) FILTER (WHERE d.day <= :day) > sum(d.credit_minor)"
)


def settles(tx: Connection, *, as_of: date, within_days: int) -> Finding:
    """Whether money at platforms and in transit moves on within so many days (I10).

    Broken are accounts that have been debited, up to that day, more than they were credited to this hour: the oldest
    of what they hold has waited longer. That is a case for a person, not a fault of the book.
    """
    day = as_of - timedelta(days=within_days)
    statement = f"Money at platforms and in transit moves on within {within_days} days."
    return _finding(tx, "I10", "transit_settles", statement, _STILL_THERE, {"day": day})


def _finding(
    tx: Connection, number: str, code: str, statement: str, query: str, values: dict[str, date] | None = None
) -> Finding:
    rows = tx.execute(text(query), values or {}).scalars().all()
    return Finding(code, statement, len(rows), tuple(str(row) for row in rows[:5]), number)
