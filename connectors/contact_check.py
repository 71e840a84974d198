"""A question of contact law and its answer as JSON: what ``afluente contact check`` reads and prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from domain.contact_law import ContactRule, Hours
from domain.contact_policy import (
    Actor,
    Channel,
    Confidence,
    ContactFacts,
    ContactResult,
    Decision,
    LenderType,
    PartyRole,
    PastContact,
    Permitted,
    contact_policy,
)
from domain.countries import Country
from domain.errors import Invalid

HOLDS: Final = frozenset(
    {"dispute", "complaint", "hardship", "insolvency", "death", "representation", "cease", "legal_hold"}
)
PRODUCTS: Final = frozenset({"loan", "lease", "murabaha", "ijara"})
MAX_CONTACTS: Final = 1_000
MAX_DAYS_PAST_DUE: Final = 36_500

EARLIEST: Final = 2000  # the calendars of days and moons are sure between these years
LATEST: Final = 2075
_DOUBT: Final = {confidence: doubt for doubt, confidence in enumerate(Confidence)}

_Word = TypeVar("_Word", bound=StrEnum)


def facts_from_json(document: Any) -> ContactFacts:
    """Facts from a JSON object whose every key is optional.

    Raises ``Invalid``: ``facts_unknown_key`` for a key that is not known, ``facts_malformed`` for a value of another
    kind than its key asks for.
    """
    given = _object(document, known=_READERS, where="facts")
    return ContactFacts(**{key: _READERS[key](value, key) for key, value in given.items()})


def channel_from(text: str) -> Channel:
    """A channel by its name. Raises ``Invalid``: ``facts_malformed``."""
    return _word(Channel)(text, "channel")


def moment_from(text: Any, where: str = "at") -> datetime:
    """An ISO 8601 moment with its offset.

    Raises ``Invalid``: ``facts_malformed``, ``moment_without_offset``, ``moment_out_of_range``.
    """
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise _malformed(where, text, "an ISO 8601 moment such as 2026-11-23T09:00:00-03:00") from None
    if at.utcoffset() is None:
        raise Invalid(
            "moment_without_offset",
            f"{where}: {text} does not say its offset from UTC.",
            fix="Write it with an offset, such as 2026-11-23T09:00:00-03:00.",
        )
    if not EARLIEST <= at.year <= LATEST:
        raise Invalid("moment_out_of_range", f"{where}: {text} is not in the years {EARLIEST} to {LATEST}.")
    return at


def answer_json(
    country: Country, *, channel: Channel, at: datetime, facts: ContactFacts, subdivision: str | None
) -> dict[str, Any]:
    """Whether a contact is lawful, by which rule, and from when it is, ready for JSON."""
    return decision_json(country, contact_policy(country, facts, channel=channel, at=at, subdivision=subdivision))


def decision_json(country: Country, decision: Decision) -> dict[str, Any]:
    """A decision of contact law as the six keys of an answer; ``rule`` is the one that ``deciding_rule`` names."""
    if isinstance(decision, Permitted):
        rule = deciding_rule(country, decision)
        closing = decision.closes_at.isoformat()
        return {
            "allowed": True,
            "rule": rule.id,
            "source": rule.source,
            "confidence": str(rule.confidence),
            "reasons": [f"{rule.id}: the window is open until {closing}."],
            "next_allowed_at": None,
        }
    return {
        "allowed": False,
        "rule": decision.rule,
        "source": decision.source,
        "confidence": str(decision.confidence),
        "reasons": list(decision.reasons),
        "next_allowed_at": decision.next_allowed_at.isoformat() if decision.next_allowed_at else None,
    }


def deciding_rule(country: Country, decision: Permitted) -> ContactRule:
    """The rule whose hours allow a contact.

    Of several, the one founded worst speaks, so that nothing is shown as law that rests on policy in part.
    """
    consulted = [rule for rule in country.contact_rules if rule.id in decision.rules]
    hours = [rule for rule in consulted if isinstance(rule.kind, Hours) and any(rule.kind.week)]
    return max(hours, key=lambda found: _DOUBT[found.confidence])


def facts_json(facts: ContactFacts) -> dict[str, Any]:
    """Facts as ``facts_from_json`` reads them; whose a touch was and which loan it was about is left out."""
    return {
        "actor": str(facts.actor),
        "lender_type": str(facts.lender_type),
        "party_role": str(facts.party_role),
        "days_past_due": facts.days_past_due,
        "consents": sorted(facts.consents),
        "holds": sorted(facts.holds & HOLDS),
        "contacts": [
            {
                "at": touch.at.isoformat(),
                "channel": str(touch.channel),
                "actor": str(touch.actor),
                "result": str(touch.result),
            }
            for touch in facts.contacts
        ],
        "time_zone": facts.time_zone,
        "registries": sorted(facts.registries),
        "product": facts.product,
    }


def _malformed(where: str, value: Any, wanted: str) -> Invalid:
    return Invalid("facts_malformed", f"{where}: {value!r} is not {wanted}.", key=where)


def _object(document: Any, *, known: Mapping[str, Any], where: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _malformed(where, document, "a JSON object")
    unknown = sorted(map(str, document.keys() - known.keys()))
    if unknown:
        raise Invalid(
            "facts_unknown_key",
            f"{where}: {', '.join(unknown)} is not known.",
            fix=f"Use only {', '.join(known)}.",
            keys=unknown,
        )
    return document


def _word(kind: type[_Word]) -> Callable[[Any, str], _Word]:
    def read(value: Any, where: str) -> _Word:
        try:
            return kind(value)
        except ValueError:
            raise _malformed(where, value, f"one of {', '.join(kind)}") from None

    return read


def _one_of(allowed: frozenset[str]) -> Callable[[Any, str], str]:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise _malformed(where, value, f"one of {', '.join(sorted(allowed))}")
        return value

    return read


def _words(allowed: frozenset[str] | None) -> Callable[[Any, str], frozenset[str]]:
    def read(value: Any, where: str) -> frozenset[str]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise _malformed(where, value, "a list of words")
        unknown = sorted(set(value) - allowed) if allowed is not None else []
        if unknown:
            raise _malformed(where, unknown[0], f"one of {', '.join(sorted(allowed or ()))}")
        return frozenset(value)

    return read


def _days(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_DAYS_PAST_DUE:
        raise _malformed(where, value, f"a whole number of days up to {MAX_DAYS_PAST_DUE}")
    return value


def _zone(value: Any, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _malformed(where, value, "an IANA time zone or null")
    return value


def _contacts(value: Any, where: str) -> tuple[PastContact, ...]:
    if not isinstance(value, list) or len(value) > MAX_CONTACTS:
        raise _malformed(where, "the value", f"a list of at most {MAX_CONTACTS} contacts")
    return tuple(_contact(item, f"{where}[{index}]") for index, item in enumerate(value))


def _contact(item: Any, where: str) -> PastContact:
    given = _object(item, known=_CONTACT_READERS, where=where)
    missing = sorted({"at", "channel"} - given.keys())
    if missing:
        raise Invalid("facts_malformed", f"{where}: {' and '.join(missing)} must be given.", key=where)
    return PastContact(**{key: _CONTACT_READERS[key](value, f"{where}.{key}") for key, value in given.items()})


_CONTACT_READERS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "at": moment_from,
    "channel": _word(Channel),
    "actor": _word(Actor),
    "result": _word(ContactResult),
}
_READERS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "actor": _word(Actor),
    "lender_type": _word(LenderType),
    "party_role": _word(PartyRole),
    "days_past_due": _days,
    "consents": _words(None),
    "holds": _words(HOLDS),
    "contacts": _contacts,
    "time_zone": _zone,
    "registries": _words(None),
    "product": _one_of(PRODUCTS),
}
