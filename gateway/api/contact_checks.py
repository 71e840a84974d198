"""Contact checks: may a debtor be contacted, and if not, when? Nothing is written and no permit is taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query
from pydantic import ConfigDict, Field, WithJsonSchema

from activities import contact
from connectors import contact_check, registry
from connectors.wording.languages import LANGUAGES, negotiate
from domain.contacts import Actor, Channel, Confidence, ContactResult, LenderType, PartyRole
from domain.errors import AfluenteError
from gateway.auth import Caller, Reader
from gateway.console.voice import Voice, voice
from gateway.contact_answers import Asked, ask, ask_of
from gateway.queries import Among
from gateway.shapes import Body, Identifier, JsonObject, Shape, ShortText
from store import cases

router = APIRouter(tags=["contact checks"])

MOST: Final = 500


def _among(kind: type[Any]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(word) for word in kind]}


_MOMENT: Final = {"type": "string", "format": "date-time", "description": "ISO 8601 with its offset."}
_FACTS: Final = {
    "type": "object",
    "description": "What is known; every key may be left out, unknown ones are refused.",
    "additionalProperties": False,
    "properties": {
        "actor": _among(Actor),
        "lender_type": _among(LenderType),
        "party_role": _among(PartyRole),
        "days_past_due": {"type": "integer", "minimum": -36_500, "maximum": contact_check.MAX_DAYS_PAST_DUE},
        "consents": {"type": "array", "items": {"type": "string"}},
        "holds": {"type": "array", "items": {"type": "string", "enum": sorted(contact_check.HOLDS)}},
        "contacts": {
            "type": "array",
            "maxItems": contact_check.MAX_CONTACTS,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["at", "channel"],
                "properties": {
                    "at": _MOMENT,
                    "channel": _among(Channel),
                    "actor": _among(Actor),
                    "result": _among(ContactResult),
                },
            },
        },
        "time_zone": {"type": ["string", "null"], "description": "IANA zone, where known better than by address."},
        "registries": {"type": "array", "items": {"type": "string"}},
        "product": {"type": "string", "enum": sorted(contact_check.PRODUCTS)},
    },
}
Facts = Annotated[JsonObject, WithJsonSchema(_FACTS)]
Moment = Annotated[str, WithJsonSchema(_MOMENT)]
Offered = Annotated[ShortText, Among(lambda: tuple(one.locale for one in LANGUAGES))]
Locale = Annotated[
    Offered | None, Query(description="The language of explanations; by `Accept-Language` where left out.")
]
Accepted = Annotated[str, Header(alias="Accept-Language", max_length=1000, description="For want of `locale`.")]


class ContactQuestion(Body):
    """May this debtor be contacted, over a channel, at a moment?"""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "country": "BR",
                "subdivision": "BR-SP",
                "channel": "phone",
                "at": "2026-11-22T10:00:00-03:00",
                "facts": {"actor": "agency", "days_past_due": 45},
            }
        }
    )

    country: Annotated[ShortText, Field(description="ISO 3166-1 alpha-2.")]
    subdivision: Annotated[ShortText | None, Field(description="ISO 3166-2, such as BR-SP.")] = None
    channel: Annotated[Channel, Field()]
    at: Annotated[Moment | None, Field(description="ISO 8601 with its offset; now where left out.")] = None
    facts: Facts | None = None


class Explanation(Shape):
    """One reason in the reader's language, with the rule that gives it; `rule` null is house policy."""

    kind: Annotated[str, Field(description="Such as outside_hours, over_cap, on_hold; open_hours where it is allowed.")]
    text: str
    rule: str | None
    rule_text: Annotated[str | None, Field(description="What the rule asks, in English.")]
    source: str
    confidence: Confidence


class ContactAnswer(Shape):
    """The answer of `afluente contact check`, and its reasons explained, the deciding one first."""

    allowed: bool
    rule: Annotated[str | None, Field(description="The rule that decided.")]
    source: str
    confidence: Confidence
    reasons: Annotated[list[str], Field(description="In English, each behind its rule's id.")]
    next_allowed_at: Annotated[
        str | None, Field(description="The next lawful moment, on the debtor's clock; null while the facts stand.")
    ]
    locale: str
    explanations: list[Explanation]


class CaseContactAnswer(ContactAnswer):
    """The answer for a case, with the facts that it was asked by."""

    case_id: str
    country: str
    subdivision: str | None
    channel: Channel
    at: str
    facts: Facts


class ContactQuestions(Body):
    """Many questions."""

    questions: Annotated[list[ContactQuestion], Field(min_length=1, max_length=MOST)]


class Refused(Shape):
    """Why one question of many could not be answered."""

    error: JsonObject


class ContactAnswers(Shape):
    """An answer for each question, in order; one that cannot be answered has an error in its place."""

    data: list[ContactAnswer | Refused]


def _answer(asked: Asked, spoken: Voice) -> dict[str, Any]:
    return contact_check.decision_json(asked.country, asked.decision) | {
        "locale": spoken.locale,
        "explanations": [
            Explanation(
                kind=one.kind,
                text=one.sentence.plain(spoken),
                rule=one.rule.id if one.rule else None,
                rule_text=one.rule.text if one.rule else None,
                source=one.source,
                confidence=one.confidence,
            )
            for one in asked.explained(spoken)
        ],
    }


@router.post("/v1/contact-checks", operation_id="checkContact", summary="Ask whether a contact is lawful")
def check_contact(
    body: ContactQuestion, caller: Reader, locale: Locale = None, accept_language: Accepted = ""
) -> ContactAnswer:
    """Reads only: the same question has the same answer, no permit is taken and no `Idempotency-Key` is needed."""
    return ContactAnswer(**_answer(_ask(body, caller), _spoken(locale, accept_language)))


@router.post("/v1/contact-checks/batch", operation_id="checkContacts", summary="Ask about many contacts at once")
def check_contacts(
    body: ContactQuestions, caller: Reader, locale: Locale = None, accept_language: Accepted = ""
) -> ContactAnswers:
    """Reads only. Questions are independent of one another: none spends what the next one counts."""
    spoken = _spoken(locale, accept_language)
    return ContactAnswers(data=[_one_of_many(question, caller, spoken) for question in body.questions])


@router.get(
    "/v1/cases/{case_id}/contact-check",
    operation_id="checkCaseContact",
    summary="Ask whether a case's debtor may be contacted",
)
def check_case(
    case_id: str,
    caller: Reader,
    channel: Channel,
    actor: Actor = Actor.CREDITOR,
    party_id: Annotated[Identifier | None, Query(description="A guarantor of a loan of it; else its debtor.")] = None,
    at: Annotated[Moment | None, Query(description="Now where left out.")] = None,
    locale: Locale = None,
    accept_language: Accepted = "",
) -> CaseContactAnswer:
    """By the case's own facts: arrears, consents, holds, moratorium and every touch so far. No permit is taken."""
    moment = _moment(at, caller)
    with caller.transaction() as tx:
        debtor = contact.load(tx, cases.get(tx, case_id), party_id=party_id)
        asked = ask_of(tx, debtor, channel=channel, actor=actor, at=moment)
    return CaseContactAnswer(
        **_answer(asked, _spoken(locale, accept_language)),
        case_id=case_id,
        country=asked.country.code,
        subdivision=asked.subdivision,
        channel=channel,
        at=moment.isoformat(),
        facts=contact_check.facts_json(asked.facts),
    )


def _one_of_many(question: ContactQuestion, caller: Caller, spoken: Voice) -> ContactAnswer | Refused:
    try:
        return ContactAnswer(**_answer(_ask(question, caller), spoken))
    except AfluenteError as error:
        return Refused(error=error.as_dict())


def _ask(body: ContactQuestion, caller: Caller) -> Asked:
    facts = contact_check.facts_from_json({} if body.facts is None else body.facts)
    return ask(
        registry.country(body.country),
        facts,
        channel=body.channel,
        at=_moment(body.at, caller),
        subdivision=body.subdivision,
    )


def _moment(at: str | None, caller: Caller) -> datetime:
    return caller.services.now() if at is None else contact_check.moment_from(at)


def _spoken(locale: str | None, accepted: str) -> Voice:
    return voice(locale or negotiate(accepted), UTC)
