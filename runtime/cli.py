"""The ``afluente`` command."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from activities import portfolios as portfolio_desk
from activities.nudges import WORK_QUEUE, ImportInput
from domain.account_statements import Period
from domain.accounts import MONEY_ROLES
from domain.errors import Invalid
from domain.money import Money
from ledger import accounts, balances, invariants, statements
from ledger.exports import reading
from runtime import (
    book_proofs,
    clock,
    close_commands,
    gateway,
    mail_commands,
    migrations,
    notice_commands,
    offices,
    questions,
    sweep_commands,
    temporal,
    tenancy,
    up,
    wiring,
    workers,
)
from runtime.asking import answer, day_of, file_bytes, moment_of, run
from runtime.book_files import (
    ExportFormat,
    StatementFormat,
    deliver,
    export_bytes,
    statement_bytes,
)
from runtime.reconcile_command import reconcile_command
from runtime.settings import Settings
from runtime.wiring import Base
from store import cases, creditors, inbox, notices, portfolios, tenants
from store.database import Database
from workflows.portfolio_import import PortfolioImport

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Afluente: cross-border collections. Lawful notices, local payment rails, one book.",
)
account_commands = typer.Typer(no_args_is_help=True, help="Parent and child accounts.")
tenant_commands = typer.Typer(no_args_is_help=True, help="Tenants and their first people.")
book_commands = typer.Typer(no_args_is_help=True, help="The double-entry book.")
app.add_typer(questions.countries, name="countries")
app.add_typer(questions.ids, name="ids")
app.add_typer(questions.rail_commands, name="rails")
app.add_typer(questions.contact, name="contact")
app.add_typer(notice_commands.notices, name="notices")
app.add_typer(questions.webhook, name="webhook")
app.add_typer(questions.statements, name="statements")
app.add_typer(questions.fx, name="fx")
app.add_typer(tenant_commands, name="tenants")
app.add_typer(account_commands, name="accounts")
app.add_typer(book_commands, name="book")
app.add_typer(sweep_commands.sweep, name="sweep")
app.add_typer(mail_commands.mail, name="mail")
book_commands.add_typer(close_commands.close, name="close")
app.command("reconcile")(reconcile_command)

_Out = Annotated[Path | None, typer.Option("--out", help="File to write; standard output where it is left out")]


@app.command("up")
def up_command() -> None:
    """Start everything on this machine and print where to look."""
    up.up(Settings())


@app.command("worker")
def worker_command() -> None:
    """Run one worker: turns of cases, intake, outbox, imports, sweeps."""
    workers.main(offices.base())


@app.command("gateway")
def gateway_command() -> None:
    """Run the gateway: API, console and webhooks."""
    gateway.main(offices.base())


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database's schema to this version."""
    settings = Settings()
    answer(lambda: _migrate(settings))


def _migrate(settings: Settings) -> dict[str, Any]:
    migrations.migrate(wiring.owner_url(settings))
    return {"migrated": True}


@app.command("import")
def import_command(
    file: Path,
    creditor: Annotated[str | None, typer.Option(help="Creditor; may be left out where there is one")] = None,
    tenant: offices.TenantOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, change nothing")] = False,  # noqa: FBT002 (typer's way to state a flag)
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Import the good rows, report the others")] = False,  # noqa: FBT002 (typer's way to state a flag)
) -> None:
    """Import a portfolio file (CSV or XLSX) and start its cases; prints what became of its rows."""

    def work() -> dict[str, Any]:
        parts = offices.base()
        tenant_id = offices.tenant_of(parts, tenant)
        with parts.database.tenant(tenant_id) as tx:
            portfolio = portfolio_desk.receive(
                tx,
                tenant_id=tenant_id,
                creditor_id=creditor or offices.only(creditors.every(tx), "creditor").id,
                filename=file.name,
                body=file_bytes(file),
                dry_run=dry_run,
                skip_bad=skip_bad,
                imported_by="command",
                new_id=clock.new_id,
                now=clock.now(),
            )
        asyncio.run(_import(parts, ImportInput(tenant_id, portfolio.id)))
        with parts.database.tenant(tenant_id) as tx:
            done = portfolios.get(tx, portfolio.id)
        if done.state == "refused":
            raise Invalid(
                "portfolio_refused",
                "Nothing was imported.",
                fix="Correct the rows, or import the good ones with --skip-bad.",
                portfolio=done.id,
                counts=done.counts,
                errors=done.errors,
            )
        return {
            "portfolio": done.id,
            "state": done.state,
            "dry_run": done.dry_run,
            "counts": done.counts,
            "errors": done.errors,
        }

    answer(work)


async def _import(parts: Base, request: ImportInput) -> None:
    client = await temporal.connect(parts.settings, parts.keys.ring, seconds=10)
    await client.execute_workflow(
        PortfolioImport.run, request, id=f"import/{request.portfolio_id}", task_queue=WORK_QUEUE
    )


@tenant_commands.command("open")
def open_tenant(
    name: Annotated[str, typer.Option(help="Name of the organisation")],
    email: Annotated[str, typer.Option(help="E-mail address of its first administrator")],
    person: Annotated[str, typer.Option(help="Name of that person")],
    locale: Annotated[str, typer.Option(help="Language of the console for them")] = "en",
) -> None:
    """Open a tenant with its first administrator and an API key; prints password and key, once."""

    def work() -> dict[str, Any]:
        parts = offices.base()
        return tenancy.found(parts.database, name=name, email=email, person=person, locale=locale)

    answer(work)


@tenant_commands.command("agency")
def add_agency(
    name: Annotated[str, typer.Option(help="Name of the partner agency")], tenant: offices.TenantOption = None
) -> None:
    """Give a partner agency's machine an API key; prints it once. Cases are then placed with the key over the API."""

    def work() -> dict[str, Any]:
        parts = offices.base()
        tenant_id = offices.tenant_of(parts, tenant)
        with parts.database.tenant(tenant_id) as tx:
            return tenancy.add_agency(tx, tenant_id=tenant_id, name=name)

    answer(work)


@app.command("status")
def status_command() -> None:
    """Counts of cases, notices and deliveries for each tenant, as JSON."""

    def work() -> list[dict[str, Any]]:
        parts = offices.base()
        found = []
        for tenant_id in parts.database.tenants():
            with parts.database.tenant(tenant_id) as tx:
                found.append(
                    {
                        "tenant": tenant_id,
                        "name": tenants.name_of(tx, tenant_id),
                        "cases": cases.counts_by_state(tx),
                        "notices": notices.counts_by_state(tx),
                        "inbox": inbox.counts_by_state(tx),
                    }
                )
        return found

    answer(work)


@account_commands.command("statement")
def accounts_statement(
    account: str,
    first: Annotated[str, typer.Option("--from", help="First day that counts, as 2026-11-01")],
    until: Annotated[str, typer.Option("--to", help="First day that no longer counts")],
    known_at: Annotated[
        str | None, typer.Option(help="As it was known at this moment, ISO 8601 with an offset")
    ] = None,
    form: Annotated[StatementFormat, typer.Option("--format")] = StatementFormat.JSON,
    locale: Annotated[str, typer.Option(help="Language of XLSX and PDF: en, zh_CN, pt_BR, es_419, ar, id, th")] = "en",
    out: _Out = None,
    tenant: offices.TenantOption = None,
) -> None:
    """An account's statement: opening, movements, closing and lines, as known now or at a past moment."""

    def work() -> bytes:
        period = Period(day_of(first), day_of(until))
        moment = None if known_at is None else moment_of(known_at)
        parts, now = offices.base(), clock.now()
        rates, rates_on = wiring.rate_book(parts.settings).rate, min(period.last, now.date())
        with parts.database.tenant(offices.tenant_of(parts, tenant)) as tx:
            told, lines = statements.whole(tx, account, period, known_at=moment, rate=rates, rates_on=rates_on)
            owner = creditors.get(tx, told.account.creditor_id).name
        return statement_bytes(form, told, lines, created_at=now, creditor=owner, locale=locale)

    deliver(work, out)


@account_commands.command("tree")
def accounts_tree(tenant: offices.TenantOption = None) -> None:
    """Every creditor's accounts with their balances; the parent also converted, with rates, or why not."""

    def work() -> list[dict[str, Any]]:
        parts = offices.base()
        rates = wiring.rate_book(parts.settings)
        today = clock.now().date()
        with parts.database.tenant(offices.tenant_of(parts, tenant)) as tx:
            return [_creditor_tree(tx, creditor, rates=rates.rate, today=today) for creditor in creditors.every(tx)]

    answer(work)


def _creditor_tree(
    tx: Connection, creditor: creditors.Creditor, *, rates: balances.RateLookup, today: date
) -> dict[str, Any]:
    found = accounts.subtree(tx, [creditor.parent_account_id])
    leaves = {item.account_id: item for item in balances.of_leaves(tx, [creditor.parent_account_id])}
    held = balances.by_currency(list(leaves.values()), MONEY_ROLES)
    report = balances.consolidate(held, currency=creditor.settlement_currency, as_of=today, rate=rates)
    return {
        "creditor": creditor.name,
        "currency": report.currency,
        "total": None if report.stated is None else _money(report.stated),
        "complete": report.complete,
        "lines": [_line(line) for line in report.lines],
        "accounts": [
            {
                "id": account.id,
                "parent": account.parent_id,
                "role": account.role.value,
                "name": account.name,
                "country": account.country,
                "currency": account.currency,
                "balance": _money(leaves[account.id].amount) if account.id in leaves else None,
            }
            for account in found
        ],
    }


def _line(line: balances.CurrencyLine) -> dict[str, Any]:
    if line.converted is None:
        return {"amount": _money(line.original), "converted": None, "error": line.error and line.error.as_dict()}
    rate = line.converted.rate
    return {
        "amount": _money(line.original),
        "converted": _money(line.converted.amount),
        "rate": f"{rate.value:f}",
        "source": rate.source,
        "as_of": rate.as_of.isoformat(),
        "path": list(rate.path),
    }


def _money(amount: Money) -> dict[str, str]:
    return {"amount": f"{amount.decimal:f}", "currency": amount.currency}


@book_commands.command("check")
def book_check(tenant: offices.TenantOption = None) -> None:
    """Check every invariant of the book on live data; exit 1 where one is broken."""
    book_proofs.prove(lambda: _visited(tenant), invariants.check)


@book_commands.command("verify")
def book_verify(
    anchors: Annotated[Path | None, typer.Option(help="File of anchors that the chain must still contain")] = None,
    tenant: offices.TenantOption = None,
) -> None:
    """Recompute every seal of the book from the first on; exit 1 where anything was changed."""
    book_proofs.verify(lambda: _visited(tenant), anchors, every_tenant=tenant is None)


@book_commands.command("anchor")
def book_anchor(
    append: Annotated[Path | None, typer.Option(help="File to add to; standard output where it is left out")] = None,
    tenant: offices.TenantOption = None,
) -> None:
    """The newest seal of each tenant as a line to be kept outside the database."""
    book_proofs.take_anchors(lambda: _visited(tenant), append)


def _visited(tenant: str | None) -> tuple[Database, Sequence[str]]:
    parts = offices.base()
    return parts.database, [offices.tenant_of(parts, tenant)] if tenant else parts.database.tenants()


@book_commands.command("export")
def book_export(
    form: Annotated[ExportFormat, typer.Option("--format")],
    as_of: Annotated[str | None, typer.Option(help="Only what was effective by the end of this day")] = None,
    creditor: Annotated[str | None, typer.Option(help="Only what touches this creditor's accounts")] = None,
    out: _Out = None,
    tenant: offices.TenantOption = None,
) -> None:
    """The whole book for beancount or hledger, with every closing balance asserted, or as a general-ledger CSV."""

    def work() -> bytes:
        day = None if as_of is None else day_of(as_of)
        parts = offices.base()
        tenant_id = offices.tenant_of(parts, tenant)
        with parts.database.tenant(tenant_id) as tx:
            if creditor is not None:
                creditors.get(tx, creditor)
            return export_bytes(form, reading.read(tx, creditor_id=creditor, as_of=day), tenants.name_of(tx, tenant_id))

    deliver(work, out)


def main() -> None:
    """The command's entry point."""
    run(app)


if __name__ == "__main__":
    main()
