"""Live proofs over the book: what must always hold, checked a third time on real data."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant: its code, what it says, how many rows break it, and up to five of them."""

    code: str
    statement: str
    broken: int
    examples: tuple[str, ...]


_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "entries_balanced",
        "Every entry sums to zero in every currency.",
        "SELECT entry_seq::text FROM posting GROUP BY entry_seq, currency HAVING sum(amount_minor) <> 0",
    ),
    (
        "entries_complete",
        "Every entry has as many postings as it states, two or more.",
        (
            "SELECT e.seq::text FROM journal_entry e LEFT JOIN posting p ON p.entry_seq = e.seq"
            " GROUP BY e.seq HAVING count(p.line) <> e.postings OR count(p.line) < 2"
        ),
    ),
    (
        "postings_on_leaves",
        "Every posting is on a leaf of its tenant, in the leaf's currency.",
        (
            "SELECT p.entry_seq::text FROM posting p LEFT JOIN account a ON a.no = p.account_no AND a.is_leaf"
            " AND a.currency = p.currency AND a.tenant_id = p.tenant_id WHERE a.no IS NULL"
        ),
    ),
    (
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
        "book_sums_to_zero",
        "All accounts together come to zero in every currency.",
        "SELECT currency FROM posting GROUP BY currency HAVING sum(amount_minor) <> 0",
    ),
    (
        "reversals_mirror",
        "A reversing entry mirrors the entry it reverses.",
        (
            "SELECT e.seq::text FROM journal_entry e JOIN posting p ON p.entry_seq IN (e.seq, e.reverses_seq)"
            " WHERE e.reverses_seq IS NOT NULL GROUP BY e.seq, p.account_no HAVING sum(p.amount_minor) <> 0"
        ),
    ),
    (
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
        "receipts_explained",
        "Every receipt is allocated, in suspense or returned, to the minor unit.",
        (
            "SELECT id FROM receipt WHERE state <> 'refused'"
            " AND amount_minor <> allocated_minor + suspense_minor + reversed_minor"
        ),
    ),
    (
        "receipts_booked_once",
        "Every receipt that moved money has exactly one receipt entry in the book.",
        (
            "SELECT r.id FROM receipt r LEFT JOIN journal_entry e ON e.source = r.id AND e.kind = 'receipt'"
            " WHERE r.state <> 'refused' GROUP BY r.id HAVING count(e.seq) <> 1"
        ),
    ),
    (
        "receivables_equal_instalments",
        "A loan's receivable in the book equals what its instalments still owe.",
        (
            "SELECT l.id FROM loan l JOIN account a ON a.id = l.account_id"
            " JOIN account_balance b ON b.account_no = a.no"
            " JOIN instalment i ON i.loan_id = l.id GROUP BY l.id, b.debit_minor, b.credit_minor"
            " HAVING b.debit_minor - b.credit_minor <> sum(i.amount_minor - i.paid_minor)"
        ),
    ),
)


def check(tx: Connection) -> list[Finding]:
    """Check every invariant for the transaction's tenant; ``broken`` is zero where it holds."""
    findings = []
    for code, statement, query in _CHECKS:
        rows = tx.execute(text(query)).scalars().all()
        findings.append(Finding(code, statement, len(rows), tuple(str(row) for row in rows[:5])))
    return findings
