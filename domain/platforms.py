"""What a payment platform's folder must state: sans-I/O functions that build, verify and read; they never send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.accounts import PlatformKind
from domain.money import Money
from domain.receipts import Announced, PlatformFact, Statement
from domain.statement_files import FileReader


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One setting of a connection. ``secret`` fields are stored encrypted and never shown again.

    ``required_for`` names rails that need it even though it is not ``required`` of every connection.
    """

    name: str
    label: str
    secret: bool = False
    required: bool = True
    help: str = ""
    pattern: str | None = None
    required_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The certificate by which we prove ourselves to a platform (mutual TLS): paths of PEM files.

    ``authority_path`` names who signed the platform's own certificate; ``None`` trusts the public authorities.
    """

    certificate_path: str
    key_path: str
    authority_path: str | None = None


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to a platform, ready to send; its headers already carry the idempotency key, if there is one.

    ``seal`` makes the headers that prove the moment of sending (a signature over the time), when it is sent.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)  # holds credentials
    body: bytes = field(repr=False)  # holds personal data
    timeout_seconds: float = 10.0
    certificate: ClientCertificate | None = None
    seal: Callable[[datetime], Mapping[str, str]] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token that a platform lent us, and for how many seconds."""

    value: str = field(repr=False)
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class PaymentRequestOrder:
    """What to ask a platform for. ``request_id`` is ours and doubles as the idempotency key.

    ``rail`` is the one the debtor is to pay over; empty where the platform may offer any.
    """

    request_id: str
    reference: str
    amount: Money
    description: str
    payer_name: str
    payer_document: str | None
    payer_email: str | None
    due_date: date
    expires_at: datetime
    rail: str = ""


@dataclass(frozen=True, slots=True)
class IssuedRequest:
    """A platform's answer: its identity for the request and what the debtor is given.

    ``expires_at`` is when the platform stops taking money for it; ``None`` where it lasts as long as was ordered.
    ``scannable`` is false where ``payload`` is a number to key in rather than a code to scan.
    """

    external_ref: str
    payload: str | None  # code to scan or copy
    url: str | None  # hosted page
    expires_at: datetime | None = None
    scannable: bool = True


@dataclass(frozen=True, slots=True)
class Webhooks:
    """How a platform tells us. ``secrets`` are the accepted signing secrets, newest first; none accepts nothing.

    ``secret_fields`` names the settings that hold them, newest first; two of them let a secret be rotated.
    ``verify`` raises ``Unauthenticated``; ``delivery_id`` names the delivery for de-duplication and raises
    ``Invalid`` on a body it cannot read; ``parse`` returns facts and raises ``Invalid`` on an unknown status.

    Where a delivery proves too little to book money by it (a shared token, a bare identifier), ``parse`` returns
    ``Announced`` and the platform has a ``StatusQuery``: the facts are then what the platform answers when asked.
    """

    verify: Callable[[bytes, Mapping[str, str], tuple[str, ...], datetime], None]
    delivery_id: Callable[[bytes], str]
    parse: Callable[[bytes], tuple[PlatformFact | Announced, ...]]
    secret_fields: tuple[str, ...] = ("webhook_secret", "webhook_secret_previous")


@dataclass(frozen=True, slots=True)
class PaymentRequests:
    """How a platform is asked for money: build a request, read its response; query an uncertain one.

    ``read`` raises ``Refused`` where asking again will not help, ``Unavailable`` where it may (``ambiguous=True`` in
    its details where the request may have been carried out) and ``NotFound`` where a query finds nothing was made.
    Where ``authorise`` is given, a token must be fetched with it, read with ``read_token`` and added to each request.
    """

    build: Callable[[PaymentRequestOrder, Mapping[str, str]], HttpRequest]
    read: Callable[[HttpResponse], IssuedRequest]
    query: Callable[[PaymentRequestOrder, Mapping[str, str]], HttpRequest]
    authorise: Callable[[Mapping[str, str]], HttpRequest] | None = None
    read_token: Callable[[HttpResponse], AccessToken] | None = None


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """How a platform is asked what became of something, and what its answer says: the facts that a webhook would tell.

    ``build`` takes the reference that ``Announced`` carries, or the ``external_ref`` of a receipt; it raises
    ``Invalid`` for one that cannot be the platform's. ``read`` raises as ``PaymentRequests.read`` does.
    """

    build: Callable[[str, Mapping[str, str]], HttpRequest]
    read: Callable[[HttpResponse], tuple[PlatformFact, ...]]


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to give back. ``refund_id`` is ours and doubles as the idempotency key.

    ``original_ref`` is the ``external_ref`` of the receipt; ``paid`` is what that receipt was of.
    """

    refund_id: str
    original_ref: str
    amount: Money
    paid: Money
    reason: str


@dataclass(frozen=True, slots=True)
class IssuedRefund:
    """A platform's answer to a refund. ``done`` is false while it is only on its way; a webhook tells the end.

    ``at`` (aware) and ``value_date`` are when it was done, where the answer says so.
    """

    external_ref: str
    done: bool
    at: datetime | None = None
    value_date: date | None = None


@dataclass(frozen=True, slots=True)
class Refunds:
    """How a platform is told to give money back. ``read`` raises as ``PaymentRequests.read`` does.

    ``keyed``: asked again under the same ``refund_id`` the platform pays no second time. One that documents no such
    key is never asked again where its answer was lost. ``asked_as`` gives the name under which the platform's status
    query tells of a refund, from the platform's own name of it; without it a refund is told of with its payment.
    """

    build: Callable[[RefundOrder, Mapping[str, str]], HttpRequest]
    read: Callable[[HttpResponse], IssuedRefund]
    keyed: bool = True
    asked_as: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Statements:
    """How a platform's files are read. ``sniff`` tells by content whether a file is one of its formats."""

    sniff: Callable[[bytes], bool]
    parse: Callable[[bytes], tuple[Statement, ...]]


@dataclass(frozen=True, slots=True)
class Platform:
    """A payment platform. A capability that is ``None`` does not exist.

    ``kind`` decides which leaves the child account of a connection opens with (``domain.accounts.CHARTS``).
    ``reports`` are the formats of its settlement reports; the files are compared with the book and book no receipt.
    ``sandbox_base_url`` is what the setting ``base_url`` is to be for trying out; ``None`` where keys alone decide.
    """

    code: str
    name: str
    kind: PlatformKind
    rails: tuple[str, ...]
    countries: tuple[str, ...]  # empty: any
    config: tuple[ConfigField, ...]
    webhooks: Webhooks | None = None
    payment_requests: PaymentRequests | None = None
    statements: Statements | None = None
    status: StatusQuery | None = None
    refunds: Refunds | None = None
    reports: tuple[FileReader, ...] = ()
    sandbox_base_url: str | None = None
    docs: Mapping[str, Any] = field(default_factory=dict)  # source addresses by subject
