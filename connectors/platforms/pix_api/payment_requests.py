"""Asking a Brazilian bank for a charge with a due date: ``PUT /cobv/{txid}`` of API Pix.

The ``txid`` is ours and unique for the creditor, so a repeat cannot make a second charge; an uncertain one is asked
for with ``GET /cobv/{txid}``, where ``NotFound`` means that it was never made and may be sent again.

A bank lends a bearer token against client credentials over mutual TLS: ``authorise`` asks, ``read_token`` reads.
What may be added after the due date is capped by law, and a setting above the cap is refused, not lowered:
a fine of 2 % of the instalment (Lei 8.078/1990, art. 52, § 1) and, for bank contracts under no special law, late
interest of 1 % a month (STJ, Súmula 379). Confidence of both: medium, to be re-read by counsel.
Source: BACEN, API Pix 2.9.0, openapi.yaml, ``CobVSolicitada``, ``CobVGerada``, ``Problema`` (confidence high).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import quote, urlencode

from connectors.platforms import as_object, as_text, as_whole, json_object, known_status, optional_text
from connectors.platforms.pix_api.br_code import dynamic
from connectors.platforms.pix_api.webhooks import BRAZIL_TIME
from domain.errors import AfluenteError, Invalid, NotFound, Refused, Unavailable
from domain.platforms import (
    AccessToken,
    ClientCertificate,
    HttpRequest,
    HttpResponse,
    IssuedRequest,
    PaymentRequestOrder,
)

FINE_CAP_PERCENT: Final = Decimal(2)
INTEREST_CAP_PERCENT_A_MONTH: Final = Decimal(1)
SCOPE: Final = "cobv.read cobv.write"
"""What a token may do where the setting ``scope`` does not say more."""

_PERCENT: Final = 2  # multa.modalidade: a percentage
_PERCENT_A_MONTH: Final = 3  # juros.modalidade: a percentage a month of calendar days
_MAX_CENTAVOS: Final = 10**12 - 1
_NAME_LENGTH: Final = 200
_TEXT_LENGTH: Final = 140
_TXID: Final = re.compile(r"[A-Za-z0-9]{26,35}")
_CPF: Final = re.compile(r"[0-9]{11}")
_CNPJ: Final = re.compile(r"[0-9A-Z]{14}")
_REMOVED: Final = frozenset(("REMOVIDA_PELO_USUARIO_RECEBEDOR", "REMOVIDA_PELO_PSP"))


def build(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that creates a charge due on ``order.due_date``, payable until the day of ``order.expires_at``.

    Raises ``Invalid`` (reference, amount, payer, dates) and ``Refused`` (a fine or interest above its cap).
    """
    document = {
        "calendario": {
            "dataDeVencimento": order.due_date.isoformat(),
            "validadeAposVencimento": _days_after_due(order),
        },
        "devedor": _debtor(order),
        "valor": {"original": _amount(order), **_late_charges(config)},
        "chave": config["pix_key"],
    }
    if order.description.strip():
        document["solicitacaoPagador"] = order.description[:_TEXT_LENGTH]
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return request("PUT", _path(order), config, body=body)


def query(order: PaymentRequestOrder, config: Mapping[str, str]) -> HttpRequest:
    """The request that asks for the charge as the bank has it."""
    return request("GET", _path(order), config)


def read(response: HttpResponse) -> IssuedRequest:
    """The charge's txid and its code to copy; ``Refused``, ``Unavailable`` or ``NotFound`` if there is none to pay."""
    if not 200 <= response.status < 300:  # noqa: PLR2004 - the 2xx range is HTTP's own
        raise refusal(response)
    charge = json_object(response.body)
    if known_status(charge.get("status"), _REMOVED | {"ATIVA", "CONCLUIDA"}, "a charge") in _REMOVED:
        raise Refused("request_removed", "The charge was removed at the bank and cannot be paid.")
    location = _location(charge)
    payload = optional_text(charge.get("pixCopiaECola")) or _code(charge, location)
    return IssuedRequest(as_text(charge.get("txid"), "the charge's txid"), payload, None)


def authorise(config: Mapping[str, str]) -> HttpRequest:
    """The request for a bearer token: OAuth 2.0 client credentials (RFC 6749, 4.4) with HTTP Basic (2.3.1)."""
    pair = f"{quote(config['client_id'], safe='')}:{quote(config['client_secret'], safe='')}"
    return HttpRequest(
        method="POST",
        url=config["token_url"],
        headers={
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        body=urlencode({"grant_type": "client_credentials", "scope": config.get("scope") or SCOPE}).encode(),
        certificate=_certificate(config),
    )


def read_token(response: HttpResponse) -> AccessToken:
    """The token in an answer to ``authorise``; ``Refused`` (``platform_credentials_refused``) or ``Unavailable``."""
    if 400 <= response.status < 500 and response.status not in {408, 429}:  # noqa: PLR2004 - HTTP's own ranges
        raise _credentials_refused(response.status)
    if response.status != 200:  # noqa: PLR2004 - RFC 6749, 5.1
        raise Unavailable("platform_failed", "The bank gave no token.", http_status=response.status, ambiguous=False)
    document = json_object(response.body)
    seconds = document.get("expires_in", 0)
    seconds = int(seconds) if isinstance(seconds, str) and seconds.isdecimal() else seconds
    return AccessToken(as_text(document.get("access_token"), "the token"), as_whole(seconds, "the token's life"))


def request(method: str, path: str, config: Mapping[str, str], *, body: bytes = b"") -> HttpRequest:
    """A request to the bank, to which a bearer token is added."""
    headers = {"Accept": "application/json"}
    if body:
        headers["Content-Type"] = "application/json"
    return HttpRequest(
        method=method,
        url=f"{config['base_url'].rstrip('/')}{path}",
        headers=headers,
        body=body,
        certificate=_certificate(config),
    )


def _path(order: PaymentRequestOrder) -> str:
    if not _TXID.fullmatch(order.reference):
        raise Invalid("txid_invalid", "The reference of a charge (txid) has 26 to 35 letters and digits.")
    return f"/cobv/{order.reference}"


def _certificate(config: Mapping[str, str]) -> ClientCertificate | None:
    certificate, key = config.get("certificate_path"), config.get("key_path")
    if not certificate and not key:
        return None
    if not certificate or not key:
        raise Invalid("certificate_incomplete", "Mutual TLS needs a certificate and its key.")
    return ClientCertificate(certificate, key, config.get("authority_path") or None)


def _days_after_due(order: PaymentRequestOrder) -> int:
    """Calendar days after the due date on which the charge may still be paid."""
    days = (order.expires_at.astimezone(BRAZIL_TIME).date() - order.due_date).days
    if days < 0:
        raise Invalid("expires_before_due", "A charge cannot expire before the day on which it is due.")
    return days


def _debtor(order: PaymentRequestOrder) -> dict[str, str]:
    name, document = order.payer_name.strip(), order.payer_document or ""
    if not name:
        raise Invalid("payer_name_missing", "A charge with a due date names its payer.")
    if _CPF.fullmatch(document):
        return {"cpf": document, "nome": name[:_NAME_LENGTH]}
    if _CNPJ.fullmatch(document):
        return {"cnpj": document, "nome": name[:_NAME_LENGTH]}
    raise Invalid(
        "payer_document_invalid",
        "A charge with a due date names its payer's CPF (11 digits) or CNPJ (14 characters).",
        fix="Store the number without dots and dashes.",
    )


def _amount(order: PaymentRequestOrder) -> str:
    if order.amount.currency != "BRL":
        raise Invalid("currency_not_brl", f"A Pix charge is in BRL, not {order.amount.currency}.")
    if not 0 < order.amount.minor <= _MAX_CENTAVOS:
        raise Invalid("amount_out_of_range", "A Pix charge is above zero and has at most ten digits of reais.")
    return f"{order.amount.decimal:.2f}"


def _late_charges(config: Mapping[str, str]) -> dict[str, Any]:
    """The fine and interest that the bank adds after the due date; a setting that is absent adds nothing."""
    charges: dict[str, Any] = {}
    fine = _percentage(config, "fine_percent", cap=FINE_CAP_PERCENT)
    interest = _percentage(config, "interest_percent_month", cap=INTEREST_CAP_PERCENT_A_MONTH)
    if fine:
        charges["multa"] = {"modalidade": _PERCENT, "valorPerc": fine}
    if interest:
        charges["juros"] = {"modalidade": _PERCENT_A_MONTH, "valorPerc": interest}
    return charges


def _percentage(config: Mapping[str, str], name: str, *, cap: Decimal) -> str | None:
    text = config.get(name)
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or value != value.quantize(Decimal("0.01")):
        raise Invalid("percentage_invalid", f"{name} is a percentage with at most two decimals, such as 1.00.")
    if value > cap:
        raise Refused(
            "late_charge_above_cap",
            f"{name} is {value} %, above the {cap} % that the law allows.",
            fix=f"Set {name} to {cap:.2f} or less.",
        )
    return f"{value:.2f}" if value else None


def _location(charge: Mapping[str, Any]) -> str | None:
    loc = charge.get("loc")
    nested = optional_text(loc.get("location")) if isinstance(loc, dict) else None
    return nested or optional_text(charge.get("location"))


def _code(charge: Mapping[str, Any], location: str | None) -> str | None:
    """A code made from the location, where the bank did not return one and did say who receives the money."""
    if location is None:
        return None
    receiver = as_object(charge.get("recebedor"), "the charge's receiver")
    return dynamic(
        location=location,
        name=as_text(receiver.get("nome"), "the receiver's name"),
        city=as_text(receiver.get("cidade"), "the receiver's city"),
    )


def refusal(response: HttpResponse) -> AfluenteError:
    """The bank's problem (RFC 7807) as ours; only its type is repeated, for its text may quote personal data."""
    status, kind = response.status, _problem_type(response)
    if status == 404:  # noqa: PLR2004 - HTTP: not found
        return NotFound(
            "request_unknown", "The bank does not know what was asked for.", http_status=status, platform_type=kind
        )
    if status in {401, 403}:
        return _credentials_refused(status)
    if status in {408, 429} or status >= 500:  # noqa: PLR2004 - HTTP's own range
        return Unavailable(
            "platform_failed",
            "The bank could not answer; it may or may not have acted.",
            http_status=status,
            platform_type=kind,
            ambiguous=status != 429,  # noqa: PLR2004 - HTTP: refused before it was looked at
        )
    return Refused("platform_refused", "The bank refused the request.", http_status=status, platform_type=kind)


def _problem_type(response: HttpResponse) -> str | None:
    """The last part of the problem's type, e.g. ``NaoEncontrado``."""
    try:
        kind = optional_text(json_object(response.body).get("type"))
    except Invalid:
        return None
    return kind.rstrip("/").rsplit("/", 1)[-1][:80] if kind else None


def _credentials_refused(status: int) -> Refused:
    return Refused(
        "platform_credentials_refused",
        "The bank did not accept the connection's credentials or their scope.",
        fix=f"Check client id, secret and certificate, and that the bank granted the setting 'scope' (else: {SCOPE}).",
        http_status=status,
    )
