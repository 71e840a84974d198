"""Platforms as they call: connections to several of them, and deliveries signed by the scheme of each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.hits import post

SECRET = "whsec_0123456789abcdef0123456789abcdef"  # noqa: S105 (of a connection that lives as long as a measurement)
_CARD = {"api_key": "sk_test_0123456789", "return_url": "https://aurora.example/thanks"}

Signed = tuple[bytes, Mapping[str, str]]
"""A body and the headers that prove it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A platform: where it is connected, with which settings, and how it signs the delivery of a number."""

    platform: str
    scheme: str
    country: str
    currency: str
    settings: Mapping[str, str]
    sign: Callable[[int], Signed]

    def request(self, connection_id: str, number: int) -> bytes:
        """One delivery as it goes over the wire."""
        body, headers = self.sign(number)
        return post(f"/webhooks/{self.platform}/{connection_id}", body, dict(headers))


def paid_at_stripe(number: int, *, reference: str, minor: int) -> bytes:
    """Stripe's event of a payment of so many centavos."""
    intent = {
        "id": f"pi_{number:024d}",
        "object": "payment_intent",
        "amount": minor,
        "amount_received": minor,
        "currency": "brl",
        "latest_charge": f"ch_{number:024d}",
        "livemode": False,
        "metadata": {"afluente_reference": reference},
        "payment_method_types": ["card"],
        "status": "succeeded",
    }
    event = {
        "id": f"evt_{number:024d}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1795435200,
        "type": "payment_intent.succeeded",
        "data": {"object": intent},
    }
    return json.dumps(event).encode()


def _stripe(number: int) -> Signed:
    body, now = paid_at_stripe(number, reference=f"{number:026d}", minor=123_456), int(time.time())
    proof = hmac.new(SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={now},v1={proof}"}


def _checkout(number: int) -> Signed:
    event = {
        "id": f"evt_{number:026d}",
        "type": "payment_captured",
        "timestamp": "2026-11-24T09:12:32.357+00:00",
        "data": {
            "id": f"pay_{number:026d}",
            "action_id": f"act_{number:026d}",
            "amount": 125_500,
            "currency": "KWD",
            "processed_on": "2026-11-24T09:12:27.4695512Z",
            "metadata": {"afluente_reference": f"LN-{number}"},
        },
    }
    body = json.dumps(event).encode()
    return body, {"Cko-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}


@cache
def _pair() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def _conekta(number: int) -> Signed:
    charge = {"id": f"{number:024x}", "object": "charge", "order_id": f"ord_{number}", "status": "paid"}
    event = {"id": f"{number:024x}", "object": "event", "type": "charge.paid", "data": {"object": charge}}
    body = json.dumps(event).encode()
    return body, {"Digest": base64.b64encode(_pair().sign(body, PKCS1v15(), SHA256())).decode()}


def _midtrans(number: int) -> Signed:
    order, amount = f"LOAN-{number}", "1500000.00"
    proof = hashlib.sha512(f"{order}200{amount}{SECRET}".encode()).hexdigest()
    told = {"order_id": order, "status_code": "200", "gross_amount": amount, "signature_key": proof}
    return json.dumps(told | {"transaction_status": "settlement", "currency": "IDR"}).encode(), {}


def _xendit(number: int) -> Signed:
    data = {"payment_id": f"py-{number}", "status": "SUCCEEDED", "request_amount": 1_500_000, "currency": "IDR"}
    event = {"event": "payment.capture", "created": "2026-11-24T03:05:01.000Z", "data": data}
    return json.dumps(event).encode(), {"x-callback-token": SECRET}


def every() -> tuple[Sender, ...]:
    """One platform of each kind of proof."""
    hook = {"webhook_secret": SECRET}
    public = base64.b64encode(
        _pair().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()
    checkout = {"api_key": "sk_sbox_0123456789", "processing_channel_id": "pc_0123456789abcdef", "payer_country": "KW"}
    conekta = {"api_key": "key_0123456789", "webhook_public_key": public}
    return (
        Sender("stripe", "HMAC-SHA-256, time and body", "BR", "BRL", _CARD | hook, _stripe),
        Sender("checkout_com", "HMAC-SHA-256, body", "KW", "KWD", checkout | hook, _checkout),
        Sender("conekta", "RSA-2048, body", "MX", "MXN", conekta, _conekta),
        Sender("midtrans", "SHA-512 in the body", "ID", "IDR", {"api_key": SECRET}, _midtrans),
        Sender("xendit", "token", "ID", "IDR", {"api_key": "xnd_0123456789"} | hook, _xendit),
    )
