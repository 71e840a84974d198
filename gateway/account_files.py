"""An account's statement as a file: XLSX and PDF for people, camt.053 for treasury systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from connectors.statements_out.camt053 import camt053
from connectors.statements_out.pdf import Reader, pdf
from connectors.statements_out.workbook import workbook
from connectors.wording.languages import direction
from domain.account_statements import AccountStatement, Line

FileFormat = Literal["xlsx", "pdf", "camt053"]
MEDIA: Final[dict[FileFormat, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "camt053": "application/xml",
}
_ENDINGS: Final[dict[FileFormat, str]] = {"xlsx": "xlsx", "pdf": "pdf", "camt053": "xml"}

_ENGLISH: Final = Reader()


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
    creditor: str,
    account: str | None = None,
    reader: Reader = _ENGLISH,
) -> StatementFile:
    """The statement with all its lines in a format, for a reader; ``account`` is what they call the account.

    Raises ``camt_not_money`` where camt.053 cannot tell it, and what ``pdf`` raises.
    """
    match form:
        case "xlsx":
            right_to_left = direction(reader.locale) == "rtl"
            content = workbook(statement, lines, words=reader.words, right_to_left=right_to_left)
        case "pdf":
            content = pdf(statement, lines, creditor=creditor, account=account, reader=reader)
        case "camt053":
            content = camt053(statement, lines, created_at=created_at)
    days = f"{statement.period.first}_{statement.period.last}"
    return StatementFile(f"{statement.account.id}_{days}.{_ENDINGS[form]}", MEDIA[form], content)
