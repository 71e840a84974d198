"""What a Brazilian bank tells us over API Pix: Pix received, and Pix returned.

Who may call. Banks authenticate a callback by mutual TLS at our edge and can send no header of ours; the one thing we
choose is the address we register. So the address carries a secret, ``…/webhooks/pix_api/{connection}?token=…``, to
whose path banks append ``/pix``, and the gateway hands the token over in the header ``x-webhook-token``. Mutual TLS
proves that a bank calls; the token proves that it calls for this connection.

Identity. A Pix is named by its ``endToEndId`` and a return by its ``rtrId``, unique in the whole payment system. A bank
repeats a Pix whenever one of its returns changes, in any order, so every delivery is read whole: each receipt and each
return is the same fact again, and a delivery is named by what it says, not by how it is written.

Two kinds of return. What the creditor gives back (natureza ``ORIGINAL``, ``RETIRADA``) is a refund once it is carried
out. What the payer's bank claims by the special return mechanism (``MED_…``) is a contest: opened while it is being
processed, lost when it is carried out, won when it is not.

Source: BACEN, API Pix 2.9.0, openapi.yaml, callback ``listaPix`` and schemas ``Pix`` and ``Devolucao``
(https://github.com/bacen/pix-api, confidence high).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.platforms import (
    above_zero,
    any_equal,
    as_list,
    as_moment,
    as_object,
    as_text,
    header,
    json_object,
    known_status,
    malformed,
    optional_text,
    our_identifier,
    usable_secrets,
)
from domain.errors import Unauthenticated
from domain.money import Money
from domain.receipts import (
    ContestFact,
    ContestKind,
    ContestPhase,
    Ignored,
    PlatformFact,
    ReceiptFact,
    RefundFailed,
    ReversalFact,
    ReversalKind,
)

TOKEN_HEADER: Final = "x-webhook-token"  # noqa: S105 - the name of a header, not a secret
BRAZIL_TIME: Final = ZoneInfo("America/Sao_Paulo")
_PIX_LIMIT: Final = 1000
_RETURNS_LIMIT: Final = 100
SYSTEM_ID: Final = re.compile(r"[A-Za-z0-9]{32}", re.ASCII)
_TXID: Final = re.compile(r"[A-Za-z0-9]{1,35}")
_AMOUNT: Final = re.compile(r"[0-9]{1,10}\.[0-9]{2}")
_RETURN_STATUSES: Final = frozenset(("EM_PROCESSAMENTO", "DEVOLVIDO", "NAO_REALIZADO"))
_ASKED_BY_CREDITOR: Final = frozenset(("ORIGINAL", "RETIRADA"))
_CONTESTED: Final = "MED_"  # MED_OPERACIONAL, MED_FRAUDE, MED_PIX_AUTOMATICO
_PHASES: Final = {
    "EM_PROCESSAMENTO": ContestPhase.OPENED,
    "NAO_REALIZADO": ContestPhase.WON,
    "DEVOLVIDO": ContestPhase.LOST,
}


def verify(_raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], _now: datetime) -> None:
    """Accept a call that brings one of the connection's tokens; compared in constant time.

    Raises ``Unauthenticated``: ``secret_missing``, ``token_missing``, ``token_invalid``.
    """
    tokens = usable_secrets(secrets)
    given = header(headers, TOKEN_HEADER)
    if given is None:
        raise Unauthenticated(
            "token_missing",
            "The callback's address carries no token.",
            fix="Register the connection's whole webhook address at the bank, with its ?token= part.",
        )
    if not any_equal((given.encode("utf-8", "surrogatepass"),), tokens):
        raise Unauthenticated("token_invalid", "The callback's token is not this connection's.")


def delivery_id(raw: bytes) -> str:
    """A digest of which Pix a delivery names and how far each return has come; of the body itself if it names none."""
    document = json_object(raw)
    if "pix" not in document:
        return "raw:" + hashlib.sha256(raw).hexdigest()
    told = sorted(_told(entry) for entry in _entries(document))
    return "pix:" + hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()


def parse(raw: bytes) -> tuple[PlatformFact, ...]:
    """A receipt for each Pix; then a reversal for each refund carried out and a contest for each claim.

    A body of another callback (``recs``, ``cobsr``, a bank's test) is ``Ignored``; an unknown status is ``Invalid``.
    """
    document = json_object(raw)
    if "pix" not in document:
        return (Ignored(optional_text(next(iter(document), "empty")[:80]) or "unnamed"),)
    return facts_of(_entries(document)) or (Ignored("pix"),)


def facts_of(entries: Sequence[Mapping[str, Any]]) -> tuple[PlatformFact, ...]:
    """What Pix and their returns are, as callbacks and answers show them."""
    returns = [_return(entry, item) for entry in entries for item in _returns(entry)]
    return (*map(_receipt, entries), *returns)


def _entries(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries = as_list(document["pix"], "'pix'", limit=_PIX_LIMIT)
    return [as_object(entry, "a Pix") for entry in entries]


def _returns(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = entry.get("devolucoes")
    if listed is None:
        return []
    return [as_object(item, "a return") for item in as_list(listed, "'devolucoes'", limit=_RETURNS_LIMIT)]


def _told(entry: Mapping[str, Any]) -> str:
    """What one entry says, in an order of its own: the Pix and, for each return, its name and status."""
    returns = sorted(f"{item.get('rtrId')}:{item.get('status')}" for item in _returns(entry))
    return "|".join((_end_to_end(entry), *returns))


def _receipt(entry: Mapping[str, Any]) -> ReceiptFact:
    at = as_moment(entry.get("horario"), "when a Pix was paid")
    txid = optional_text(entry.get("txid"))
    if txid is not None and not _TXID.fullmatch(txid):
        raise malformed("A txid has 1 to 35 letters and digits.")
    return ReceiptFact(
        external_ref=_end_to_end(entry),
        amount=_money(entry.get("valor")),
        at=at,
        value_date=at.astimezone(BRAZIL_TIME).date(),
        references=(txid,) if txid else (),
        payer_name=_payer(entry, "nome"),
        payer_document=_payer(entry, "cpf") or _payer(entry, "cnpj"),
        remittance=optional_text(entry.get("infoPagador")),
        rail="pix",
        to_bank=True,  # a Pix is settled into the account within seconds
    )


def _return(entry: Mapping[str, Any], item: Mapping[str, Any]) -> PlatformFact:
    status = return_status(item)
    nature = optional_text(item.get("natureza")) or "ORIGINAL"  # by the schema, absence means ORIGINAL
    if nature.startswith(_CONTESTED):
        return _contest(entry, item, nature=nature, phase=_PHASES[status])
    letters = as_text(item.get("id"), "a return's id")
    named = our_identifier(letters) or letters
    if status == "NAO_REALIZADO":
        rtr_id = system_id(item.get("rtrId"), "a return's rtrId")
        return RefundFailed(rtr_id, _end_to_end(entry), optional_text(item.get("motivo")) or status, named)
    if status != "DEVOLVIDO":
        return Ignored(f"devolucao.{status}")
    at = returned_at(item)
    return ReversalFact(
        external_ref=system_id(item.get("rtrId"), "a return's rtrId"),
        original_ref=_end_to_end(entry),
        amount=_money(item.get("valor")),
        at=at,
        value_date=at.astimezone(BRAZIL_TIME).date(),
        kind=ReversalKind.REFUND if nature in _ASKED_BY_CREDITOR else ReversalKind.RETURNED,
        reason=nature,
        ordered_as=named,
    )


def returned_at(item: Mapping[str, Any]) -> datetime:
    """When a return was carried out, by the bank's clock."""
    return as_moment(_settled(item), "when a Pix was returned")


def return_status(item: Mapping[str, Any]) -> str:
    """How far a return has come; ``status_unknown`` for a word that the specification does not have."""
    return known_status(item.get("status"), _RETURN_STATUSES, "a Pix return")


def _contest(entry: Mapping[str, Any], item: Mapping[str, Any], *, nature: str, phase: ContestPhase) -> ContestFact:
    at = returned_at(item)
    return ContestFact(
        external_ref=system_id(item.get("rtrId"), "a return's rtrId"),
        original_ref=_end_to_end(entry),
        amount=_money(item.get("valor")),
        at=at,
        value_date=at.astimezone(BRAZIL_TIME).date(),
        kind=ContestKind.PIX_MED,
        phase=phase,
        reason=nature,
    )


def _settled(item: Mapping[str, Any]) -> Any:
    times = as_object(item.get("horario"), "a return's times")
    return times.get("liquidacao") or times.get("solicitacao")


def _payer(entry: Mapping[str, Any], name: str) -> str | None:
    """A field of ``pagador``, which the schema does not promise but many banks send."""
    payer = entry.get("pagador")
    return optional_text(payer.get(name)) if isinstance(payer, dict) else None


def _end_to_end(entry: Mapping[str, Any]) -> str:
    return system_id(entry.get("endToEndId"), "a Pix's endToEndId")


def system_id(value: Any, what: str) -> str:
    """A name of the payment system, of a Pix or a return."""
    text = as_text(value, what)
    if not SYSTEM_ID.fullmatch(text):
        raise malformed(f"Thirty-two letters and digits were expected for {what}.")
    return text


def _money(value: Any) -> Money:
    text = as_text(value, "an amount")
    if not _AMOUNT.fullmatch(text):
        raise malformed("An amount in reais has one to ten digits, a dot and two digits.")
    return above_zero(Money.parse(text, "BRL"))
