"""What MoMo tells us: that an order was paid, or will not be. All of it is signed, so it is booked as it stands.

Code 0 is a receipt, named by MoMo's number of the payment, at the moment that the notification states. Codes that MoMo
calls final and that are not 0 end the request, as its page takes no second try. Amounts are whole dong.
Source: https://developers.momo.vn/v3/docs/payment/api/result-handling/notification and …/resultcode (read 2026-11,
confidence high; medium for ``responseTime`` being the moment of payment).
"""

from __future__ import annotations

from connectors.platforms import as_milliseconds, as_text, as_whole, json_object, optional_text, status_unknown
from connectors.platforms.momo.status import OPEN, OVER, day_of, dong
from domain.receipts import Ignored, PlatformFact, ReceiptFact, RequestExpired


def delivery_id(raw: bytes) -> str:
    """The order, its code and MoMo's number of the payment: MoMo names no delivery and repeats one word for word."""
    document = json_object(raw)
    code, number = (as_whole(document.get(name), name) for name in ("resultCode", "transId"))
    return f"{as_text(document.get('orderId'), 'the order')}/{code}/{number}"


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """The receipt, or the end of the request; an unknown code is ``Invalid``."""
    document = json_object(raw)
    code = as_whole(document.get("resultCode"), "the result code")
    order = as_text(document.get("orderId"), "the order")
    if code in OPEN:
        return (Ignored(f"payment.{code}"),)
    if code in OVER:
        return (RequestExpired(order),)
    if code:
        raise status_unknown("a payment", str(code))
    at = as_milliseconds(document.get("responseTime"), "when it was paid")
    return (
        ReceiptFact(
            external_ref=str(as_whole(document.get("transId"), "MoMo's number of the payment")),
            amount=dong(document.get("amount"), "the amount"),
            at=at,
            value_date=day_of(at),
            references=(order,),
            remittance=optional_text(document.get("orderInfo")),
            rail=optional_text(document.get("payType")),
        ),
    )
