"""Localstripe, an independent Stripe server, as a process of its own (it is GPL and never imported).

It lives in ``.venv-localstripe``, made from ``requirements/localstripe.lock``. It differs from Stripe: it ignores
idempotency keys, gives ``latest_charge`` as an object, sends no events of refunds and disputes, and knows no
``description`` on a PaymentIntent. It has no Checkout: ``open_page`` stands in for Stripe's page.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-localstripe" / "bin" / "python"
API_KEY = "sk_test_localstripe"
_START_SECONDS = 20.0


@contextmanager
def localstripe() -> Iterator[str]:
    """The address of a fresh server, ended afterwards. ``FileNotFoundError`` where its environment was not made."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(PYTHON), "-m", "localstripe", "--port", str(port), "--from-scratch"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_up(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def call(base_url: str, path: str, **fields: str) -> dict[str, Any]:
    """Post form fields as a debtor's browser or the dashboard would; the answer's JSON object."""
    answer = httpx.post(f"{base_url}{path}", data=fields, auth=(API_KEY, ""), timeout=10.0)
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


def register_webhook(base_url: str, *, url: str, secret: str) -> None:
    """Have every event sent to an address, signed with a secret, one second after it happened."""
    httpx.post(f"{base_url}/_config/webhooks/tests", json={"url": url, "secret": secret}).raise_for_status()


def open_page(base_url: str, form: bytes) -> str:
    """The PaymentIntent that Stripe's page makes of a Checkout Session's form when a debtor pays; its identifier."""
    fields = dict(parse_qsl(form.decode(), strict_parsing=True))
    ours = {
        name.removeprefix("payment_intent_data"): value
        for name, value in fields.items()
        if name.startswith("payment_intent_data[metadata]")
    }
    intent = call(
        base_url,
        "/v1/payment_intents",
        amount=fields["line_items[0][price_data][unit_amount]"],
        currency=fields["line_items[0][price_data][currency]"],
        **{name.replace("[metadata]", "metadata", 1): value for name, value in ours.items()},
    )
    return str(intent["id"])


def pay(base_url: str, intent_id: str) -> None:
    """Pay a PaymentIntent with a card that always succeeds."""
    method = call(
        base_url,
        "/v1/payment_methods",
        type="card",
        **{
            "card[number]": "4242424242424242",
            "card[exp_month]": "12",
            "card[exp_year]": "2031",
            "card[cvc]": "123",
        },
    )
    call(base_url, f"/v1/payment_intents/{intent_id}", payment_method=method["id"])
    call(base_url, f"/v1/payment_intents/{intent_id}/confirm")


def _wait_until_up(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("localstripe did not start") from None
            time.sleep(0.1)
        else:
            return
