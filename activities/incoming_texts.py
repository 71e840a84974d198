"""What comes in from networks: reports of notices, people who opt out, and people who write.

It is kept before the network is told that it was taken. A number may be that of several people, cases and tenants: an
opt-out holds for all of them, creditor and agencies alike. Any other text is shown in every case of those who wrote to
the number lately, for a person to read; where nobody did, to all who know it. Nothing is answered by itself: to answer
is to contact, and no law that is known here asks for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from activities import cases as case_files
from activities.delivery_reports import Reports, owners
from activities.nudges import Nudger
from connectors import opt_out_words, phones, registry
from connectors.channels.texts import Heard, Incoming, Report, country_of
from domain.contacts import Channel, ContactResult
from domain.errors import Conflict
from domain.ids import NewId
from domain.opt_outs import Meaning
from store import cases, incoming_messages, opt_outs, parties, permits, timeline
from store.cases import Case
from store.database import Database
from store.incoming_messages import IncomingMessage
from store.opt_outs import OptOut
from store.parties import Party

_TEXTED_WITHIN: Final = timedelta(days=90)
_ANSWERED_WITHIN: Final = timedelta(days=7)
_SAME_WITHIN: Final = timedelta(minutes=5)  # a network without names that heard no answer tells it again
_PIECES_WITHIN: Final = timedelta(days=1)
_WITHHELD: Final = "withheld"
_log = structlog.get_logger("texts")


@dataclass(frozen=True)
class IncomingTexts:
    """Keeps what transports hear; ``hear`` returns once it is safe."""

    database: Database
    nudger: Nudger
    new_id: NewId
    now: Callable[[], datetime]

    def hear(self, heard: Heard) -> None:
        """Keep it for every tenant that it is for, and tell their cases after the commit."""
        touched = self._report(heard) if isinstance(heard, Report) else self._text(heard)
        for tenant_id, case_ids in touched.items():
            try:
                self.nudger.nudge(tenant_id, case_ids)
            except Exception:  # noqa: BLE001 (it is kept, and a sweep finds it: the network need not tell it again)
                _log.exception("nudge_failed")

    def _report(self, report: Report) -> dict[str, list[str]]:
        numbers = _indexes(report.number)
        now = self.now()
        with self.database.anyone() as tx:
            tenants = owners(tx, report, numbers, now=now)
            if not tenants and numbers:
                tenants = incoming_messages.tenants_texting(tx, numbers, since=now - _TEXTED_WITHIN)
        touched = {}
        for tenant_id in tenants or self._caretaker():
            with self.database.tenant(tenant_id) as tx:
                case_id = Reports(tx, tenant_id, self.new_id, now).take(report, numbers)
            touched[tenant_id] = [case_id] if case_id else []
        return touched

    def _text(self, text: Incoming) -> dict[str, list[str]]:
        numbers = _indexes(text.sender or _WITHHELD)
        now = self.now()
        with self.database.anyone() as tx:
            writers = set(incoming_messages.tenants_texting(tx, numbers, since=now - _TEXTED_WITHIN))
            known = incoming_messages.tenants_knowing(tx, numbers)
        touched = {}
        for tenant_id in known or self._caretaker():
            with self.database.tenant(tenant_id) as tx:
                keeper = _Keeper(tx, tenant_id, text, numbers, self.new_id, now)
                touched[tenant_id] = keeper.keep(addressed=not writers or tenant_id in writers)
        return touched

    def _caretaker(self) -> list[str]:
        """Who reads what nobody can be found for: the tenant that this installation began with."""
        return self.database.tenants()[:1]


def _indexes(number: str | None) -> list[bytes]:
    """The blind indexes that a number may be known under."""
    return [permits.number_index(one) or b"" for one in phones.spellings(number)] if number else []


@dataclass(frozen=True)
class _Keeper:
    """One text for one tenant, in one transaction."""

    tx: Connection
    tenant_id: str
    text: Incoming
    numbers: Sequence[bytes]
    new_id: NewId
    now: datetime

    def keep(self, *, addressed: bool) -> list[str]:
        """Keep the text once; the cases to tell. What is not addressed to the tenant is kept only as an opt-out."""
        known = parties.of_number(self.tx, self.numbers)
        fingerprint = _fingerprint(self.text)
        standing = incoming_messages.same(self.tx, fingerprint, since=self._since())
        if standing is not None and not self._begins_anew(standing):
            return self._continue(standing, known)
        piece = self.text.piece
        parts = {piece.number if piece else 1: self.text.text}
        means = self._meaning(self.text.text, known)
        if means is not Meaning.OPT_OUT and not addressed:
            return []
        affected = [case for party in known for case in cases.current_of(self.tx, party.id)]
        message = IncomingMessage(
            id=self.new_id("incoming_message"),
            tenant_id=self.tenant_id,
            channel=Channel.SMS.value,
            transport=self.text.transport,
            fingerprint=fingerprint,
            sender=self.text.sender,
            number_index=self.numbers[0],
            recipient=self.text.recipient,
            pieces=json.dumps(parts, ensure_ascii=False),
            pieces_total=piece.total if piece else 1,
            meaning=means.value,
            case_ids=[case.id for case in affected],
            received_at=self.now,
        )
        incoming_messages.add(self.tx, message)
        self._answered()
        return self._follow(message, affected)

    def _since(self) -> datetime | None:
        """How far back a text may be the same one; a network's own name for it tells for ever."""
        if self.text.message_id is not None:
            return None
        return self.now - (_PIECES_WITHIN if self.text.piece else _SAME_WITHIN)

    def _begins_anew(self, standing: IncomingMessage) -> bool:
        """Whether a part says something else than the one that has its place: references are used again."""
        piece = self.text.piece
        return piece is not None and standing.parts.get(piece.number, self.text.text) != self.text.text

    def _continue(self, standing: IncomingMessage, known: Sequence[Party]) -> list[str]:
        """Another part of a text that has begun; what has come before changes nothing."""
        piece, parts = self.text.piece, standing.parts
        if piece is None or piece.number in parts:
            return []
        parts[piece.number] = self.text.text
        whole = "".join(parts[number] for number in sorted(parts))
        means = self._meaning(whole, known) if len(parts) == standing.pieces_total else Meaning(standing.meaning)
        incoming_messages.complete(self.tx, standing.id, parts, meaning=means.value)
        if means is not Meaning.OPT_OUT:
            return []
        return self._follow(
            replace(standing, meaning=means.value), [cases.get(self.tx, case_id) for case_id in standing.case_ids]
        )

    def _meaning(self, text: str, known: Sequence[Party]) -> Meaning:
        countries = {country_of(self.text.sender), *(party.country for party in known)}
        return opt_out_words.understood(
            text,
            countries=frozenset(registry.countries()) & countries,
            locales=frozenset(party.locale for party in known),
        )

    def _follow(self, message: IncomingMessage, affected: Sequence[Case]) -> list[str]:
        opted_out = message.meaning == Meaning.OPT_OUT
        if opted_out:
            for number in self.numbers:
                opt_out = OptOut(
                    self.new_id("opt_out"), self.tenant_id, Channel.SMS.value, number, message.id, "debtor", self.now
                )
                opt_outs.record(self.tx, opt_out)
        kind = "debtor_opted_out" if opted_out else "debtor_wrote"
        for case in affected:
            detail = {"incoming": message.id, "channel": message.channel, "meaning": message.meaning}
            timeline.note(self.tx, case, at=self.now, actor="debtor", kind=kind, detail=detail)
            case_files.tell(
                self.tx,
                case.id,
                tenant_id=case.tenant_id,
                kind=kind,
                ref=message.id,
                at=self.now,
                new_id=self.new_id,
                now=self.now,
            )
        return [case.id for case in affected]

    def _answered(self) -> None:
        """Who answers was reached: the text that went there last was a contact."""
        permit_id = permits.last_text(self.tx, self.numbers, since=self.now - _ANSWERED_WITHIN)
        if permit_id is not None:
            with suppress(Conflict):
                permits.settle(self.tx, permit_id, result=ContactResult.CONTACT.value, now=self.now)


def _fingerprint(text: Incoming) -> bytes:
    """What tells a text from others: its network's name for it, or all of what it says; of a part, the whole's."""
    told: tuple[str, ...]
    if text.piece is not None:
        told = ("linked", text.sender, text.recipient, text.piece.reference, str(text.piece.total))
    elif text.message_id is not None:
        told = ("named", text.transport, text.message_id)
    else:
        told = ("said", text.sender, text.recipient, text.text)
    return hashlib.sha256("\0".join(told).encode()).digest()
