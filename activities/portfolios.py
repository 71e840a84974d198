"""Importing a portfolio file: rows become parties, loans and cases; what the book owes follows what the file states."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import cases as case_files
from activities.nudges import ImportInput, Nudger, StartPage
from connectors import registry
from connectors.portfolio_files import checks_of, read_portfolio
from domain import claim_bookings
from domain.bookings import Head
from domain.errors import AfluenteError, Invalid
from domain.ids import NewId
from domain.money import Money
from domain.portfolio import (
    DebtorDetails,
    FieldError,
    GuarantorDetails,
    LoanRow,
    RowChange,
    RowErrors,
    compare,
)
from ledger import accounts, closing
from store import cases, creditors, guarantors, loans, parties, portfolios
from store.creditors import Creditor
from store.database import Database
from store.loans import InstalmentRow, Loan
from store.parties import Party
from store.portfolios import Portfolio

_PAGE = 500
_ERRORS_KEPT = 1000


@dataclass(frozen=True)
class ImportDone:
    """What became of a file."""

    state: str
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StartedPage:
    """How many cases a page started and the last one's identifier; ``None`` when there are no more."""

    started: int
    after: str | None


def receive(
    tx: Connection,
    *,
    tenant_id: str,
    creditor_id: str,
    filename: str,
    body: bytes,
    dry_run: bool,
    skip_bad: bool,
    imported_by: str,
    new_id: NewId,
    now: datetime,
) -> Portfolio:
    """Keep a file before it is read."""
    creditors.get(tx, creditor_id)
    portfolio = Portfolio(
        id=new_id("portfolio"),
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        filename=filename,
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        skip_bad=skip_bad,
        dry_run=dry_run,
        state="received",
        counts={},
        errors=[],
        imported_by=imported_by,
        created_at=now,
        finished_at=None,
    )
    portfolios.add(tx, portfolio)
    return portfolio


@dataclass(frozen=True)
class PortfolioActivities:
    """Reading a file into the store, and starting the cases it made."""

    database: Database
    nudger: Nudger
    new_id: NewId
    now: Callable[[], datetime]

    @activity.defn(name="import_portfolio")
    def import_portfolio(self, request: ImportInput) -> ImportDone:
        """Validate the whole file, then write all of its good rows in one transaction, or none."""
        try:
            return self.load(request)
        except AfluenteError as error:
            raise ApplicationError(str(error), type=error.code, non_retryable=error.status < 500) from error  # noqa: PLR2004 (HTTP's border between the asker's fault and ours)

    def load(self, request: ImportInput) -> ImportDone:
        """The same, callable without Temporal."""
        with self.database.tenant(request.tenant_id) as tx:
            portfolio = portfolios.get(tx, request.portfolio_id)
            if portfolio.state in ("imported", "checked", "refused"):
                return ImportDone(portfolio.state, portfolio.counts)
            try:
                rows = list(read_portfolio(portfolio.body, checks=checks_of(registry.countries())))
            except AfluenteError as error:
                return self._finish(tx, portfolio, "refused", {}, [_file_error(error)])
            if not rows:
                empty = Invalid("portfolio_empty", "The file has no rows.", fix="Fill in at least one loan.")
                return self._finish(tx, portfolio, "refused", {}, [_file_error(empty)])
            good = [row for row in rows if isinstance(row, LoanRow)]
            bad = [row for row in rows if isinstance(row, RowErrors)]
            errors = _errors(bad)
            counts = {"rows": len(rows), "bad": len(bad)}
            if bad and not portfolio.skip_bad:
                return self._finish(tx, portfolio, "refused", counts, errors)
            loader = Loader(tx, portfolio, self.new_id, self.now())
            counts |= loader.preview(good) if portfolio.dry_run else loader.write(good)
            return self._finish(tx, portfolio, "checked" if portfolio.dry_run else "imported", counts, errors)

    def _finish(
        self, tx: Connection, portfolio: Portfolio, state: str, counts: dict[str, int], errors: list[dict[str, Any]]
    ) -> ImportDone:
        portfolios.change(
            tx, portfolio.id, state=state, counts=counts, errors=errors[:_ERRORS_KEPT], finished_at=self.now()
        )
        return ImportDone(state, counts)

    @activity.defn(name="start_cases")
    def start_cases(self, page: StartPage) -> StartedPage:
        """Start the workflows of one page of open cases that never had a turn."""
        with self.database.tenant(page.tenant_id) as tx:
            found = cases.unstarted(tx, after=page.after, limit=_PAGE)
        self.nudger.nudge(page.tenant_id, found)
        return StartedPage(len(found), found[-1] if len(found) == _PAGE else None)


def _errors(bad: Iterable[RowErrors]) -> list[dict[str, Any]]:
    return [{"line": row.line, **asdict(error)} for row in bad for error in row.errors]


def _file_error(error: AfluenteError) -> dict[str, Any]:
    line = error.details.get("line", 1)
    return {"line": line, **asdict(FieldError("", "", error.code, error.message, error.fix or ""))}


@dataclass
class Loader:
    """Writes the good rows of one file in the caller's transaction."""

    tx: Connection
    portfolio: Portfolio
    new_id: NewId
    now: datetime

    def __post_init__(self) -> None:
        self.creditor: Creditor = creditors.get(self.tx, self.portfolio.creditor_id)

    def preview(self, rows: Iterable[LoanRow]) -> dict[str, int]:
        """What writing the rows would change, without writing."""
        return dict(Counter(self._change(row)[0].value for row in rows))

    def write(self, rows: Iterable[LoanRow]) -> dict[str, int]:
        """Write the rows and open (or tell) the cases of the debtors they speak of."""
        counts: Counter[str] = Counter()
        debtors: dict[tuple[str, str, str], None] = {}
        for row in rows:
            change, known = self._change(row)
            counts[change.value] += 1
            if change is RowChange.UNCHANGED:
                continue
            party_id = self._party(row)
            loan_id = self._add_loan(row, party_id) if known is None else self._restate_loan(row, known)
            if row.guarantor is not None:
                self._guarantor(row, row.guarantor, loan_id)
            debtors[party_id, row.country, row.currency] = None
        for party_id, country, currency in debtors:
            counts["cases_opened"] += self._case(party_id, country, currency)
        return dict(counts)

    def _change(self, row: LoanRow) -> tuple[RowChange, Loan | None]:
        known = loans.by_contract(self.tx, creditor_id=self.creditor.id, contract_no=row.contract_no)
        return compare(known.fingerprint if known else None, row.fingerprint), known

    def _case(self, party_id: str, country: str, currency: str) -> int:
        found = case_files.ensure_open(
            self.tx,
            tenant_id=self.portfolio.tenant_id,
            creditor_id=self.creditor.id,
            party_id=party_id,
            country=country,
            currency=currency,
            cause=f"portfolio/{self.portfolio.id}",
            new_id=self.new_id,
            now=self.now,
        )
        return 1 if found and found[1] else 0

    def _party(self, row: LoanRow) -> str:
        debtor = row.debtor
        country = registry.country(row.country)
        reach: dict[str, Any] = {
            "name": debtor.name,
            "email": debtor.email,
            "phone": debtor.phone,
            "locale": debtor.preferred_locale or country.locales[0],
            "channel": debtor.preferred_channel or "email",
            "subdivision": debtor.subdivision,
            "city": debtor.city,
            "address": debtor.address,
            "postal_code": debtor.postal_code,
            "time_zone": country.zone_of(debtor.subdivision),
        }
        known = parties.find(self.tx, country=row.country, scheme=debtor.id_scheme, value=debtor.id_value)
        if known is not None:
            parties.change(self.tx, known.id, now=self.now, values=reach)
        party_id = known.id if known is not None else self._add_party(row, debtor, reach)
        parties.agree(self.tx, party_id, consents=debtor.consents, registries=debtor.registries, now=self.now)
        return party_id

    def _add_party(self, row: LoanRow, person: DebtorDetails | GuarantorDetails, reach: dict[str, Any]) -> str:
        party = Party(
            id=self.new_id("party"),
            tenant_id=self.portfolio.tenant_id,
            country=row.country,
            kind=person.kind,
            id_scheme=person.id_scheme,
            id_value=person.id_value,
            consents=[],
            registries=[],
            created_at=self.now,
            updated_at=self.now,
            **reach,
        )
        parties.add(self.tx, party)
        return party.id

    def _guarantor(self, row: LoanRow, guarantor: GuarantorDetails, loan_id: str) -> None:
        """A guarantor is a party of their own; what the file leaves out of one who is known stays as it is."""
        country = registry.country(row.country)
        stated = {"email": guarantor.email, "phone": guarantor.phone, "subdivision": guarantor.subdivision}
        reach: dict[str, Any] = {name: value for name, value in stated.items() if value is not None}
        if guarantor.subdivision is not None:
            reach["time_zone"] = country.zone_of(guarantor.subdivision)
        known = parties.find(self.tx, country=row.country, scheme=guarantor.id_scheme, value=guarantor.id_value)
        if known is None:
            unsaid = dict.fromkeys(("email", "phone", "subdivision", "city", "address"))
            party_id = self._add_party(
                row,
                guarantor,
                unsaid
                | {"name": guarantor.name, "locale": country.locales[0], "channel": "email"}
                | {"time_zone": country.zone_of(None)}
                | reach,
            )
        else:
            party_id = known.id
            parties.change(self.tx, known.id, now=self.now, values=reach)
        guarantors.add(self.tx, loan_id=loan_id, party_id=party_id, tenant_id=self.portfolio.tenant_id, now=self.now)

    def _add_loan(self, row: LoanRow, party_id: str) -> str:
        loan_id = self.new_id("loan")
        receivable, placed = self._accounts(row, loan_id)
        loan = Loan(
            id=loan_id,
            tenant_id=self.portfolio.tenant_id,
            creditor_id=self.creditor.id,
            party_id=party_id,
            contract_no=row.contract_no,
            country=row.country,
            product=row.product,
            currency=row.currency,
            principal_minor=row.principal.minor,
            vehicle=asdict(row.vehicle),
            account_id=receivable,
            fingerprint=row.fingerprint,
            portfolio_id=self.portfolio.id,
            created_at=self.now,
            updated_at=self.now,
        )
        loans.add(self.tx, loan, _instalments(row, loan_id))
        if row.outstanding:
            entry = claim_bookings.claim_opened(
                self._head(f"claim/{loan_id}", loan_id),
                receivable=receivable,
                placed=placed,
                outstanding=row.outstanding,
            )
            closing.post_one(self.tx, entry, now=self.now)
        return loan_id

    def _restate_loan(self, row: LoanRow, known: Loan) -> str:
        """The creditor's system states the loan anew; it never re-opens what was received here.

        Of each instalment the larger of what the file and what this product knows as paid stands.
        """
        before = {item.number: item for item in loans.instalments(self.tx, [known.id])}
        after = [
            InstalmentRow(
                item.loan_id,
                item.number,
                item.due_date,
                item.amount_minor,
                min(item.amount_minor, max(item.paid_minor, before[item.number].paid_minor))
                if item.number in before
                else item.paid_minor,
            )
            for item in _instalments(row, known.id)
        ]
        stated = {item.number for item in after}
        after += [
            InstalmentRow(item.loan_id, item.number, item.due_date, item.paid_minor, item.paid_minor)
            for item in before.values()
            if item.paid_minor and item.number not in stated  # money was received for it, and may yet go back
        ]
        loans.replace_instalments(self.tx, known, after)
        loans.restate(self.tx, known.id, fingerprint=row.fingerprint, portfolio_id=self.portfolio.id, now=self.now)
        change = _owed(after) - _owed(before.values())
        if change:
            receivable, placed = self._accounts(row, known.id)
            entry = claim_bookings.claim_restated(
                self._head(f"restated/{known.id}/{self.portfolio.id}", known.id),
                receivable=receivable,
                placed=placed,
                change=Money(change, row.currency),
            )
            closing.post_one(self.tx, entry, now=self.now)
        return known.id

    def _accounts(self, row: LoanRow, loan_id: str) -> tuple[str, str]:
        return accounts.open_receivable(
            self.tx,
            tenant_id=self.portfolio.tenant_id,
            creditor_id=self.creditor.id,
            country=row.country,
            currency=row.currency,
            loan_id=loan_id,
            contract_no=row.contract_no,
            new_id=self.new_id,
            now=self.now,
        )

    def _head(self, key: str, source: str) -> Head:
        return Head(self.new_id("entry"), key, self.now.date(), source)


def _instalments(row: LoanRow, loan_id: str) -> list[InstalmentRow]:
    return [
        InstalmentRow(loan_id, item.number, item.due_date, item.amount.minor, item.paid.minor)
        for item in row.instalments
    ]


def _owed(rows: Iterable[InstalmentRow]) -> int:
    return sum(row.amount_minor - row.paid_minor for row in rows)
