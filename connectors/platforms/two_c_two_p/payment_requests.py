"""Asking 2C2P for money: ``POST /payment/4.3/paymentToken``, a page of half an hour for one amount.

The order's number is our payment request's identifier without its underscore, for a number has letters and digits only.
An uncertain request is looked up by it: an order that is there is not shown again and given up for a new request; one
that is not there yet is asked for again, under the same number, which 2C2P takes once. How long the page lives counts
from the answer's own ``Date`` (RFC 9110, 6.6.1).
Source: github.com/2C2P/agent-skills, steering/payment-apis.md and steering/troubleshooting.md (of 2026-08, read
2026-11, confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.platforms import as_text, header, letters_of, positive, status_unknown
from connectors.platforms.two_c_two_p import status
from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unavailable
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_LIFE: Final = timedelta(minutes=30)
_LONGEST: Final = 250
_LONGEST_NUMBER: Final = 50
_MADE: Final = "0000"
_TAKEN: Final = "9015"
_CREDENTIALS: Final = frozenset(("6103", "6104", "6107", "9007", "9042", "9900"))
_BUSY: Final = frozenset(("0999", "9991", "9992", "9993", "9994", "9995"))
_REFUSED: Final = ("61", "90", "99")


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a page. Raises ``Invalid``: ``amount_not_positive``, ``request_id_invalid``."""
    document = {
        "merchantID": config["merchant_id"],
        "invoiceNo": number_of(order),
        "description": order.description[:_LONGEST],
        "amount": positive(order.amount).decimal,
        "currencyCode": order.amount.currency,
        **({"paymentChannel": ["CC"]} if order.rail == "card" else {}),
        "userDefined1": order.request_id,
        "frontendReturnUrl": config["return_url"],
        "backendReturnUrl": config["webhook_url"],
    }
    return status.request(config, "paymentToken", document)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks what became of the order (see above)."""
    return status.build(number_of(order), config)


def read(response: HttpResponse) -> IssuedRequest:
    """The page; ``Refused`` (``request_lost``) where 2C2P has the order and does not show its page again."""
    told = status.answered(response)
    code = as_text(told.get("respCode"), "the code")
    if code != _MADE or "webPaymentUrl" not in told:
        raise _refusal(code)
    return IssuedRequest(
        external_ref=as_text(told.get("paymentToken"), "the page's token"),
        payload=None,
        url=as_text(told.get("webPaymentUrl"), "the page's address"),
        expires_at=_end(response),
    )


def number_of(order: PaymentRequestOrder) -> str:
    """The order's number: our identifier's letters and digits."""
    number = letters_of(order.request_id)
    if len(number) > _LONGEST_NUMBER:
        raise Invalid("request_id_invalid", f"An order's number at 2C2P has up to {_LONGEST_NUMBER} letters.")
    return number


def _end(response: HttpResponse) -> datetime | None:
    stated = header(response.headers, "Date")
    try:
        made = parsedate_to_datetime(stated or "")
    except ValueError:
        return None
    return (made if made.tzinfo else made.replace(tzinfo=UTC)) + _LIFE


def _refusal(code: str) -> AfluenteError:
    if code in status.UNKNOWN:
        return NotFound("request_unknown", "2C2P does not know the order.")
    if code in _CREDENTIALS:
        return Refused("platform_credentials_refused", f"2C2P did not accept the connection's keys (code {code}).")
    if code in _BUSY:
        return Unavailable("platform_failed", "2C2P failed and may or may not have acted.", ambiguous=True)
    if code == _TAKEN or status.is_known(code):
        return Refused("request_lost", "2C2P has this order already, and does not show its page again.")
    if code.startswith(_REFUSED):
        return Refused("platform_refused", f"2C2P refused the request (code {code}).")
    return status_unknown("a request", code)
