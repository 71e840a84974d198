"""Rates that are kept: what a treasury stated, sets that were frozen for a report, and quotes of banks. Append only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    RowMapping,
    Table,
    Text,
    insert,
    select,
)

from domain.contacts import Confidence
from domain.errors import Conflict, NotFound
from domain.fx import Cadence, FxQuote, Leg, Rate, RateGap, RateSet, StatedRate
from store.schema import currency, document, identifier, insert_once, metadata, moment, tenant

treasury_rate = Table(
    "treasury_rate",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    tenant(),
    currency("base"),
    currency("quote"),
    Column("value", Numeric, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("stated_by", Text, nullable=False),
    moment("stated_at"),
    CheckConstraint("value > 0", name="value_positive"),
    Index("ix_treasury_rate_day", "tenant_id", "base", "quote", "as_of", "seq"),
)

rate_set = Table(
    "rate_set",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    currency("settlement_currency"),
    Column("as_of", Date, nullable=False),
    Column("frozen_by", Text, nullable=False),
    moment("frozen_at"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
)

rate_set_line = Table(
    "rate_set_line",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("set_id", Text, primary_key=True),
    Column("currency", currency().type, primary_key=True),
    Column("value", Numeric),
    Column("as_of", Date),
    Column("source", Text),
    document("legs", nullable=True),
    Column("refused", Text),
    Column("refusal", Text),
    ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
    ForeignKeyConstraint(["tenant_id", "set_id"], ["rate_set.tenant_id", "rate_set.id"]),
    CheckConstraint("value > 0", name="value_positive"),
)

fx_quote = Table(
    "fx_quote",
    metadata,
    identifier(),
    tenant(),
    currency("base"),
    currency("quote"),
    Column("rate", Numeric, nullable=False),
    Column("mid", Numeric, nullable=False),
    Column("source", Text, nullable=False),
    moment("quoted_at"),
    moment("valid_until"),
    CheckConstraint("rate > 0 AND mid > 0", name="rates_positive"),
    CheckConstraint("valid_until >= quoted_at", name="valid_after_quoted"),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A rate that a treasury stated, who stated it and when. ``seq`` orders statements."""

    seq: int
    stated: StatedRate
    stated_by: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """A rate set as it is kept, with who froze it and when."""

    id: str
    rates: RateSet
    frozen_by: str
    frozen_at: datetime


def state(tx: Connection, rates: Sequence[StatedRate], *, tenant_id: str, stated_by: str, now: datetime) -> None:
    """Add statements in their order; nothing that was stated is ever changed."""
    if not rates:
        return
    tx.execute(
        insert(treasury_rate),
        [
            {
                "tenant_id": tenant_id,
                "base": one.base,
                "quote": one.quote,
                "value": one.value,
                "as_of": one.as_of,
                "source": one.source,
                "stated_by": stated_by,
                "stated_at": now,
            }
            for one in rates
        ],
    )


def in_force(tx: Connection, on: date, *, known_at: datetime | None = None) -> Mapping[tuple[str, str], Statement]:
    """For each pair the statement for the last day on or before ``on``; of several for that day the newest."""
    query = select(treasury_rate).where(treasury_rate.c.as_of <= on)
    if known_at is not None:
        query = query.where(treasury_rate.c.stated_at <= known_at)
    query = query.distinct(treasury_rate.c.base, treasury_rate.c.quote).order_by(
        treasury_rate.c.base, treasury_rate.c.quote, treasury_rate.c.as_of.desc(), treasury_rate.c.seq.desc()
    )
    found = [_statement(row) for row in tx.execute(query).mappings()]
    return {(one.stated.base, one.stated.quote): one for one in found}


def not_yet_stated(tx: Connection, rates: Sequence[StatedRate]) -> list[StatedRate]:
    """Those that are not what already counts for their pair and day, so that the same file states nothing twice."""
    days = {day: in_force(tx, day) for day in {one.as_of for one in rates}}
    standing = {one: days[one.as_of].get((one.base, one.quote)) for one in rates}
    return [one for one, found in standing.items() if found is None or found.stated != one]


def stated(tx: Connection, *, before_seq: int | None = None, limit: int = 50) -> list[Statement]:
    """Statements, the newest first."""
    query = select(treasury_rate).order_by(treasury_rate.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(treasury_rate.c.seq < before_seq)
    return [_statement(row) for row in tx.execute(query).mappings()]


def _statement(row: RowMapping) -> Statement:
    rate = StatedRate(row["base"], row["quote"], row["value"], row["as_of"], row["source"])
    return Statement(row["seq"], rate, row["stated_by"], row["stated_at"])


def keep_set(tx: Connection, rates: RateSet, *, tenant_id: str, frozen_by: str, now: datetime) -> FrozenSet:
    """Keep a frozen set; one of the same content that is kept already stays as it is and is the answer."""
    values = {
        "tenant_id": tenant_id,
        "id": rates.id,
        "settlement_currency": rates.settlement_currency,
        "as_of": rates.as_of,
        "frozen_by": frozen_by,
        "frozen_at": now,
    }
    if insert_once(tx, rate_set, values):
        place = {"tenant_id": tenant_id, "set_id": rates.id}
        lines = [place | _rate_values(rate) for rate in rates.rates] + [place | _gap_values(gap) for gap in rates.gaps]
        if lines:
            tx.execute(insert(rate_set_line), lines)
    return get_set(tx, rates.id)


def get_set(tx: Connection, set_id: str) -> FrozenSet:
    """A frozen set, equal to the one that was kept; else ``rate_set_unknown``, or ``rate_set_altered``."""
    head = tx.execute(select(rate_set).where(rate_set.c.id == set_id)).mappings().first()
    if head is None:
        raise NotFound("rate_set_unknown", f"There is no rate set {set_id}.")
    query = select(rate_set_line).where(rate_set_line.c.set_id == set_id).order_by(rate_set_line.c.currency)
    lines = list(tx.execute(query).mappings())
    quote = head["settlement_currency"]
    rates = RateSet(
        quote,
        head["as_of"],
        tuple(_rate(line, quote) for line in lines if line["value"] is not None),
        tuple(RateGap(line["currency"], line["refused"], line["refusal"]) for line in lines if line["value"] is None),
    )
    if rates.id != set_id:
        raise Conflict("rate_set_altered", f"What is kept of the rate set {set_id} is not what was frozen.")
    return FrozenSet(set_id, rates, head["frozen_by"], head["frozen_at"])


def _rate_values(rate: Rate) -> dict[str, Any]:
    return {
        "currency": rate.base,
        "value": rate.value,
        "as_of": rate.as_of,
        "source": rate.source,
        "legs": [_leg_document(leg) for leg in rate.legs],
        "refused": None,
        "refusal": None,
    }


def _gap_values(gap: RateGap) -> dict[str, Any]:
    nothing = dict.fromkeys(("value", "as_of", "source", "legs"))
    return nothing | {"currency": gap.currency, "refused": gap.code, "refusal": gap.message}


def _rate(line: RowMapping, quote: str) -> Rate:
    legs = tuple(_leg(item) for item in line["legs"])
    path = tuple(leg.pair for leg in legs)
    return Rate(line["currency"], quote, line["value"], line["as_of"], line["source"], path, legs)


def _leg_document(leg: Leg) -> dict[str, str]:
    return {
        "base": leg.base,
        "quote": leg.quote,
        "value": f"{leg.value:f}",
        "as_of": leg.as_of.isoformat(),
        "source": leg.source,
        "cadence": leg.cadence.value,
        "confidence": leg.confidence.value,
    }


def _leg(item: Mapping[str, str]) -> Leg:
    return Leg(
        base=item["base"],
        quote=item["quote"],
        value=Decimal(item["value"]),
        as_of=date.fromisoformat(item["as_of"]),
        source=item["source"],
        cadence=Cadence(item["cadence"]),
        confidence=Confidence(item["confidence"]),
    )


def add_quote(tx: Connection, quote: FxQuote, *, tenant_id: str) -> None:
    """Keep a bank's quote."""
    values = {name: getattr(quote, name) for name in FxQuote.__dataclass_fields__}
    tx.execute(insert(fx_quote).values(tenant_id=tenant_id, **values))


def get_quote(tx: Connection, quote_id: str) -> FxQuote:
    """A bank's quote, or ``quote_unknown``."""
    columns = [fx_quote.c[name] for name in FxQuote.__dataclass_fields__]
    row = tx.execute(select(*columns).where(fx_quote.c.id == quote_id)).mappings().first()
    if row is None:
        raise NotFound("quote_unknown", f"There is no quote {quote_id}.")
    return FxQuote(**row)
