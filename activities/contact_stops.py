"""Stopping what reaches nobody, or what a debtor wants no more of: for every actor, until a person lifts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from domain.contact_outcomes import StopReason
from domain.contacts import Channel
from domain.errors import Conflict
from domain.ids import NewId
from store import cases, contact_stops, timeline
from store.cases import Case
from store.contact_stops import ContactStop


@dataclass(frozen=True, slots=True)
class Told:
    """Who told it, in which case, and when."""

    case: Case
    by: str
    now: datetime
    new_id: NewId


def stop_channel(tx: Connection, told: Told, channel: Channel, *, reason: StopReason) -> bool:
    """Nobody contacts the debtor over a channel any more; false where that was so."""
    return _stop(tx, told, channel=channel.value, number_index=None, reason=reason)


def stop_number(tx: Connection, told: Told, number_index: bytes, *, reason: StopReason) -> bool:
    """Nobody uses a number or address of the debtor any more; false where that was so."""
    return _stop(tx, told, channel=None, number_index=number_index, reason=reason)


def _stop(tx: Connection, told: Told, *, channel: str | None, number_index: bytes | None, reason: StopReason) -> bool:
    stop = ContactStop(
        id=told.new_id("contact_stop"),
        tenant_id=told.case.tenant_id,
        party_id=told.case.party_id,
        channel=channel,
        number_index=number_index,
        reason=reason.value,
        case_id=told.case.id,
        told_by=told.by,
        created_at=told.now,
    )
    if not contact_stops.add(tx, stop):
        return False
    detail = {"stop": stop.id, "because_of": reason.value, "channel": channel}
    timeline.note(tx, told.case, at=told.now, actor=told.by, kind="contact_stopped", detail=detail)
    return True


def lift(tx: Connection, stop_id: str, *, by: str, because: str, now: datetime) -> ContactStop:
    """Let it be used again; ``contact_stop_lifted`` where it is already."""
    stop = contact_stops.get(tx, stop_id)
    if not contact_stops.lift(tx, stop_id, by=by, because=because, now=now):
        raise Conflict("contact_stop_lifted", "It is in use again already.")
    case = cases.get(tx, stop.case_id)
    detail = {"stop": stop.id, "because_of": stop.reason, "channel": stop.channel, "note": because}
    timeline.note(tx, case, at=now, actor=by, kind="contact_stop_lifted", detail=detail)
    return contact_stops.get(tx, stop_id)
