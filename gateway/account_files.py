"""An account's statement as a file: XLSX for people, camt.053 for treasury systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from connectors.statements_out.camt053 import camt053
from connectors.statements_out.workbook import ENGLISH, StatementWords, workbook
from domain.account_statements import AccountStatement, Line

FileFormat = Literal["xlsx", "camt053"]
MEDIA: Final[dict[FileFormat, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "camt053": "application/xml",
}
_ENDINGS: Final[dict[FileFormat, str]] = {"xlsx": "xlsx", "camt053": "xml"}


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file with its name and media type."""

    name: str
    media: str
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        """What makes a browser keep it."""
        return {"Content-Disposition": f'attachment; filename="{self.name}"'}


def statement_file(
    form: FileFormat,
    statement: AccountStatement,
    lines: Sequence[Line],
    *,
    created_at: datetime,
    words: StatementWords = ENGLISH,
    right_to_left: bool = False,
) -> StatementFile:
    """The statement with all its lines in a format; raises ``camt_not_money`` where camt.053 cannot tell it."""
    if form == "xlsx":
        content = workbook(statement, lines, words=words, right_to_left=right_to_left)
    else:
        content = camt053(statement, lines, created_at=created_at)
    days = f"{statement.period.first}_{statement.period.last}"
    return StatementFile(f"{statement.account.id}_{days}.{_ENDINGS[form]}", MEDIA[form], content)
