"""Payment codes of every country: read whatever was scanned or pasted, and make one from named fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from connectors import registry
from connectors.shared import emv, emv_profile
from connectors.shared.creditor_reference import CREDITOR_REFERENCE
from connectors.shared.iban import IBAN_NUMBER
from domain.errors import Invalid
from domain.rails import Codec, Decoded, Form, Rail

GENERIC_PROFILE: Final = "emv"
"""The profile of a sound merchant-presented code that no rail of ours claims."""

SHARED: Final = (CREDITOR_REFERENCE, IBAN_NUMBER)
"""What is read whatever countries there are: international texts."""

_AROUND: Final = " \t\r\n\v\f\x00\x1c\x1d\x1e\x1f\xa0\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff"
"""What copying and scanning leave around a text: blanks, line ends, separators, marks of direction and byte order."""


_SCANNER: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""What a scanner puts before a text to say what it scanned: ``]Q1`` a QR code, ``]I0`` a boleto's barcode.

Source: ISO/IEC 15424, as scanners' manuals have it.
"""

_SEALED: Final = re.compile(rf"[0-9]{{2}}.*{emv.MERCHANT_PRESENTED.crc_head}[0-9A-Fa-f]{{4}}", re.DOTALL)
"""A text that ends as a merchant-presented code does and begins with a tag, if not with the first."""

_PATH: Final = re.compile(r"[0-9]{2}(\.[0-9]{2})*")


class _Parted(NamedTuple):
    """Readers in the order in which they are asked."""

    forms: Mapping[Form, tuple[Rail | Codec, ...]]
    whole: tuple[Codec, ...]


def rails(extra: Iterable[str] = ()) -> tuple[Rail, ...]:
    """Every rail of every country, in the registry's order; ``extra`` names further country packages, as there."""
    return tuple(rail for country in registry.countries(extra).values() for rail in country.rails)


def readers(extra: Iterable[str] = ()) -> tuple[Rail | Codec, ...]:
    """Everything that reads a text: the countries' rails and codecs, and what is shared, each code once."""
    return _readers(registry.country_packages(extra))


@lru_cache(maxsize=16)
def _readers(packages: tuple[str, ...]) -> tuple[Rail | Codec, ...]:
    found: dict[str, Rail | Codec] = {}
    for country in registry.countries_of(packages).values():
        found |= {rail.code: rail for rail in country.rails} | {codec.code: codec for codec in country.codecs}
    for shared in SHARED:
        found.setdefault(shared.code, shared)
    return tuple(found.values())


def reader(code: str, extra: Iterable[str] = ()) -> Rail | Codec:
    """What reads a profile, or ``rail_unknown`` with the codes that exist."""
    known = {each.code: each for each in readers(extra)}
    if code not in known:
        raise Invalid("rail_unknown", f"There is no rail {code!r}.", fix=f"Use {', '.join(known)}.", known=list(known))
    return known[code]


def bare(payload: str) -> str:
    """The payload without what copying leaves around it; places in refusals are counted in this."""
    text = payload.strip(_AROUND)
    return _SCANNER.sub("", text, count=1).lstrip(_AROUND) if text.startswith("]") else text


def decode(payload: str, extra: Iterable[str] = (), *, profile: str | None = None, strict: bool = False) -> Decoded:
    """What a payload asks for; ``profile`` says what it is where its form does not.

    ``strict`` refuses of a merchant-presented code what a lenient reader takes (``emv.parse``) or doubts
    (``emv_form``). Raises ``Invalid``: the broken rail's code, ``payload_unknown`` or ``rail_unknown``.
    """
    text = bare(payload)
    try:
        if strict and emv.looks_like(text):
            emv.parse(text, strict=True)
        found = _named(payload, profile, extra) if profile else _decode(_known(extra), payload)
        if strict:
            emv_profile.refuse_doubts(found)
    except Invalid as error:
        raise _placed(error, text) if emv.looks_like(text) else error from None
    return found


def _known(extra: Iterable[str]) -> _Parted:
    return _by_form(registry.country_packages(extra))


def _named(payload: str, profile: str, extra: Iterable[str]) -> Decoded:
    """What a payload asks for, read as the profile says."""
    if profile == GENERIC_PROFILE:
        return _generic(bare(_checked(payload)))
    chosen = _reader_of(profile, extra)
    # As it came first: a virtual account number begins with blanks.
    found = chosen.decode(_checked(payload).strip("\r\n")) or chosen.decode(bare(payload))
    if found is None or (profile in chosen.also and found.profile != profile):
        raise _unknown(f"it does not have the form of {profile if profile in chosen.also else chosen.name}")
    return found


def _reader_of(profile: str, extra: Iterable[str]) -> Rail | Codec:
    """What answers with a profile, be it its own or one beside it."""
    beside = next((each for each in readers(extra) if profile in each.also), None)
    return beside or reader(profile, extra)


def decode_with(known: Iterable[Rail | Codec], payload: str) -> Decoded:
    """The same over given readers, then over what is shared. Blanks and line ends around the payload do not count."""
    return _decode(_parted((*known, *SHARED)), payload)


def _parted(known: Iterable[Rail | Codec]) -> _Parted:
    """The readers by the form they read, and those for whom blanks at the front count."""
    detected = [each for each in known if isinstance(each, Rail) or each.detected]
    whole = tuple(each for each in detected if isinstance(each, Codec) and each.whole)
    return _Parted(
        {form: tuple(each for each in detected if each.form is form and each not in whole) for form in Form}, whole
    )


@lru_cache(maxsize=16)
def _by_form(packages: tuple[str, ...]) -> _Parted:
    return _parted(_readers(packages))


def _decode(known: _Parted, payload: str) -> Decoded:
    text = bare(_checked(payload))
    form = Form.EMV if emv.looks_like(text) else Form.OTHER
    try:
        for each in known.forms[form]:
            found = each.decode(text)
            if found is not None:
                return found
        return _generic(text) if form is Form.EMV else _whole(known.whole, payload.strip("\r\n"))
    except Invalid as error:
        raise _placed(error, text) if form is Form.EMV else error from None


def _generic(text: str) -> Decoded:
    """A merchant-presented code that nobody claims."""
    tree = emv.parse(text)
    reference = emv_profile.reference_of(tree, "01", "05")
    return emv_profile.read(tree, profile=GENERIC_PROFILE, reference=reference)


def _placed(error: Invalid, text: str) -> Invalid:
    """The refusal of a sound text's field, with the field's place; a broken text's refusal has its place."""
    tag = error.details.get("tag")
    if tag is None or _PATH.fullmatch(tag) is None or error.details.get("offset") is not None:
        return error
    details = {**error.details, "offset": emv.offset_of(text, tag)}
    return Invalid(error.code, error.message, fix=error.fix, **details)


def _checked(payload: str) -> str:
    """The payload, if it is text and no longer than a code may be."""
    if len(payload) > emv.MAX_READ:
        raise _unknown(f"it has more than {emv.MAX_READ} characters")
    try:
        payload.encode("utf-8")
    except UnicodeEncodeError:
        raise _unknown("it is not text") from None
    return payload


def _whole(known: Iterable[Codec], payload: str) -> Decoded:
    """The last to be asked: those for whom blanks at the front count."""
    for each in known if payload.startswith(" ") else ():
        found = each.decode(payload)
        if found is not None:
            return found
    text = bare(payload)
    if _SEALED.fullmatch(text):
        emv.parse(text)  # says where such a code's beginning is broken
    raise _unknown("no payment code begins like this")


def encode(code: str, fields: Mapping[str, str], *, extra: Iterable[str] = ()) -> str:
    """The payload of a rail or codec from its named fields.

    Raises ``rail_unknown``, ``rail_read_only``, ``field_unknown`` and the rail's own.
    """
    chosen = reader(code, extra)
    if chosen.encode is None:
        raise Invalid(
            "rail_read_only", f"{chosen.name} is only read here.", fix="Ask the scheme or the platform for the code."
        )
    strangers = sorted(set(fields) - set(chosen.fields))
    if strangers:
        raise Invalid(
            "field_unknown",
            f"The rail {code} has no field {', '.join(strangers)}.",
            fix=f"Use {', '.join(chosen.fields)}.",
            unknown=strangers,
            known=list(chosen.fields),
        )
    return chosen.encode(fields)


def catalogue(extra: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Every profile as JSON: what it is called and where, whether it asks for money, its fields, its source.

    ``also`` are the profiles that its reader answers with beside its own.
    """
    return [
        {
            "code": each.code,
            "name": each.name,
            "country": each.country,
            "collects": isinstance(each, Rail),
            "made": each.encode is not None,
            "detected": isinstance(each, Rail) or each.detected,
            "fields": list(each.fields),
            "also": list(each.also),
            "source": each.source,
            "confidence": each.confidence.value,
        }
        for each in readers(extra)
    ]


def as_json(decoded: Decoded) -> dict[str, Any]:
    """A payload read back, ready for JSON; the amount in major units with the currency's decimals, or ``None``."""
    return {
        "profile": decoded.profile,
        "valid": True,
        "amount": None if decoded.amount is None else f"{decoded.amount.decimal:f}",
        "currency": decoded.currency,
        "reference": decoded.reference,
        "tree": decoded.tree,
        "details": dict(decoded.details),
        "warnings": list(decoded.warnings),
    }


def error_as_json(error: Invalid) -> dict[str, Any]:
    """A refused payload, ready for JSON; ``tag`` and ``offset`` are ``None`` where no one place is wrong."""
    return {
        "valid": False,
        "error": {
            "code": error.code,
            "tag": error.details.get("tag"),
            "offset": error.details.get("offset"),
            "reason": error.details.get("reason") or error.message,
            "message": error.message,
            "fix": error.fix,
        },
    }


def explain(
    payload: str, extra: Iterable[str] = (), *, profile: str | None = None, strict: bool = False
) -> dict[str, Any]:
    """The JSON answer of ``rails decode``: ``as_json`` of what was read, or ``error_as_json`` of the refusal."""
    try:
        return as_json(decode(payload, extra, profile=profile, strict=strict))
    except Invalid as error:
        return error_as_json(error)


def _unknown(reason: str) -> Invalid:
    return Invalid(
        "payload_unknown",
        f"The text is not a payment code that is known here: {reason}.",
        fix="Paste the whole text of the code; a screenshot of a paid transfer is not one.",
        reason=reason,
    )
