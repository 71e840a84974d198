"""What a leaf is called in other programs: under one of the five roots of accounting, unique and safe to write.

``Assets:Clearing:BR:BRL:01M85627SVFTDS5Q984G5SDV2P``: root, role, country where there is one, currency, and the
account's identifier, so that no name that people gave can break a file or make two accounts one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from domain.accounts import TYPES, AccountType
from domain.errors import Invalid
from ledger.exports.reading import ExportLeaf

_OF_TYPE: Final[Mapping[AccountType, str]] = {
    AccountType.ASSET: "Assets",
    AccountType.LIABILITY: "Liabilities",
    AccountType.INCOME: "Income",
    AccountType.EXPENSE: "Expenses",
    AccountType.EQUITY: "Equity",
}
ROOTS: Final[Mapping[str, str]] = {role.value: _OF_TYPE[kind] for role, kind in TYPES.items()}
"""The root of each role's leaves, by its type in the chart of accounts."""

_UNSAFE = re.compile(r"[^A-Z0-9]+")


def root_of(role: str) -> str:
    """The root under which a role's leaves stand; ``role_without_root`` for a role that has none."""
    root = ROOTS.get(role)
    if root is None:
        raise Invalid("role_without_root", f"No root of the chart of accounts is known for {role}.", role=role)
    return root


def account_name(leaf: ExportLeaf) -> str:
    """The leaf's name: letters, digits and hyphens, each part beginning with a capital or a digit."""
    role = leaf.role.value.replace("_", "-").capitalize()
    identity = _UNSAFE.sub("-", leaf.id.rpartition("_")[2].upper()).strip("-")
    parts = (root_of(leaf.role.value), role, leaf.country, leaf.balance.currency, identity)
    return ":".join(part for part in parts if part)


def names(leaves: tuple[ExportLeaf, ...]) -> dict[str, str]:
    """Every leaf's name by its identifier; ``account_names_collide`` where two would be one."""
    found = {leaf.id: account_name(leaf) for leaf in leaves}
    if len(set(found.values())) != len(found):
        raise Invalid("account_names_collide", "Two accounts would have one name.")
    return found


def one_line(text: str) -> str:
    """A text without line ends and other control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
