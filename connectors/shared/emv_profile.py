"""What the payment QR profiles of countries share: amount, currency, reference and names in an EMVCo tree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.shared import emv, emv_form
from domain.errors import Invalid
from domain.iso4217 import CURRENCIES
from domain.money import Money
from domain.rails import Decoded

STATIC: Final = "11"
DYNAMIC: Final = "12"
NO_REFERENCE: Final = "***"  # asks the wallet for one, or says that there is none
MAX_AMOUNT_LENGTH: Final = 13  # EMVCo v1.1, table 4.4: tag 54 holds up to 13 characters
ZERO_AMOUNT: Final = "amount_zero"
FORM_DOUBT: Final = "field_malformed"
CURRENCY_DOUBT: Final = "currency_unknown"
DOUBTS: Final = "doubts"
_AMOUNT: Final = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_BY_NUMBER: Final = {f"{info.number:03d}": info.code for info in CURRENCIES.values()}
_NAMED: Final = (
    ("merchant_name", "59"),
    ("merchant_city", "60"),
    ("country", "58"),
    ("postal_code", "61"),
    ("merchant_category", "52"),
)
_ADDITIONAL: Final = {
    "01": "bill_number",
    "02": "mobile_number",
    "03": "store_label",
    "04": "loyalty_number",
    "05": "reference_label",
    "06": "customer_label",
    "07": "terminal_label",
    "08": "purpose",
    "09": "consumer_data_asked",
}
_LOCAL: Final = {"00": "language", "01": "merchant_name", "02": "merchant_city"}
_INITIATION: Final = {STATIC: "static", DYNAMIC: "dynamic"}
_TIPS: Final = {"01": ("asked", ""), "02": ("fixed", "56"), "03": ("percentage", "57")}


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a country's scheme demands: its country (ISO 3166-1), its currencies, and fields that may not be missing."""

    country: str
    currencies: tuple[str, ...]
    demanded: tuple[str, ...] = ()


def wire_amount(amount: Money, *, decimals: bool = True) -> str:
    """The amount as tag 54 wants it; without ``decimals`` a whole amount is written without a fraction.

    Raises ``amount_not_positive`` and ``amount_too_large`` (more than 13 characters).
    """
    if amount.minor <= 0:
        raise Invalid("amount_not_positive", "A payment code asks for more than zero.", fix="Leave the amount out.")
    text = f"{amount.decimal:f}"
    if not decimals and "." in text:
        text = text.removesuffix("." + "0" * len(text.partition(".")[2]))
    if len(text) > MAX_AMOUNT_LENGTH:
        raise Invalid("amount_too_large", f"{text} does not fit into the {MAX_AMOUNT_LENGTH} characters of a code.")
    return text


def currency_of(tree: Mapping[str, str | emv.Tree]) -> str | None:
    """The ISO 4217 letters of tag 53; ``None`` where the tag is missing or its number is not known."""
    return _BY_NUMBER.get(emv.text_at(tree, "53") or "")


def amount_of(tree: Mapping[str, str | emv.Tree], currency: str | None) -> Money | None:
    """The amount of tag 54; ``None`` where the payer sets it (a zero says so too) or the currency is not known."""
    text = emv.text_at(tree, "54")
    if text is None or currency is None:
        return None
    found = _money(text, currency) if len(text) <= MAX_AMOUNT_LENGTH and _AMOUNT.fullmatch(text) else None
    if found is None:
        reason = f"{text!r} is not an amount of {currency}"
        raise Invalid("emv_amount", f"The payment code is broken at tag 54: {reason}.", tag="54", reason=reason)
    return found if found.minor else None


def _money(text: str, currency: str) -> Money | None:
    """The amount, or ``None`` where the currency has fewer decimals; EMVCo allows ``98.`` and forbids no ``.98``."""
    try:
        return Money.parse(f"0{text}" if text.startswith(".") else text.removesuffix("."), currency)
    except Invalid:
        return None


def reference_of(tree: Mapping[str, str | emv.Tree], *tags: str) -> str | None:
    """The first reference in tag 62 under these sub-tags that is more than a placeholder."""
    values = (emv.text_at(tree, "62", tag) for tag in tags)
    return next((value for value in values if value is not None and value != NO_REFERENCE), None)


def read(
    tree: emv.Tree,
    *,
    profile: str,
    scheme: Scheme | None = None,
    reference: str | None,
    details: Mapping[str, Any] | None = None,
    warnings: tuple[str, ...] = (),
    doubts: Mapping[str, str] | None = None,
) -> Decoded:
    """A tree as what it asks for, with its doubts by tag: the caller's and those of form (``emv_form.doubts``).

    Raises what ``emv_form.demand`` does; ``emv_currency`` for another currency than the scheme's; ``emv_amount``.
    """
    emv_form.demand(tree, country=scheme.country if scheme else None, fields=scheme.demanded if scheme else ())
    found = currency_of(tree)
    if scheme is not None and found not in scheme.currencies:
        wanted = " or ".join(scheme.currencies)
        raise emv_form.refusal("emv_currency", "53", f"tag 53 is {tree['53']}, not the number of {wanted}")
    amount = amount_of(tree, found)
    if amount is None and found is not None and emv.text_at(tree, "54") is not None:
        warnings = (*warnings, ZERO_AMOUNT)
    every = {**(doubts or {}), **emv_form.doubts(tree, fields=() if scheme else emv_form.DEMANDED)}
    further = ((FORM_DOUBT, bool(every)), (CURRENCY_DOUBT, found is None))
    return Decoded(
        profile=profile,
        amount=amount,
        currency=found,
        reference=reference,
        tree=tree,
        details={**details_of(tree), **(details or {}), **({DOUBTS: every} if every else {})},
        warnings=(*warnings, *(code for code, doubted in further if doubted)),
    )


def refuse_doubts(found: Decoded) -> None:
    """What a strict reader does with doubts of form: the first of them refuses the code (``emv_form``)."""
    for tag, reason in found.details.get(DOUBTS, {}).items():
        raise emv_form.refusal("emv_form", tag, reason)


def details_of(tree: Mapping[str, str | emv.Tree]) -> dict[str, Any]:
    """What the fields that every scheme shares mean, by name; fields that are missing or empty are left out.

    Source: EMVCo v1.1, tables 3.1, 3.7 and 3.8.
    """
    initiation = tree.get("01")
    found: dict[str, Any] = {"initiation": _INITIATION.get(initiation)} if isinstance(initiation, str) else {}
    found |= {name: tree[tag] for name, tag in _NAMED if tree.get(tag)}
    tip = emv.text_at(tree, "55")
    if tip is not None:
        kind, tag = _TIPS.get(tip, (tip, ""))
        found["tip"] = {"kind": kind, "value": emv.text_at(tree, tag)}
    for name, tag, names in (("additional", "62", _ADDITIONAL), ("local", "64", _LOCAL)):
        inside = tree.get(tag)
        if isinstance(inside, dict):
            found[name] = {names.get(key, key): value for key, value in inside.items()}
    found["schemes"] = [
        value["00"] for tag, value in tree.items() if "26" <= tag <= "51" and isinstance(value, dict) and "00" in value
    ]
    return found


def folded(text: str, *, field: str, max_length: int) -> str:
    """The text in ASCII, accents dropped, or ``Invalid``: ``text_not_ascii``, ``text_empty``, ``text_too_long``.

    Nothing is cut off: a name that does not fit is the creditor's to shorten.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    plain = " ".join(plain.split())
    if not plain:
        raise Invalid("text_empty", f"The field {field!r} is empty.", field=field)
    if not plain.isascii() or not plain.isprintable():
        raise Invalid("text_not_ascii", f"The field {field!r} has letters that the code cannot carry.", field=field)
    if len(plain) > max_length:
        raise Invalid(
            "text_too_long",
            f"The field {field!r} has {len(plain)} characters; {max_length} fit.",
            fix="Shorten it as the bank statement should show it.",
            field=field,
        )
    return plain
