"""The outbox: every notice with its text, its lawful moment on the debtor's clock, and why not earlier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from activities import held_notices, notice_writing, wording_desk
from activities.held_notices import Look
from activities.notice_queue import stated_of
from connectors import registry
from connectors.wording.languages import direction, tag
from connectors.wording.notices import SHORT_CHANNELS
from connectors.wording.screening import Finding
from domain.errors import AfluenteError
from domain.notices import RenderedNotice
from gateway.console import paging
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.words import LABELS
from store import cases, listings, notice_clearances, notices, overview, parties
from store.listings import OutboxFilter
from store.notices import Notice

router = APIRouter(route_class=ConsoleRoute)

DAYS: Final = frozenset({"pay_by", "answer_by", "received_on"})
LONG_FACTS: Final = frozenset({"answer"})
"""Facts that are days, and facts that are texts of several lines."""


@router.get("/outbox")
def notice_list(here: Visiting) -> HTMLResponse:
    """Notices, latest moment first."""
    query = here.request.query_params
    wanted = OutboxFilter(
        state=query.get("state") or None, country=query.get("country") or None, locale=query.get("locale") or None
    )
    after = paging.from_word(query.get("after"), moments=True)
    with here.tx() as tx:
        listed = listings.outbox(tx, wanted, after=after)
        counts = notices.counts_by_state(tx)
        locales = overview.notice_locales(tx)
    return page(
        here,
        "outbox.html",
        place="cases",
        listed=listed,
        wanted=wanted,
        counts=counts,
        locales=locales,
        states=tuple(LABELS["notice_state"]),
        countries=tuple(registry.countries()),
        filtered=wanted != OutboxFilter(),
    )


@router.get("/outbox/{notice_id}")
def show_notice(here: Visiting, notice_id: str) -> HTMLResponse:
    """One notice: the text that was sent, or how it would read now; of a held one why, and the ways on."""
    return notice_page(here, notice_id)


def notice_page(here: Visit, notice_id: str, *, refused: AfluenteError | None = None) -> HTMLResponse:
    """A notice's page, with what was refused on it."""
    with here.tx() as tx:
        notice = notices.get(tx, notice_id)
        case = cases.get(tx, notice.case_id)
        party = parties.get(tx, notice.party_id)
        rules = overview.permit_rules(tx, [notice.permit_id] if notice.permit_id else [])
        found = held_notices.look(tx, notice, now=here.services.now()) if notice.state == "held" else None
        clearances = notice_clearances.of_notice(tx, notice.id)
    draft, trouble = (None, None) if notice.body else (found.rendered, None) if found else _draft(here, notice)
    locale = draft.locale if draft else notice.locale
    known = {rule.id: rule for rule in registry.country(case.country).contact_rules}
    named = rules.get(notice.permit_id or "", [])
    return page(
        here,
        "notice.html",
        place="cases",
        status=refused.status if refused else 200,
        refused=refused,
        notice=notice,
        case=case,
        party=party,
        rules=[(name, known.get(name)) for name in named],
        refused_by=known.get((notice.refusal or {}).get("rule") or ""),
        draft=draft,
        trouble=trouble,
        subject=notice.subject or (draft.subject if draft else None),
        text=notice.body or (marked_text(found) if found else draft.text if draft else None),
        text_tag=tag(locale),
        text_direction=direction(locale),
        found=found,
        clearances=clearances,
        stated=stated_of(notice),
        facts=held_notices.correctable(notice),
        days=DAYS,
        long_facts=LONG_FACTS,
        variant=wording_desk.variant_of(case.country, notice.kind, notice.channel, locale),
        own=here.person.id,
        may=here.may("cases"),
    )


def marked_text(found: Look) -> Markup | None:
    """A notice's text with what was found in it marked."""
    if found.rendered is None:
        return None
    text = found.rendered.text
    before = 0 if found.rendered.channel in SHORT_CHANNELS else len(found.rendered.subject) + 1
    return _marked(text, found.findings, before)


def _marked(text: str, findings: Sequence[Finding], before: int) -> Markup:
    """``before`` letters of subject stand before the text that findings are placed in."""
    out, at = Markup(), 0
    for one in findings:
        if one.start is None or one.end is None or one.start - before < at:
            continue
        start, end = one.start - before, one.end - before
        out += Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end])
        at = end
    return out + text[at:]


def _draft(here: Visit, notice: Notice) -> tuple[RenderedNotice | None, AfluenteError | None]:
    """How the notice would read now; or why it cannot be written."""
    try:
        with here.tx() as tx:
            return notice_writing.preview(tx, notice, now=here.services.now(), agent_name=here.person.name), None
    except AfluenteError as error:
        return None, error
