"""TR Karekod, the national code for transfers over FAST: who is paid (tag 61) and, where it says so, how much in kuruş.

The objects are EMVCo's, the tags are not: 75 comes first and holds the version, 02 is the code's maker (four digits
that BKM gives out, so a maker must have its own), 03 the maker's reference, 06 and 07 when it was made and expires
(Turkish time), 54 the amount in twelve digits of kuruş, zeros where the payer sets it, 10 the flow, 63 the check sum.
Banks place tag 10 inside 61, the central bank's sample outside; both are read. The short forms (tags 96, 98, 99) and
the rule of the digest in tag 20 are not public. Sources: Regulation published 2020-08-21 (no. 31220); TCMB's sample as
quoted in public tests; codes of banks' and wallets' applications.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from connectors.shared import emv, emv_profile, fields, iban
from domain.contacts import Confidence
from domain.errors import Invalid
from domain.money import Money
from domain.rails import Codec, Decoded

_CODE: Final = "tr_karekod"
_CURRENCY: Final = "TRY"
_NUMBER: Final = "949"
_VERSION: Final = "10"
_PERSON_TO_PERSON: Final = "03"
_AMOUNT: Final = re.compile(r"[0-9]{12}")
_ISTANBUL: Final = timezone(timedelta(hours=3))  # Türkiye has kept it all year since 2016; the codes are of 2020
IBAN_DOUBT: Final = "iban_invalid"
STAMP_DOUBT: Final = "timestamp_malformed"

LAYOUT: Final = emv.Layout(first="75", begins=re.compile(r"7502[0-9]{2}"), crc_tag="63", templates=frozenset({"61"}))


def _decode(payload: str) -> Decoded | None:
    if LAYOUT.begins.match(payload) is None:
        return None
    tree = emv.parse(payload, layout=LAYOUT)
    payee = tree.get("61")
    if not isinstance(payee, dict):
        raise _broken(payload, "61", "nobody to pay is named")
    if tree.get("53", _NUMBER) != _NUMBER:
        reason = f"tag 53 is {tree['53']}, not the number of {_CURRENCY}"
        raise _broken(payload, "53", reason, code="emv_currency")
    details, doubts = _stamps(tree)
    flow = emv.text_at(tree, "10") or emv.text_at(payee, "10")
    account = emv.text_at(payee, "01")
    details |= {"iban": account, "account": emv.text_at(payee, "08"), "name": emv.text_at(payee, "07")}
    details |= {"initiation": _initiation(tree), "maker": emv.text_at(tree, "02"), "flow": flow}
    if account is not None and not _sound(account):
        doubts = (*doubts, IBAN_DOUBT)
    return Decoded(
        profile=_CODE,
        amount=_amount(payload, tree),
        currency=_CURRENCY,
        reference=emv.text_at(tree, "03"),
        tree=tree,
        details={name: value for name, value in details.items() if value is not None},
        warnings=doubts,
    )


def _initiation(tree: emv.Tree) -> str | None:
    return {emv_profile.STATIC: "static", emv_profile.DYNAMIC: "dynamic"}.get(str(tree.get("01")))


def _amount(payload: str, tree: emv.Tree) -> Money | None:
    text = emv.text_at(tree, "54")
    if text is None:
        return None
    if _AMOUNT.fullmatch(text) is None:
        raise _broken(payload, "54", f"{text!r} is not twelve digits of kuruş", code="emv_amount")
    return Money(int(text), _CURRENCY) if int(text) else None


def _stamps(tree: emv.Tree) -> tuple[dict[str, Any], tuple[str, ...]]:
    found: dict[str, Any] = {}
    for tag, name in (("06", "created_at"), ("07", "expires_at")):
        text = emv.text_at(tree, tag)
        if text is not None:
            try:
                found[name] = datetime.strptime(text, "%y%m%d%H%M%S").replace(tzinfo=_ISTANBUL).isoformat()
            except ValueError:
                return found, (STAMP_DOUBT,)
    return found, ()


def _sound(account: str) -> bool:
    """The central bank's own sample has an account that fails its check digits: a doubt, no refusal."""
    try:
        iban.check(account, country="TR")
    except Invalid:
        return False
    return True


def _broken(payload: str, tag: str, reason: str, *, code: str = "karekod_account") -> Invalid:
    message = f"The Karekod is broken at tag {tag}: {reason}."
    return Invalid(code, message, tag=tag, offset=emv.offset_of(payload, tag), reason=reason)


def _encode(values: Mapping[str, str]) -> str:
    maker = fields.required(values, "maker")
    message = "The maker's code is the four digits that BKM gave."
    amount = fields.amount(values, _CURRENCY)
    tree: emv.Tree = {
        "75": _VERSION,
        "01": emv_profile.STATIC if amount is None else emv_profile.DYNAMIC,
        "02": fields.matching(maker, r"[0-9]{4}", code="karekod_maker", message=message),
    }
    for tag, name, pattern in (
        ("03", "reference", r"[0-9A-Za-z]{1,12}"),
        ("06", "created", r"[0-9]{12}"),
        ("07", "expires", r"[0-9]{12}"),
    ):
        value = fields.optional(values, name)
        if value is not None:
            message = f"The field {name!r} does not have its form."
            tree[tag] = fields.matching(value, pattern, code=f"karekod_{name}", message=message)
    if amount is not None:
        kurus = f"{fields.of_rail(amount, _CURRENCY).minor:012d}"
        message = "A Karekod carries twelve digits of kuruş."
        tree |= {"53": _NUMBER, "54": fields.matching(kurus, r"[0-9]{12}", code="amount_too_large", message=message)}
    account = iban.check(fields.required(values, "iban"), country="TR").compact
    name = " ".join(fields.required(values, "name").split())
    tree["61"] = {"01": account, "07": name, "10": fields.optional(values, "flow") or _PERSON_TO_PERSON}
    return emv.build(tree, layout=LAYOUT)


KAREKOD: Final = Codec(
    code=_CODE,
    name="TR Karekod",
    country="TR",
    decode=_decode,
    encode=_encode,
    fields=("maker", "iban", "name", "amount", "reference", "created", "expires", "flow"),
    source="Regulation 2020-08-21 no. 31220; TCMB's sample in public tests; codes of banks' and wallets' applications",
    confidence=Confidence.SECONDARY,
)
