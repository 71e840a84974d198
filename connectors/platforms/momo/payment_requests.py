"""Asking MoMo for money: ``POST /v2/gateway/api/create``, a page of the wallet for one amount.

Our payment request's identifier is the order's name and the identifier of the request, under which MoMo answers a
repeat as the first time or says that it is one; the page is not shown then, and another request has to be made. Amounts
are whole dong, 1,000 to 50,000,000.
Source: https://developers.momo.vn/v3/docs/payment/api/wallet/onetime and …/result-handling/resultcode (read 2026-11,
confidence high).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.platforms import answer_of, as_text, as_whole, positive, status_unknown
from connectors.platforms.momo import status
from domain.errors import AfluenteError, Invalid, Refused, Unavailable
from domain.platforms import HttpRequest, HttpResponse, IssuedRequest, PaymentRequestOrder

_LEAST, _MOST = 1_000, 50_000_000
_SHOWN: Final = 255
_CREDENTIALS: Final = frozenset((11, 13))
_TAKEN: Final = frozenset((40, 41))
_BUSY: Final = frozenset((10, 43))
_REFUSED: Final = frozenset((12, 20, 21, 22, 42, 45, 47, 98, 2019))


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a page.

    Raises ``Invalid``: ``amount_not_positive``, ``amount_outside_limits``, ``method_currency_mismatch``.
    """
    if order.amount.currency != status.CURRENCY:
        raise Invalid("method_currency_mismatch", f"MoMo does not take {order.amount.currency}.")
    if not _LEAST <= positive(order.amount).minor <= _MOST:
        raise Invalid("amount_outside_limits", f"MoMo takes {_LEAST} to {_MOST} dong at a time.")
    pairs = {
        "amount": order.amount.minor,
        "extraData": "",
        "ipnUrl": config["webhook_url"],
        "orderId": order.request_id,
        "orderInfo": order.description[:_SHOWN],
        "partnerCode": config["partner_code"],
        "redirectUrl": config["return_url"],
        "requestId": order.request_id,
        "requestType": "captureWallet",
    }
    return status.request(config, "/v2/gateway/api/create", pairs, {"autoCapture": True, "lang": "vi"})


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The same request again, which MoMo takes once (see above)."""
    return build(order, config)


def read(response: HttpResponse) -> IssuedRequest:
    """The page; ``Refused`` (``request_lost``) where MoMo has the order and does not show its page again."""
    answer = answer_of(response, status.NAME)
    code = as_whole(answer.get("resultCode"), "the result code")
    if code:
        raise refusal(code)
    return IssuedRequest(
        external_ref=as_text(answer.get("orderId"), "the order"),
        payload=None,
        url=as_text(answer.get("payUrl"), "the page's address"),
    )


def refusal(code: int) -> AfluenteError:
    """What a code other than 0 means for a request of ours."""
    if code in _TAKEN:
        return Refused("request_lost", "MoMo has this order already, and does not show its page again.")
    if code in _CREDENTIALS:
        return Refused("platform_credentials_refused", "MoMo did not accept the connection's credentials.")
    if code in _BUSY:
        return Unavailable("platform_busy", "MoMo asks to try again later.", ambiguous=False)
    if code in _REFUSED | status.OVER:
        return Refused("platform_refused", f"MoMo refused the request (code {code}).")
    if code in status.OPEN | {99}:
        return Unavailable("platform_failed", "MoMo may or may not have acted.", ambiguous=True)
    return status_unknown("a request", str(code))
