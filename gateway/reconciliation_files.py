"""Proposals and differences as workbooks: what treasury hands on to people who do not sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from connectors.statements_out.sheets import Sheet, sheets
from domain.money import Money
from gateway.account_files import MEDIA as MEDIA_BY_FORM
from gateway.account_files import StatementFile
from store.differences import Difference
from store.reconciliation import MatchGroup, Member

MEDIA: Final = MEDIA_BY_FORM["xlsx"]


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
