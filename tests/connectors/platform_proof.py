"""What tests of a platform's folder share: its samples, what it is asked and answers, and the proof of a delivery."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from connectors.registry import platforms
from domain.errors import AfluenteError, Invalid
from domain.money import Money
from domain.platforms import HttpRequest, HttpResponse, IssuedRefund, IssuedRequest, PaymentRequestOrder, RefundOrder
from domain.receipts import Announced, PlatformFact
from tests.connectors.test_platform_signatures import Vector, covered, refused, verify

REQUEST = "preq_01kaz8sample"
REFUND = "rfnd_01sample"
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20), st.just([]), st.just({})
)


def order(rail: str, amount: Money, **changes: Any) -> PaymentRequestOrder:
    """A payment request of the tests."""
    values: dict[str, Any] = {
        "request_id": REQUEST,
        "reference": "LN-0001-3",
        "amount": amount,
        "description": "Instalment 3",
        "payer_name": "Maria Souza",
        "payer_document": "39053344705",
        "payer_email": "maria@example.com",
        "due_date": date(2026, 12, 1),
        "expires_at": datetime(2026, 12, 31, 3, 0, tzinfo=UTC),
        "rail": rail,
    }
    return PaymentRequestOrder(**(values | changes))


class Folder:
    """One platform as the tests talk to it, under one connection's settings."""

    def __init__(self, code: str, settings: Mapping[str, str]) -> None:
        self.code, self.settings, self.platform = code, dict(settings), platforms()[code]

    def samples(self, kind: str = "") -> Iterator[tuple[str, Any]]:
        """The platform's samples: deliveries, or with ``answers/`` what it answers, by name."""
        file = import_module(f"connectors.platforms.{self.code}").__file__
        assert file is not None
        for path in sorted((Path(file).parent / "samples" / kind).glob("*.json")):
            yield path.stem, json.loads(path.read_bytes())

    def sample(self, name: str) -> Any:
        return copy.deepcopy(dict(self.samples())[name])

    def answer(self, name: str) -> Any:
        return copy.deepcopy(dict(self.samples("answers"))[name])

    def asked(self, rail: str, amount: Money, **changes: Any) -> tuple[HttpRequest, Any]:
        asking = self.platform.payment_requests
        assert asking is not None
        request = asking.build(order(rail, amount, **changes), self.settings)
        return request, json.loads(request.body, parse_float=Decimal)

    def asked_again(self, rail: str, amount: Money) -> HttpRequest:
        """What resolves an uncertain request."""
        asking = self.platform.payment_requests
        assert asking is not None
        return asking.query(order(rail, amount), self.settings)

    def issued(self, body: Any, status: int = 200) -> IssuedRequest:
        asking = self.platform.payment_requests
        assert asking is not None
        return asking.read(HttpResponse(status, {}, json.dumps(body).encode()))

    def told(self, body: Any, status: int = 200) -> tuple[PlatformFact, ...]:
        return self.told_raw(json.dumps(body).encode(), status)

    def told_raw(self, body: bytes, status: int = 200) -> tuple[PlatformFact, ...]:
        query = self.platform.status
        assert query is not None
        return query.read(HttpResponse(status, {}, body))

    def refund(self, original: str, amount: Money, paid: Money) -> tuple[HttpRequest, Any]:
        refunds = self.platform.refunds
        assert refunds is not None
        request = refunds.build(RefundOrder(REFUND, original, amount, paid, "overpaid"), self.settings)
        return request, json.loads(request.body, parse_float=Decimal) if request.body else None

    def refunded(self, body: Any, status: int = 200) -> IssuedRefund:
        refunds = self.platform.refunds
        assert refunds is not None
        return refunds.read(HttpResponse(status, {}, json.dumps(body).encode()))

    def parsed(self, body: Any) -> tuple[PlatformFact | Announced, ...]:
        hooks = self.platform.webhooks
        assert hooks is not None
        return hooks.parse(body if isinstance(body, bytes) else json.dumps(body).encode())

    def unreadable(self, raw: bytes) -> None:
        """Whatever a delivery says, it is read or refused with a coded error, and its name too."""
        hooks = self.platform.webhooks
        assert hooks is not None
        for read in (hooks.parse, hooks.delivery_id):
            with suppress(Invalid):
                assert read(raw)

    def garbled(self, data: st.DataObject) -> bytes:
        """A sample of a delivery in which one value is another, anywhere in it."""
        document = data.draw(st.sampled_from([sample for _, sample in self.samples()]))
        return json.dumps(changed(copy.deepcopy(document), data)).encode()


class Folders:
    """Several platforms as the tests talk to them, each by its code, all under the same settings."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings

    def __getitem__(self, code: str) -> Folder:
        return Folder(code, self._settings)


def changed(value: Any, data: st.DataObject) -> Any:
    """A document with one value replaced, at a place that ``data`` draws."""
    if not value or not isinstance(value, dict | list) or data.draw(st.integers(0, 5)) == 0:
        return data.draw(LEAVES)
    place = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
    value[place] = changed(value[place], data)
    return value


def every_bit_counts(vector: Vector) -> None:
    """The published vector is accepted, under any case of headers; whatever is changed by one bit of it is not."""
    verify(vector)
    verify(vector, headers={name.upper(): value for name, value in vector.headers.items()})
    for index in range(len(vector.body)) if vector.body_counts else covered(vector):
        assert refused(vector, body=_flipped(vector.body, index))
    for name in vector.proofs:
        value = vector.headers[name]
        for index in range(len(value)):
            flipped = value[:index] + chr(ord(value[index]) ^ 1) + value[index + 1 :]
            assert refused(vector, headers={**vector.headers, name: flipped}), (name, index)
        assert refused(vector, headers={key: text for key, text in vector.headers.items() if key != name})


def every_letter_of_the_secret_counts(vector: Vector) -> None:
    """A secret with one letter changed proves nothing; several may be held; none, or a blank one, is no secret."""
    for index, letter in enumerate(vector.secret):
        other = "A" if letter != "A" else "B"
        assert refused(vector, secrets=(vector.secret[:index] + other + vector.secret[index + 1 :],))
    verify(vector, secrets=(vector.other, vector.secret))
    verify(vector, secrets=(vector.secret, vector.other))
    assert refused(vector, secrets=(vector.other,))
    for none in ((), ("",), (" ",)):
        assert refused(vector, secrets=none) == "secret_missing"


def code_of(call: Any, kind: type[AfluenteError] = Invalid) -> str:
    """The code with which a call is refused."""
    with pytest.raises(kind) as refusal:
        call()
    return refusal.value.code


def _flipped(raw: bytes, index: int) -> bytes:
    return raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :]
