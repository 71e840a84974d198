"""Brazil's payment rail Pix: the BR Code with a key in it (static) or with the address of a charge (dynamic).

A code may carry, in tag 80, the address of a mandate for recurring payments (Pix Automático), alone or beside a charge.
Boletos, slips of utilities and Pix's identifiers are read, not issued: see their modules.
Sources: Banco Central do Brasil, Manual de Padrões para Iniciação do Pix (BR Code, section 2); API Pix 2.9.0
(txid of 26 to 35 letters and digits for charges); bacen/pix-api issue 269 (1 to 25 for static codes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from connectors.countries.brazil.boleto import BOLETO
from connectors.countries.brazil.collection_slip import COLLECTION_SLIP
from connectors.countries.brazil.ids import SCHEMES
from connectors.countries.brazil.pix_ids import IDENTIFIERS
from connectors.shared import emv, emv_form, emv_profile, fields, references
from domain.errors import Invalid
from domain.rails import Decoded, Form, Instruction, PaymentCode, Rail

GUI: Final = "br.gov.bcb.pix"
_CURRENCY: Final = "BRL"
_SCHEME: Final = emv_profile.Scheme(country="BR", currencies=(_CURRENCY,), demanded=emv_form.DEMANDED)
_STATIC_TXID: Final = r"[0-9A-Za-z]{1,25}"
_DYNAMIC_TXID: Final = r"[0-9A-Za-z]{26,35}"
_MAX_KEY: Final = 77
_MAX_INFO: Final = 72
_MAX_NAME: Final = 25
_MAX_CITY: Final = 15
_SOURCE: Final = "BCB, Manual de Padrões para Iniciação do Pix; bacen/pix-api 2.9.0 openapi.yaml"
_EVP: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{9,14}")
_EMAIL: Final = re.compile(r"[a-z0-9.!#$&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_LOCATION: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?/[!-~]+")


def pix_key(text: str) -> str:
    """The key as the directory (DICT) stores it: e-mail, +phone, random key (EVP), CPF or CNPJ; else ``pix_key``."""
    key = text.strip()
    folded = key.lower()
    if _EVP.fullmatch(folded) or _EMAIL.fullmatch(folded):
        if len(folded) <= _MAX_KEY:
            return folded
    elif _PHONE.fullmatch(re.sub(r"[ ()-]", "", key)):
        return re.sub(r"[ ()-]", "", key)
    else:
        findings = (scheme.check(key) for scheme in SCHEMES)
        document = next((found.normalised for found in findings if found.valid), None)
        if document is not None:
            return document
    raise Invalid(
        "pix_key",
        f"{key[:_MAX_KEY]!r} is not a Pix key.",
        fix="Give an e-mail, a phone with +55, a random key, or a CPF or CNPJ with right check digits.",
    )


def location(text: str) -> str:
    """The charge's address as the code carries it: without ``https://``; else ``pix_location``."""
    address = text.strip().removeprefix("https://")
    if not _LOCATION.fullmatch(address) or len(address) > _MAX_KEY:
        raise Invalid(
            "pix_location",
            f"{text[:_MAX_KEY]!r} is not the address of a Pix charge.",
            fix="Give host and path as the platform returned them, at most 77 characters.",
        )
    return address


def _code(account: emv.Tree, values: Mapping[str, str], *, txid: str, dynamic: bool, mandate: str | None = None) -> str:
    amount = fields.amount(values, _CURRENCY)
    tree: emv.Tree = {"00": "01"}
    if dynamic:
        tree["01"] = emv_profile.DYNAMIC
    tree |= {"26": account, "52": "0000", "53": "986"}
    if amount is not None:
        tree["54"] = emv_profile.wire_amount(amount)
    tree |= {
        "58": "BR",
        "59": emv_profile.folded(fields.required(values, "name"), field="name", max_length=_MAX_NAME),
        "60": emv_profile.folded(fields.required(values, "city"), field="city", max_length=_MAX_CITY),
        "62": {"05": txid},
    }
    if mandate is not None:
        tree["80"] = {"00": GUI, "25": mandate}
    return emv.build(tree)


def _encode_static(values: Mapping[str, str]) -> str:
    account: emv.Tree = {"00": GUI, "01": pix_key(fields.required(values, "key"))}
    info = fields.optional(values, "info")
    if info is not None:
        account["02"] = emv_profile.folded(info, field="info", max_length=_MAX_INFO)
    txid = fields.optional(values, "txid") or emv_profile.NO_REFERENCE
    if txid != emv_profile.NO_REFERENCE:
        fields.matching(
            txid, _STATIC_TXID, code="pix_txid", message="A static code's txid is 1 to 25 letters and digits."
        )
    return _code(account, values, txid=txid, dynamic=False)


def _encode_dynamic(values: Mapping[str, str]) -> str:
    """A charge, a mandate, or both; a code with a mandate alone may be used again."""
    mandate = fields.optional(values, "mandate_location")
    charge = fields.optional(values, "location") if mandate else fields.required(values, "location")
    account: emv.Tree = {"00": GUI} if charge is None else {"00": GUI, "25": location(charge)}
    return _code(
        account,
        values,
        txid=emv_profile.NO_REFERENCE,
        dynamic=charge is not None,
        mandate=None if mandate is None else location(mandate),
    )


def _account(payload: str) -> tuple[emv.Tree, str, emv.Tree] | None:
    """The payload's tree, and tag and content of its Pix account, or ``None`` where it has none."""
    if not emv.mentions(payload, GUI):
        return None
    tree = emv.parse(payload)
    found = emv.template_of(tree, GUI)
    return None if found is None else (tree, *found)


def _decode_static(payload: str) -> Decoded | None:
    read = _account(payload)
    if read is None or emv.text_at(read[2], "01") is None:
        return None
    tree, tag, account = read
    if emv.text_at(account, "25") is not None:
        raise _broken(tag, "a key and the address of a charge stand together")
    key = emv.text_at(account, "01") or ""
    details = {"pix_key": key, "info": emv.text_at(account, "02")}
    doubts = (
        _txid_doubts(tree)
        if _as_stored(key)
        else {f"{tag}.01": "it does not have the form in which a Pix key is stored", **_txid_doubts(tree)}
    )
    return _read(tree, profile="pix_static", details=details, doubts=doubts)


def _as_stored(key: str) -> bool:
    try:
        return pix_key(key) == key
    except Invalid:
        return False


def _txid_doubts(tree: emv.Tree) -> dict[str, str]:
    """What is wrong with a static code's txid, by tag: banks hand on no other."""
    txid = emv.text_at(tree, "62", "05")
    if txid is None:
        return {"62.05": "the txid is missing; *** would say that there is none"}
    sound = txid == emv_profile.NO_REFERENCE or re.fullmatch(_STATIC_TXID, txid)
    return {} if sound else {"62.05": f"{txid!r} is not 1 to 25 letters and digits"}


def _decode_dynamic(payload: str) -> Decoded | None:
    read = _account(payload)
    if read is None or emv.text_at(read[2], "01") is not None:
        return None
    tree, tag, account = read
    given = {"location": (f"{tag}.25", account.get("25")), "mandate_location": ("80.25", emv.text_at(tree, "80", "25"))}
    found = {name: (path, text) for name, (path, text) in given.items() if isinstance(text, str) and text}
    if not found:
        raise _broken(tag, "neither a key nor the address of a charge or a mandate")
    doubts = {path: "it is not host and path" for path, text in found.values() if not _LOCATION.fullmatch(text)}
    return _read(tree, profile="pix_dynamic", details={name: text for name, (_, text) in found.items()}, doubts=doubts)


def _read(tree: emv.Tree, *, profile: str, details: Mapping[str, str | None], doubts: Mapping[str, str]) -> Decoded:
    given = {name: value for name, value in details.items() if value is not None}
    reference = emv_profile.reference_of(tree, "05")
    return emv_profile.read(tree, profile=profile, scheme=_SCHEME, reference=reference, details=given, doubts=doubts)


def _broken(tag: str, reason: str) -> Invalid:
    return emv_form.refusal("pix_account", tag, reason)


def _issue_static(instruction: Instruction) -> PaymentCode:
    account = instruction.account
    values = {**account, **fields.asked(instruction, _CURRENCY), "txid": instruction.reference}
    payload = _encode_static(values)
    lines = (("Recipient", account["name"]), ("Pix key", pix_key(account["key"])))
    return PaymentCode(rail="pix_static", payload=payload, reference=instruction.reference, qr=True, lines=lines)


def _issue_dynamic(instruction: Instruction) -> PaymentCode:
    """The code of a charge registered before; its amount and due date stand at the charge's address."""
    fields.of_rail(instruction.amount, _CURRENCY)
    fields.matching(
        instruction.reference, _DYNAMIC_TXID, code="pix_txid", message="A charge's txid is 26 to 35 letters and digits."
    )
    account = instruction.account
    payload = _encode_dynamic({name: value for name, value in account.items() if name != "amount"})
    return PaymentCode(
        rail="pix_dynamic",
        payload=payload,
        reference=instruction.reference,
        qr=True,
        lines=(("Recipient", account["name"]),),
    )


RAILS: Final = (
    Rail(
        code="pix_static",
        name="Pix, static code",
        country="BR",
        currencies=(_CURRENCY,),
        fields=("key", "name", "city", "amount", "txid", "info"),
        encode=_encode_static,
        decode=_decode_static,
        issue=_issue_static,
        reference_pattern=_STATIC_TXID,
        reference_from=lambda request_id: references.from_request(request_id, length=25),
        account_fields=("key", "name", "city"),
        source=_SOURCE,
        form=Form.EMV,
        takes_open=True,
    ),
    Rail(
        code="pix_dynamic",
        name="Pix, code of a registered charge",
        country="BR",
        currencies=(_CURRENCY,),
        fields=("location", "name", "city", "amount", "mandate_location"),
        encode=_encode_dynamic,
        decode=_decode_dynamic,
        issue=_issue_dynamic,
        reference_pattern=_DYNAMIC_TXID,
        reference_from=lambda request_id: references.from_request(request_id, length=26),
        account_fields=("location", "name", "city"),
        source=_SOURCE,
        form=Form.EMV,
    ),
)

CODECS: Final = (BOLETO, COLLECTION_SLIP, *IDENTIFIERS)
