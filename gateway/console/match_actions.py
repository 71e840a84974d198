"""What a person does to a match: accept, reject, split, take one of several ways, take back, put together by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from urllib.parse import parse_qsl

from fastapi import APIRouter, Response

from activities.match_decisions import MatchDesk, Part
from domain.errors import AfluenteError, Invalid
from gateway.console.pages import ConsoleRoute, Posted, Posting, go
from gateway.console.proposals import LONGEST_NOTE, Trouble, filters_of, match_desk, one_group, queue, queue_address

router = APIRouter(route_class=ConsoleRoute)

_PART = "part/"
_LARGEST_NUMBER = 18


@router.post("/reconcile/proposals/{group_id}/accept")
def accept(form: Posting, group_id: str) -> Response:
    """Accept a proposal."""
    note = form.text("note")[:LONGEST_NOTE] or None
    return _decide(form, group_id, "accept", "match_accepted", lambda desk: desk.accept(group_id, note=note))


@router.post("/reconcile/proposals/{group_id}/reject")
def reject(form: Posting, group_id: str) -> Response:
    """Reject a proposal, for a reason."""
    note = form.text("note")[:LONGEST_NOTE]
    return _decide(form, group_id, "reject", "match_rejected", lambda desk: desk.reject(group_id, note=note))


@router.post("/reconcile/proposals/{group_id}/split")
def split(form: Posting, group_id: str) -> Response:
    """Confirm parts of a proposal; a row without a part is open again."""
    return _decide(form, group_id, "split", "match_split", lambda desk: desk.split(group_id, _parts(form)))


@router.post("/reconcile/proposals/{group_id}/revoke")
def revoke(form: Posting, group_id: str) -> Response:
    """Take back a confirmed match, for a reason."""
    note = form.text("note")[:LONGEST_NOTE]
    return _decide(form, group_id, "revoke", "match_revoked", lambda desk: desk.revoke(group_id, note=note))


def _decide(form: Posted, group_id: str, name: str, done: str, act: Callable[[MatchDesk], object]) -> Response:
    """Decide and lead on to the next of the queue; a refusal leads back to the form with what was entered."""
    here = form.visit
    in_queue = form.text("where") == "queue"
    filters = filters_of(dict(parse_qsl(form.text("back"))))
    try:
        here.need("reconcile")
        with here.tx() as tx:
            act(match_desk(here, tx))
    except AfluenteError as error:
        trouble = Trouble(name, error, {key: text for key, text in form.fields.items() if isinstance(text, str)})
        if in_queue:
            return queue(here, filters, at=group_id, trouble=trouble)
        return one_group(here, group_id, trouble=trouble)
    if not in_queue:
        return go(f"/reconcile/proposals/{group_id}", done=done)
    return go(queue_address(filters, at=form.text("following") or None, last=group_id), done=done)


def _parts(form: Posted) -> list[Part]:
    """The parts that the form's rows were put into: fields ``part/left/7`` with the part's number."""
    sides: dict[str, dict[str, list[int]]] = defaultdict(lambda: {"left": [], "right": []})
    for name, number in form.fields.items():
        if not (name.startswith(_PART) and isinstance(number, str) and number.strip()):
            continue
        side, _, seq = name.removeprefix(_PART).partition("/")
        if side not in ("left", "right"):
            raise Invalid("item_not_of_group", "A part names a row that is not there.")
        sides[number.strip()][side].append(item_number(seq))
    if not sides:
        raise Invalid("nothing_chosen", "No row is in a part.", fix="Choose rows on both sides.")
    return [Part(tuple(one["left"]), tuple(one["right"])) for _, one in sorted(sides.items())]


def item_number(text: str) -> int:
    """The number of an item that a form or address names; ``item_not_of_group`` for none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LARGEST_NUMBER):
        raise Invalid("item_not_of_group", "An item's number is malformed.")
    return int(text)
