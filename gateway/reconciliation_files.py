"""Proposals and differences as workbooks: what treasury hands on to people who do not sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from activities.reconciliation_report import DailyReport
from connectors.statements_out.sheets import Sheet, sheets
from domain.money import Money
from domain.reconciliation import Verified
from gateway.account_files import MEDIA as MEDIA_BY_FORM
from gateway.account_files import StatementFile
from store.differences import Difference
from store.recon_evidence import Evidence
from store.reconciliation import MatchGroup, Member

MEDIA: Final = MEDIA_BY_FORM["xlsx"]
MOST_GROUPS: Final = 10_000
MOST_DIFFERENCES: Final = 50_000
MOST_ITEMS: Final = 10_000


def group_file(groups: Sequence[MatchGroup], members: Mapping[str, Sequence[Member]]) -> StatementFile:
    """Groups with their rows, one line for each row, the group's reasons beside the first."""
    headings = (
        "Group", "Status", "Stage", "Score", "Side", "Kind", "What", "Day", "Amount", "Currency", "Fee", "Tax", "Why",
    )  # fmt: skip
    rows = [
        (
            group.id,
            group.status,
            group.stage,
            group.score,
            one.side,
            one.kind,
            one.ref,
            one.day,
            Money(one.amount_minor, one.currency),
            one.currency,
            Money(one.fee_minor, one.currency),
            Money(one.tax_minor, one.currency),
            " ".join(str(reason.get("sentence", "")) for reason in group.reasons) if place == 0 else None,
        )
        for group in groups
        for place, one in enumerate(members[group.id])
    ]
    return StatementFile("proposals.xlsx", MEDIA, sheets(Sheet("Proposals", headings, rows)))


def difference_file(found: Sequence[Difference]) -> StatementFile:
    """Differences, one line for each."""
    headings = (
        "Difference", "Kind", "State", "Amount", "Currency", "Day", "Due", "Owner", "Account", "About", "Resolution",
        "By", "Opened",
    )  # fmt: skip
    rows = [
        (
            one.id,
            one.kind,
            one.state,
            Money(one.amount_minor, one.currency),
            one.currency,
            one.day,
            one.due_date,
            one.owner,
            one.account_id,
            one.subject,
            one.resolution,
            one.resolved_by,
            one.opened_at,
        )
        for one in found
    ]
    return StatementFile("differences.xlsx", MEDIA, sheets(Sheet("Differences", headings, rows)))


def item_file(found: Sequence[Evidence]) -> StatementFile:
    """What is open, one line for each row."""
    headings = (
        "Number", "Account", "Compared", "Side", "Kind", "Day", "Amount", "Currency", "Fee", "Tax", "References",
        "Payer", "Text", "File", "Line",
    )  # fmt: skip
    rows = [
        (
            one.seq,
            one.connection,
            one.leg,
            one.side,
            one.kind,
            one.day,
            Money(one.amount_minor, one.currency),
            one.currency,
            Money(one.fee_minor, one.currency),
            Money(one.tax_minor, one.currency),
            " ".join(one.names),
            one.payer,
            one.text,
            one.filename,
            one.line_no,
        )
        for one in found
    ]
    return StatementFile("open-items.xlsx", MEDIA, sheets(Sheet("Open items", headings, rows)))


def report_file(report: DailyReport) -> StatementFile:
    """The daily report: each child account in its own currency and the parent's, and the totals."""
    figures = ("Value", "By T+1", "By T+4", "Later", "Unexplained")
    headings = (
        "Account", "Compared", "Rows", "Oldest", *figures, "Currency", *(f"{one} converted" for one in figures),
        "Parent's currency",
    )  # fmt: skip
    rows = [
        (
            line.name,
            line.leg.value,
            line.verified.items,
            line.verified.oldest,
            *_figures(line.verified, line.currency),
            line.currency,
            *([None] * len(figures) if line.in_parent is None else _figures(line.in_parent, report.currency)),
            report.currency,
        )
        for line in report.lines
    ]
    totals = [
        (leg.value, told.items, told.oldest, *_figures(told, report.currency), report.currency)
        for leg, told in report.totals.items()
    ]
    return StatementFile(
        f"reconciliation_{report.first}_{report.last}.xlsx",
        MEDIA,
        sheets(
            Sheet("Accounts", headings, rows),
            Sheet("Totals", ("Compared", "Rows", "Oldest", *figures, "Currency"), totals),
        ),
    )


def _figures(told: Verified, currency: str) -> tuple[Money, ...]:
    return tuple(Money(minor, currency) for minor in (told.value, told.by_t1, told.by_t4, told.later, told.open))
