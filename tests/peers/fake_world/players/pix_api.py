"""A Brazilian bank's API Pix: OAuth client credentials, charges with a due date, Pix received and given back.

Source: BACEN, API Pix 2.9.0 (https://github.com/bacen/pix-api): ``CobVSolicitada``, ``CobVGerada``, ``Pix``,
``Devolucao``, ``Problema``; ``PUT /cobv/{txid}`` creates and, repeated, replaces (issue 305 there). Banks that refuse a
txid which they know are played too, by the habit ``known_txid``.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from tests.peers.fake_world.model import (
    Asked,
    Contest,
    Incoming,
    Merchant,
    Message,
    Move,
    Payment,
    Payout,
    Refund,
    Refusal,
    Reply,
    dump,
    iso,
)

BRASILIA = timezone(timedelta(hours=-3))
_TXID = re.compile(r"[a-zA-Z0-9]{26,35}")
_AMOUNT = re.compile(r"\d{1,10}\.\d{2}")
_PHASES = {"opened": "EM_PROCESSAMENTO", "lost": "DEVOLVIDO", "won": "NAO_REALIZADO"}
ISPB = "12345678"


def unsigned(_secret: str, _body: bytes, _now: datetime) -> dict[str, str]:
    """Banks prove themselves by their certificate; what tells connections apart stands in the address."""
    return {}


class PixApi:
    """A bank that follows BACEN's specification."""

    code = "pix_api"
    path = re.compile(r"/pix/(oauth/token|api/v2/)")
    retries = (30.0, 60.0, 300.0, 900.0, 3600.0, 7200.0, 14_400.0)  # each bank's own; none is specified

    def keys(self, letters: Callable[[int], str]) -> dict[str, str]:
        return {
            "client_id": f"Client_Id_{letters(16)}",
            "client_secret": f"Client_Secret_{letters(24)}",
            "pix_key": f"pix-{letters(8).lower()}@exporter.example",
            "webhook_secret": letters(40),
        }

    def settings(self, merchant: Merchant, base_url: str) -> dict[str, str]:
        return {**merchant.keys, "base_url": f"{base_url}/pix/api/v2", "token_url": f"{base_url}/pix/oauth/token"}

    def owner(self, request: Incoming, merchants: list[Merchant]) -> Merchant | None:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if request.path == "/pix/oauth/token":
            try:
                pair = base64.b64decode(given).decode() if kind == "Basic" else ""
            except (binascii.Error, ValueError):
                return None
            return next((one for one in merchants if pair == _pair(one)), None)
        return next((one for one in merchants if kind == "Bearer" and given == _token(one)), None)

    def unauthorised(self) -> Reply:
        return _problem(403, "AcessoNegado")

    def idempotency_key(self, request: Incoming) -> str | None:
        return None

    def serve(self, world: Any, merchant: Merchant, request: Incoming) -> Reply:
        if request.path == "/pix/oauth/token":
            form = parse_qs(request.body.decode())
            if form.get("grant_type") != ["client_credentials"]:
                raise Refusal(400, {"error": "unsupported_grant_type"})
            token = {"access_token": _token(merchant), "token_type": "Bearer", "expires_in": 3600}
            return Reply(200, {**token, "scope": form.get("scope", [""])[0]})
        kind, _, txid = request.path.removeprefix("/pix/api/v2/").partition("/")
        if kind == "pix":
            return self._pix(world, merchant, request, txid.split("/"))
        if kind != "cobv" or not _TXID.fullmatch(txid):
            return _problem(404, "NaoEncontrado")
        if request.method == "GET":
            return self._read(world, merchant, txid)
        return self._put(world, merchant, txid, json.loads(request.body))

    def _pix(self, world: Any, merchant: Merchant, request: Incoming, names: list[str]) -> Reply:
        payment = merchant.payments.get(names[0])
        if payment is None:
            return _problem(404, "PixNaoEncontrado")
        if request.method == "GET":
            return Reply(200, _shown(payment))
        known = {one.ours for one in payment.refunds}
        wanted = json.loads(request.body).get("valor", "")
        if names[2] in known or not _AMOUNT.fullmatch(wanted) or not 0 < Decimal(wanted) <= payment.left:
            return _problem(400, "PixDevolucaoInvalida")
        refund = world.refund(payment.id, amount=Decimal(wanted), ours=names[2])
        return Reply(201, _return(refund.id, refund.amount, refund.at, "ORIGINAL", "DEVOLVIDO"))

    def _read(self, world: Any, merchant: Merchant, txid: str) -> Reply:
        asked = merchant.asked.get(txid)
        return _problem(404, "NaoEncontrado") if asked is None else Reply(200, self._charge(world, asked))

    def _put(self, world: Any, merchant: Merchant, txid: str, wanted: dict[str, Any]) -> Reply:
        debtor, amount = wanted.get("devedor", {}), wanted.get("valor", {}).get("original", "")
        right = (
            isinstance(amount, str)
            and _AMOUNT.fullmatch(amount)
            and Decimal(amount) > 0
            and wanted.get("chave") == merchant.keys["pix_key"]
            and debtor.get("nome")
            and ("cpf" in debtor) != ("cnpj" in debtor)
        )
        if not right:
            return _problem(400, "CobVOperacaoInvalida")
        known = merchant.asked.get(txid)
        if known is not None and (known.state != "open" or "known_txid" in merchant.habits):
            return _problem(409, "CobVOperacaoInvalida")
        calendar = wanted["calendario"]
        last = date.fromisoformat(calendar["dataDeVencimento"]) + timedelta(days=calendar["validadeAposVencimento"])
        merchant.asked[txid] = Asked(
            id=txid,
            ours=txid,
            amount=Decimal(amount),
            currency="BRL",
            merchant=merchant,
            created=world.now(),
            expires=datetime.combine(last, time.max, tzinfo=BRASILIA),
            details=wanted,
        )
        return Reply(201, self._charge(world, merchant.asked[txid]))

    def _charge(self, world: Any, asked: Asked) -> dict[str, Any]:
        location = f"pix.bank.example/qr/v2/cobv/{asked.id[:32]}"
        return {
            **{name: asked.details[name] for name in ("calendario", "devedor", "valor", "chave")},
            "txid": asked.id,
            "revisao": 0,
            "loc": {"id": 1, "location": location, "tipoCob": "cobv"},
            "location": location,
            "status": {"open": "ATIVA", "paid": "CONCLUIDA"}.get(asked.state, "REMOVIDA_PELO_PSP"),
            "recebedor": {"nome": "EXPORTER", "cidade": "SAO PAULO", "cnpj": "12345678000195"},
            "pixCopiaECola": code(location),
        }

    def paid(self, world: Any, payment: Payment) -> list[Message]:
        moment = payment.at
        payment.id = f"E{ISPB}{moment:%Y%m%d%H%M}{world.letters(11)}"
        return [self._told(payment)]

    def paid_again(self, payment: Payment) -> list[Message]:
        """What is told of a payment as it stands now, its returns among it."""
        return [self._told(payment)]

    def refunded(self, world: Any, refund: Refund) -> list[Message]:
        refund.id = f"D{ISPB}{refund.at:%Y%m%d%H%M}{world.letters(11)}"
        return [self._told(refund.payment)]

    def contested(self, world: Any, contest: Contest) -> list[Message]:
        if contest.phase == "opened":
            contest.id = f"D{ISPB}{contest.opened:%Y%m%d%H%M}{world.letters(11)}"
        return [self._told(contest.payment)]

    def paid_out(self, world: Any, payout: Payout) -> list[Message]:
        return []

    def report(self, moves: list[Move]) -> bytes | None:
        return None

    def _told(self, payment: Payment) -> Message:
        """The callback: the Pix, and every return of it as it stands now."""
        secret = payment.merchant.keys["webhook_secret"]
        return Message(dump({"pix": [_shown(payment)]}), unsigned, {"token": secret}, "/pix")


def _shown(payment: Payment) -> dict[str, Any]:
    """A Pix and every return of it as it stands now, in callbacks and answers alike."""
    pix: dict[str, Any] = {
        "endToEndId": payment.id,
        "txid": payment.asked.id,
        "valor": f"{payment.amount:.2f}",
        "horario": iso(payment.at),
        "pagador": {"nome": payment.payer},
    }
    returns = [_return(one.id, one.amount, one.at, "ORIGINAL", "DEVOLVIDO") for one in payment.refunds]
    contest = payment.contest
    if contest is not None:
        moment = contest.changed if contest.phase != "opened" and contest.changed else contest.opened
        returns.append(_return(contest.id, contest.amount, moment, "MED_FRAUDE", _PHASES[contest.phase]))
    return pix | ({"devolucoes": returns} if returns else {})


def _return(name: str, amount: Decimal, at: datetime, nature: str, status: str) -> dict[str, Any]:
    times = {"solicitacao": iso(at)} | ({"liquidacao": iso(at)} if status == "DEVOLVIDO" else {})
    return {
        "id": name[-8:],
        "rtrId": name,
        "valor": f"{amount:.2f}",
        "natureza": nature,
        "horario": times,
        "status": status,
    }


def _pair(merchant: Merchant) -> str:
    return f"{merchant.keys['client_id']}:{merchant.keys['client_secret']}"


def _token(merchant: Merchant) -> str:
    return f"token-of-{merchant.id}-{merchant.keys['client_secret'][-12:]}"


def _problem(status: int, kind: str) -> Reply:
    return Reply(status, {"type": f"https://pix.bcb.gov.br/api/v2/error/{kind}", "title": kind, "status": status})


def code(location: str) -> str:
    """The BR Code of a location: EMV triples closed by a CRC-16/CCITT-FALSE (BACEN, Manual de Padrões)."""

    def triple(tag: str, value: str) -> str:
        return f"{tag}{len(value):02}{value}"

    account = triple("26", triple("00", "br.gov.bcb.pix") + triple("25", location))
    body = f"{triple('00', '01')}{triple('01', '12')}{account}5204000053039865802BR"
    body += f"{triple('59', 'EXPORTER')}{triple('60', 'SAO PAULO')}{triple('62', triple('05', '***'))}6304"
    return f"{body}{binascii.crc_hqx(body.encode(), 0xFFFF):04X}"


def location_of(copied: str) -> str | None:
    """The location in a code that a debtor pasted into their bank's app; ``None`` where it is damaged."""
    if f"{binascii.crc_hqx(copied[:-4].encode(), 0xFFFF):04X}" != copied[-4:]:
        return None
    found = re.search(r"br\.gov\.bcb\.pix25(\d\d)(.*)", copied)
    return found[2][: int(found[1])] if found else None
