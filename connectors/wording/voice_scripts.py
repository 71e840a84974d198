"""What an agent says on a call, line by line: who is asked for, nothing to anybody else, and no pressure.

The person is asked for by name alone, proves who they are, and only then is told who calls and why: most countries
forbid telling it to anybody else. A script is only written for what is said naturally.
"""

from __future__ import annotations

import re
from typing import Final

from connectors.wording import disclosures, formatting
from connectors.wording.layout import Block, Paragraph, Sentence, Value
from connectors.wording.payment_labels import marked
from connectors.wording.short_notices import about, overdue
from connectors.wording.speaker import Speaker
from domain.contacts import Channel
from domain.errors import Invalid
from domain.notices import CLAIMS_OVERDUE, NoticeKind

_SENDER: Final = re.compile(r"^\{creditor\}\s*[:\uff1a\u17d6]\s*")
OPENING: Final = 2
"""So many paragraphs of a script come before the proof of who answers: whom to ask for, what to say to others."""
_PROOF: Final = marked("To protect your data, please tell me the last four characters of your identity number.")
"""A name alone is known to the whole house."""
SPOKEN: Final = frozenset(
    {
        NoticeKind.COURTESY,
        NoticeKind.FIRST_REMINDER,
        NoticeKind.SECOND_REMINDER,
        NoticeKind.PROMISE_CONFIRMATION,
        NoticeKind.BROKEN_PROMISE,
        NoticeKind.PLAN_CONFIRMATION,
        NoticeKind.THANK_YOU,
        NoticeKind.SETTLEMENT_OFFER,
    }
)


def script(kind: NoticeKind, speaker: Speaker) -> tuple[Block, ...]:
    """The call, in the order it is spoken; what stands in brackets is for the agent and is not said."""
    words, facts = speaker.words, speaker.facts
    if not (facts.agent_name or "").strip():
        raise Invalid("notice_incomplete", "Who calls says their name: the script needs the agent's.")
    person = Value(formatting.addressee(facts.debtor_name, speaker.locale), "name")
    agent = Value(formatting.name(facts.agent_name or ""), "name")
    me, behalf = words.gettext("My name is {agent}."), words.gettext("I am calling on behalf of {creditor}.")
    told = about(kind, speaker)
    said = [Sentence(_spoken(told.words), told.values)]
    if kind in CLAIMS_OVERDUE:
        said.append(overdue(speaker))
    if kind in CLAIMS_OVERDUE - {NoticeKind.SETTLEMENT_OFFER}:
        ask = words.gettext("When would you be able to pay? If there is a difficulty, please tell me about it.")
        said.append(Sentence(ask))
    elif kind is not NoticeKind.THANK_YOU:
        said.append(Sentence(words.gettext("If anything is unclear, I will gladly explain it.")))
    return (
        Paragraph((Sentence(words.gettext("Good day. May I speak with {name}?"), {"name": person}),)),
        Paragraph(
            (
                Sentence(
                    words.gettext("[If somebody else answers: say only that you will call again, and do not say why.]")
                ),
            )
        ),
        Paragraph((Sentence(me, {"agent": agent}), Sentence(words.gettext(_PROOF)))),
        Paragraph((Sentence(behalf, {"creditor": speaker.creditor()}), *_recorded(speaker))),
        Paragraph(tuple(said)),
        Paragraph(
            (
                Sentence(words.gettext("You may also reach us here: {contact}"), {"contact": speaker.contact()}),
                Sentence(words.gettext("Thank you for your time. Goodbye.")),
            )
        ),
    )


def _spoken(words: str) -> str:
    """The sentence of a text message without the sender's name before it, which the caller has said already."""
    said = _SENDER.sub("", words)
    return said if said.startswith("{") else said[:1].upper() + said[1:]


def _recorded(speaker: Speaker) -> tuple[Sentence, ...]:
    if "recorded" not in disclosures.elements(speaker, channel=Channel.PHONE.value):
        return ()
    return (Sentence(speaker.words.gettext("This call is being recorded.")),)
