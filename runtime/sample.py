"""The sample on first start: an exporter, its people, four connections and a portfolio of overdue loans."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection

from activities import creditors as desk
from activities import instalments, portfolios
from activities.creditors import NewConnection, NewCreditor
from activities.sweep_rule_changes import RuleDesk
from activities.wording_desk import WordingDesk
from connectors import registry
from connectors.wording.versions import variants
from domain.day_close import Actor
from domain.instalment_plans import InstalmentTerms
from domain.money import Money
from domain.sweep_schedules import Schedule
from domain.sweeps import Direction, FxPolicy, SweepKind, SweepRule
from runtime import clock, tenancy
from runtime.keys import write_private
from runtime.samples.make_portfolio import make_portfolio
from store import creditors, sweep_rule_changes, tenants
from store.database import Database
from store.wording_approvals import Variant

_QRIS = (
    "00020101021126670018ID.CO.EXAMPLE2.WWW01159360001404567890215MIDCONTOH1234560303UMI51370014ID.CO.QRIS.WWW"
    "0215ID10191234567815204123453033605802ID5914NamaMerchantC16009NamaKota16110123456789062070703K196304B22E"
)
"""A published sample code of no real merchant (astrapay/spring-qris, tests)."""

_APPROVED_CHANNELS = ("email", "letter", "phone", "sms")
_PEOPLE = (
    ("admin@tengyun.example", "Li Wei", "admin", "en"),
    ("finance@tengyun.example", "Ana Souza", "finance", "pt_BR"),
    ("treasury@tengyun.example", "陈静", "treasury", "zh_CN"),
    ("auditor@tengyun.example", "سارة الهاشمي", "auditor", "ar"),
)


@dataclass(frozen=True)
class SignIn:
    """How to reach the sample: shown at every start, kept readable by its owner alone."""

    tenant_id: str
    creditor_id: str
    password: str
    api_key: str
    connections: dict[str, str]
    secrets: dict[str, str]
    portfolio_id: str

    @property
    def email(self) -> str:
        """Who signs in with everything allowed."""
        return _PEOPLE[0][0]


def read(folder: Path) -> SignIn | None:
    """The sample's sign-in, if the sample was made."""
    path = folder / "sample.json"
    return SignIn(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def make(database: Database, folder: Path) -> SignIn:
    """Make the sample once, in one transaction; its portfolio is received and waits to be imported."""
    known = read(folder)
    if known is not None:
        return known
    tenant_id, now = clock.new_id("tenant"), clock.now()
    password, api_key = tenancy.secret(9), tenancy.new_api_key()
    with database.tenant(tenant_id) as tx:
        tenants.create(tx, tenant_id=tenant_id, name="Tengyun Auto Export", now=now)
        _people(tx, tenant_id, password)
        tenancy.add_key(tx, tenant_id=tenant_id, name="sample", api_key=api_key)
        creditor = desk.open_creditor(tx, _CREDITOR, tenant_id=tenant_id, new_id=clock.new_id, now=now)
        secrets = {"stripe": f"whsec_{tenancy.secret(24)}", "pix_api": tenancy.secret(30)}
        connections = {
            name: desk.connect(tx, new, new_id=clock.new_id, now=now).id
            for name, new in _connections(creditor.id, secrets).items()
        }
        _instalment_terms(tx, creditor.id, now)
        _sweep_rules(tx, tenant_id, now)
        _approve_wording(tx, tenant_id, now)
        portfolio = portfolios.receive(
            tx,
            tenant_id=tenant_id,
            creditor_id=creditor.id,
            filename="sample-portfolio.csv",
            body=make_portfolio(now.date()),
            dry_run=False,
            skip_bad=False,
            imported_by="sample",
            new_id=clock.new_id,
            now=now,
        )
    made = SignIn(tenant_id, creditor.id, password, api_key, connections, secrets, portfolio.id)
    write_private(folder / "sample.json", json.dumps(asdict(made), ensure_ascii=False, indent=2))
    return made


def _sweep_rules(tx: Connection, tenant_id: str, now: datetime) -> None:
    """Dirhams go to the parent as they are; reais are exchanged at a quote, once their papers are attached."""
    children = {row.country: row.child_account_id for row in creditors.connections(tx) if row.platform != "stripe"}
    for country, currency, zone, policy in (
        ("AE", "AED", "Asia/Dubai", FxPolicy.HOLD),
        ("BR", "BRL", "America/Sao_Paulo", FxPolicy.QUOTED),
    ):
        rule = SweepRule(
            id=clock.new_id("sweep_rule"),
            child_account_id=children[country],
            direction=Direction.PUSH,
            kind=SweepKind.ZERO_BALANCE,
            currency=currency,
            minimum=Money.parse("1000", currency),
            approval_above=Money.parse("100000", currency),
            schedule=Schedule(zone, time(9), time(16)),
            fx_policy=policy,
            active_from=now.date() - timedelta(days=1),  # begun wherever the account is
        )
        RuleDesk(tx, tenant_id, Actor("sample", "sample"), clock.new_id, now).open(rule, reason="The sample's rule.")
        change = sweep_rule_changes.waiting(tx)[rule.id]
        RuleDesk(tx, tenant_id, Actor("sample second", "sample"), clock.new_id, now).approve(change.id)


def _instalment_terms(tx: Connection, creditor_id: str, now: datetime) -> None:
    """In Brazil and Thailand a debtor may spread what is overdue; elsewhere a person decides."""
    for country, most, least in (("BR", 6, Money.parse("500", "BRL")), ("TH", 3, Money.parse("5000", "THB"))):
        instalments.state_terms(
            tx,
            creditor_id=creditor_id,
            country=country,
            currency=least.currency,
            terms=InstalmentTerms(most, least, first_within_days=7),
            actor="sample",
            new_id=clock.new_id,
            now=now,
        )


def _approve_wording(tx: Connection, tenant_id: str, now: datetime) -> None:
    """The sample's countries have their wording approved, by two as everywhere; elsewhere nothing is approved yet."""
    first = WordingDesk(tx, tenant_id, Actor("sample", "sample"), clock.new_id, now)
    second = WordingDesk(tx, tenant_id, Actor("sample second", "sample"), clock.new_id, now)
    for code in sorted({connection.country for connection in creditors.connections(tx)}):
        country = registry.country(code)
        written = [variant for variant in variants(country) if variant[1] in _APPROVED_CHANNELS]
        for kind, channel, locale in written:
            second.approve(first.propose(Variant(code, kind.value, channel, locale)).id)


def _people(tx: Connection, tenant_id: str, password: str) -> None:
    for email, name, role, locale in _PEOPLE:
        tenancy.add_person(tx, tenant_id=tenant_id, email=email, name=name, role=role, locale=locale, password=password)


_CREDITOR = NewCreditor(
    name="Tengyun Auto Finance",
    country="CN",
    document="91330206MA2AF1T01G",
    contact="care@tengyun.example, +86 574 5555 0100, 09:00-17:00",
    lender_type="finance_company",
    settlement_currency="CNY",
    address="88 Harbour Road, Ningbo, China",
)


def _connections(creditor_id: str, secrets: dict[str, str]) -> dict[str, NewConnection]:
    """One connection for each country that can make codes without a contract, a card platform and a bank account."""
    pix = {
        "base_url": "https://pix.bank.example/api/v2",
        "token_url": "https://pix.bank.example/oauth/token",
        "client_id": "sample",
        "client_secret": "sample",
        "pix_key": "123e4567-e12b-12d1-a456-426655440000",
        "webhook_secret": secrets["pix_api"],
    }
    stripe = {
        "api_key": "sk_test_sample_without_access",
        "webhook_secret": secrets["stripe"],
        "return_url": "https://tengyun.example/payments",
    }
    return {
        "pix_api": NewConnection(
            creditor_id,
            "pix_api",
            "BR",
            "BRL",
            "Banco Exemplo Pix",
            pix,
            {"pix_static": {"key": pix["pix_key"], "name": "TENGYUN AUTO FINANCE", "city": "SAO PAULO"}},
        ),
        "bank_id": NewConnection(
            creditor_id,
            "bank_statement",
            "ID",
            "IDR",
            "Bank Contoh",
            {"account": "8800123456"},
            {"qris": {"static_payload": _QRIS}},
        ),
        "bank_th": NewConnection(
            creditor_id,
            "bank_statement",
            "TH",
            "THB",
            "ธนาคารตัวอย่าง",
            {"account": "1234567890"},
            {"promptpay_bill": {"biller": "099400016550100"}},
        ),
        "bank_ae": NewConnection(
            creditor_id,
            "bank_statement",
            "AE",
            "AED",
            "Example Bank UAE",
            {"account": "AE070331234567890123456"},
            {"iban_transfer": {"iban": "AE070331234567890123456", "name": "Tengyun Auto Finance"}},
        ),
        "stripe": NewConnection(creditor_id, "stripe", "AE", "AED", "Stripe", stripe, {}, ("card",)),
    }
