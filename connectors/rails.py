"""Payment codes of every country: read whatever was scanned or pasted, and make one from named fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from connectors import registry
from connectors.shared import emv, emv_profile
from domain.errors import Invalid
from domain.rails import Decoded, Rail

GENERIC_PROFILE: Final = "emv"
"""The profile of a sound merchant-presented code that no rail of ours claims, such as VietQR or DuitNow."""


def rails(extra: Iterable[str] = ()) -> tuple[Rail, ...]:
    """Every rail of every country, in the registry's order; ``extra`` names further country packages, as there."""
    return tuple(rail for country in registry.countries(extra).values() for rail in country.rails)


def rail(code: str, extra: Iterable[str] = ()) -> Rail:
    """The rail with a code, or ``rail_unknown`` with the codes that exist."""
    known = {each.code: each for each in rails(extra)}
    if code not in known:
        raise Invalid("rail_unknown", f"There is no rail {code!r}.", fix=f"Use {', '.join(known)}.", known=list(known))
    return known[code]


def decode(payload: str, extra: Iterable[str] = ()) -> Decoded:
    """What a payload asks for. Raises ``Invalid``: the broken rail's code, or ``payload_unknown``."""
    return decode_with(rails(extra), payload)


def decode_with(known: Iterable[Rail], payload: str) -> Decoded:
    """The same over given rails. Blanks and line ends around the payload do not count."""
    text = payload.strip()
    if len(text) > emv.MAX_LENGTH:
        raise _unknown(f"it has more than {emv.MAX_LENGTH} characters")
    for each in known:
        found = each.decode(text)
        if found is not None:
            return found
    if not emv.looks_like(text):
        raise _unknown("no rail begins like this")
    tree = emv.parse(text)
    reference = emv_profile.reference_of(tree, "01", "05")
    return emv_profile.read(tree, profile=GENERIC_PROFILE, reference=reference)


def encode(rail_code: str, fields: Mapping[str, str], *, extra: Iterable[str] = ()) -> str:
    """The payload of a rail from its named fields. Raises ``rail_unknown``, ``field_unknown`` and the rail's own."""
    chosen = rail(rail_code, extra)
    strangers = sorted(set(fields) - set(chosen.fields))
    if strangers:
        raise Invalid(
            "field_unknown",
            f"The rail {rail_code} has no field {', '.join(strangers)}.",
            fix=f"Use {', '.join(chosen.fields)}.",
            unknown=strangers,
            known=list(chosen.fields),
        )
    return chosen.encode(fields)


def as_json(decoded: Decoded) -> dict[str, Any]:
    """A payload read back, ready for JSON; the amount in major units with the currency's decimals, or ``None``."""
    return {
        "profile": decoded.profile,
        "valid": True,
        "amount": None if decoded.amount is None else f"{decoded.amount.decimal:f}",
        "currency": decoded.currency,
        "reference": decoded.reference,
        "tree": decoded.tree,
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


def explain(payload: str, extra: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON answer of ``rails decode``: ``as_json`` of what was read, or ``error_as_json`` of the refusal."""
    try:
        return as_json(decode(payload, extra))
    except Invalid as error:
        return error_as_json(error)


def _unknown(reason: str) -> Invalid:
    return Invalid(
        "payload_unknown",
        f"The text is not a payment code that is known here: {reason}.",
        fix="Paste the whole text of the code; a screenshot of a paid transfer is not one.",
        reason=reason,
    )
