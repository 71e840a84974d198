"""What cash sweeps rest on: papers for transfers abroad, quotes of banks, and how banks name our accounts."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import AwareDatetime, Field, StringConstraints
from sqlalchemy import Connection

from activities import sweep_outlook, sweep_rules
from activities.sweep_rules import End, NewBankAccount, NewDocument
from domain.errors import NotFound
from domain.fx import FxQuote
from gateway.api.sweep_rule_shapes import BankAccountBody, BankAccountView, SweepDocumentList, SweepDocumentView
from gateway.auth import Reader, Treasury
from gateway.idempotency import Given, OnceDep
from gateway.shapes import Body, Code, CurrencyCode, Identifier, LongText, Shape, ShortText
from gateway.uploads import name_of, read
from ledger import accounts
from store import bank_accounts, rates
from store import sweeps as kept

router = APIRouter(prefix="/v1/sweeps", tags=["sweeps"])

_FILE: Final = {"type": "string", "format": "binary"}
_ANY: Final = "application/octet-stream"


class NewQuote(Body):
    """What a bank offers: ``rate`` units of ``quote`` for one of ``base``, beside the middle rate of that moment."""

    base: CurrencyCode
    quote: CurrencyCode
    rate: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,13}(\.[0-9]{1,18})?$")]
    mid: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,13}(\.[0-9]{1,18})?$")]
    source: ShortText
    valid_until: AwareDatetime


class QuoteView(Shape):
    """A bank's quote as it is kept; good from ``quoted_at`` up to, not including, ``valid_until``."""

    id: str
    base: str
    quote: str
    rate: str
    mid: str
    spread_basis_points: Annotated[str, Field(description="What the bank keeps, in hundredths of a percent.")]
    source: str
    quoted_at: datetime
    valid_until: datetime

    @classmethod
    def of(cls, quote: FxQuote) -> Self:
        """The shape of a quote."""
        plain = {name: getattr(quote, name) for name in ("id", "base", "quote", "source", "quoted_at", "valid_until")}
        return cls(
            **plain,
            rate=f"{quote.rate:f}",
            mid=f"{quote.mid:f}",
            spread_basis_points=f"{quote.spread_basis_points:f}",
        )


@router.post(
    "/quotes",
    status_code=201,
    operation_id="keepQuote",
    summary="Keep a bank's quote for an exchange",
    response_model=QuoteView,
)
def keep_quote(body: NewQuote, caller: Treasury, once: OnceDep) -> Response:
    """Sweeps by quote take the newest one of their pair that is good when they go."""

    def effect(tx: Connection) -> Given:
        services = caller.services
        found = FxQuote(
            services.new_id("fx_quote"),
            body.base,
            body.quote,
            Decimal(body.rate),
            Decimal(body.mid),
            body.source,
            services.now(),
            body.valid_until,
        )
        rates.add_quote(tx, found, tenant_id=caller.tenant_id)
        return Given.of(QuoteView.of(found), location=f"/v1/sweeps/quotes/{found.id}")

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/quotes/{quote_id}", operation_id="getQuote", summary="Read a bank's quote")
def get_quote(quote_id: Identifier, caller: Reader) -> QuoteView:
    """As it was kept; quotes are never changed."""
    with caller.transaction() as tx:
        return QuoteView.of(rates.get_quote(tx, quote_id))


def _said(body: Body) -> Any:
    return body.model_dump(mode="json")


# Papers -----------------------------------------------------------------------------------------------------------


@router.post(
    "/rules/{rule_id}/documents",
    status_code=201,
    operation_id="attachSweepDocument",
    summary="Attach a paper to a rule",
    response_model=SweepDocumentView,
)
def attach(
    *,
    rule_id: Identifier,
    file: Annotated[UploadFile, File(description="The paper, of any format; at most 5 MiB.")],
    code: Annotated[Code, Form(description="Which paper; see the rule's documents.")],
    first_day: Annotated[date, Form(description="The first day of transfers that it covers.")],
    last_day: Annotated[date | None, Form(description="The last one; for one transfer the same day.")] = None,
    note: Annotated[LongText | None, Form()] = None,
    caller: Treasury,
    once: OnceDep,
) -> Response:
    """Kept for ever. A paper that is no standing one serves the transfer of one day alone."""
    content, filename = read(file), name_of(file)
    said = [rule_id, code, str(first_day), str(last_day), note, filename, hashlib.sha256(content).hexdigest()]

    def effect(tx: Connection) -> Given:
        paper = sweep_rules.attach(
            tx,
            rule_id,
            NewDocument(code, first_day, last_day, filename, content, note or ""),
            tenant_id=caller.tenant_id,
            actor=caller.actor,
            new_id=caller.services.new_id,
            now=caller.services.now(),
        )
        return Given.of(SweepDocumentView.of(paper), location=f"/v1/sweeps/documents/{paper.id}")

    return once.in_transaction(caller, said, effect).response()


@router.get("/rules/{rule_id}/documents", operation_id="listSweepDocuments", summary="List a rule's papers")
def list_documents(rule_id: Identifier, caller: Reader) -> SweepDocumentList:
    """The newest first, with the papers that the child account's country may ask for."""
    with caller.transaction() as tx:
        country = sweep_outlook.ends_of(tx, kept.get_rule(tx, rule_id).rule.child_account_id).child.country
        found = kept.documents(tx, rule_id)
    return SweepDocumentList(
        data=[SweepDocumentView.of(one) for one in found], known=dict(sweep_rules.documents_known(country))
    )


@router.get(
    "/documents/{document_id}",
    operation_id="getSweepDocument",
    summary="Read a paper",
    response_model=SweepDocumentView,
    responses={200: {"content": {_ANY: {"schema": _FILE}}}},
)
def get_document(
    document_id: Identifier,
    caller: Reader,
    form: Annotated[Literal["json", "file"], Query(alias="format")] = "json",
) -> SweepDocumentView | Response:
    """What is known of it, or the file itself as it was handed in."""
    with caller.transaction() as tx:
        paper, body = kept.document_body(tx, document_id)
    if form == "json":
        return SweepDocumentView.of(paper)
    return Response(body, media_type=_ANY, headers={"Content-Disposition": f'attachment; filename="{paper.id}.bin"'})


# Accounts at banks ------------------------------------------------------------------------------------------------


class BankLeaves(Shape):
    """The bank leaves at both ends of a rule's sweeps, by which their numbers at banks are stated."""

    child_account_id: str
    parent_account_id: str


@router.post(
    "/rules/{rule_id}/bank-accounts",
    operation_id="openSweepBankAccounts",
    summary="Find the bank leaves at both ends of a rule",
    response_model=BankLeaves,
)
def bank_leaves(rule_id: Identifier, caller: Treasury, once: OnceDep) -> Response:
    """The parent's own is opened where no sweep has reached it yet, so that its number can be stated before."""

    def effect(tx: Connection) -> Given:
        found = {
            end: sweep_rules.bank_leaf(tx, rule_id, end, new_id=caller.services.new_id, now=caller.services.now())
            for end in End
        }
        return Given.of(BankLeaves(child_account_id=found[End.CHILD], parent_account_id=found[End.PARENT]), status=200)

    return once.in_transaction(caller, None, effect).response()


@router.post(
    "/bank-accounts/{account_id}",
    operation_id="stateBankAccount",
    summary="State how a bank names an account",
    response_model=BankAccountView,
)
def state_bank_account(account_id: Identifier, body: BankAccountBody, caller: Treasury, once: OnceDep) -> Response:
    """For a bank leaf of the book; what stood there before stays in its history."""

    def effect(tx: Connection) -> Given:
        told = body.model_dump(exclude={"reason"})
        known = sweep_rules.state_bank_account(
            tx,
            NewBankAccount(account_id=account_id, **told),
            tenant_id=caller.tenant_id,
            actor=caller.actor,
            reason=body.reason,
            now=caller.services.now(),
        )
        return Given.of(BankAccountView.of(known), status=200)

    return once.in_transaction(caller, _said(body), effect).response()


@router.get("/bank-accounts/{account_id}", operation_id="getBankAccount", summary="Read how a bank names an account")
def get_bank_account(account_id: Identifier, caller: Reader) -> BankAccountView:
    """Raises ``bank_account_unknown`` where nobody stated it."""
    with caller.transaction() as tx:
        accounts.get(tx, account_id)
        found = bank_accounts.find(tx, [account_id]).get(account_id)
    if found is None:
        raise NotFound("bank_account_unknown", f"Nobody has stated how a bank names {account_id}.")
    return BankAccountView.of(found)
