"""Asking payOS what became of a link: ``GET /v2/payment-requests/{id}``; each transfer it lists is a receipt.

A receipt is named by the link and the bank's reference of the transfer. Amounts are whole dong.
Source: the official libraries payOSHQ/payos-lib-node, src/resources/v2/payment-requests/payment-requests.ts, and
payos-lib-python, tests/_crypto/testCases.json for how times are written (2026-11, confidence high).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any, Final

from connectors.platforms import (
    above_zero,
    answer_of,
    as_list,
    as_moment,
    as_object,
    as_text,
    as_whole,
    json_bytes,
    known_status,
    malformed,
    optional_text,
    reference_in_path,
)
from domain.errors import Refused
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired

NAME: Final = "payOS"
CURRENCY: Final = "VND"
STATUSES: Final = frozenset(("PENDING", "PROCESSING", "UNDERPAID", "PAID", "EXPIRED", "CANCELLED", "FAILED"))
ENDED: Final = frozenset(("EXPIRED", "CANCELLED"))
_DEFAULT_BASE_URL: Final = "https://api-merchant.payos.vn"
_LINK: Final = re.compile(r"[0-9A-Za-z]{1,64}", re.ASCII)
_RECEIPT: Final = re.compile(r"[0-9A-Za-z]{1,64}/[0-9A-Za-z._-]{1,100}", re.ASCII)
_TRANSFERS_LIMIT: Final = 200
_HANOI: Final = timezone(timedelta(hours=7))


def build(reference: str, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks about a link, by its id, its order code or a receipt of it."""
    link = reference.partition("/")[0] if _RECEIPT.fullmatch(reference) else reference
    return request(config, "GET", f"/v2/payment-requests/{reference_in_path(link, _LINK)}")


def request(config: Mapping[str, str], method: str, path: str, document: Any = None) -> HttpRequest:
    """A request to payOS under the connection's keys."""
    headers = {"x-client-id": config["client_id"], "x-api-key": config["api_key"], "Accept": "application/json"}
    url = f"{config.get('base_url') or _DEFAULT_BASE_URL}{path}"
    if document is None:
        return HttpRequest(method=method, url=url, headers=headers, body=b"")
    headers["Content-Type"] = "application/json"
    return HttpRequest(method=method, url=url, headers=headers, body=json_bytes(document))


def data_of(response: HttpResponse) -> Mapping[str, Any]:
    """What an answer is about; ``Refused`` (``platform_refused``) where its code is not that of success."""
    answer = answer_of(response, NAME)
    if as_text(answer.get("code"), "the answer's code") != "00":
        raise Refused("platform_refused", "payOS refused the request.")
    return as_object(answer.get("data"), "the answer's data")


def read(response: HttpResponse) -> tuple[PlatformFact, ...]:
    """The facts of a link as it stands; an unknown status is ``Invalid``."""
    link = data_of(response)
    status = known_status(link.get("status"), STATUSES, "a link")
    name = as_text(link.get("id"), "the link's id")
    transfers = as_list(link.get("transactions"), "the transfers", limit=_TRANSFERS_LIMIT)
    receipts = tuple(_receipt(name, link, as_object(one, "a transfer")) for one in transfers)
    if sum(one.amount.minor for one in receipts) != as_whole(link.get("amountPaid"), "the amount paid"):
        raise malformed("The transfers do not come to the amount paid.")
    ended = (RequestExpired(name),) if status in ENDED else ()
    return (*receipts, *ended) or (Ignored(f"link.{status}"),)


def _receipt(name: str, link: Mapping[str, Any], transfer: Mapping[str, Any]) -> ReceiptFact:
    at = as_moment(transfer.get("transactionDateTime"), "when the transfer arrived")
    return ReceiptFact(
        external_ref=f"{name}/{as_text(transfer.get('reference'), 'the transfer')}",
        amount=above_zero(Money(as_whole(transfer.get("amount"), "the amount"), CURRENCY)),
        at=at,
        value_date=at.astimezone(_HANOI).date(),
        references=(name, str(as_whole(link.get("orderCode"), "the order code"))),
        payer_name=optional_text(transfer.get("counterAccountName")),
        remittance=optional_text(transfer.get("description")),
        rail="vietqr",
    )
