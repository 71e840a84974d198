"""The outbox: every notice with its text, its lawful moment on the debtor's clock, and why not earlier."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from activities import notice_writing
from connectors import registry
from connectors.wording.languages import direction, tag
from domain.errors import AfluenteError
from domain.notices import RenderedNotice
from gateway.console import paging
from gateway.console.pages import ConsoleRoute, Visit, Visiting, page
from gateway.console.words import LABELS
from store import cases, listings, notices, overview, parties
from store.listings import OutboxFilter
from store.notices import Notice

router = APIRouter(route_class=ConsoleRoute)


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
    """One notice: the text that was sent, or how it would read now."""
    with here.tx() as tx:
        notice = notices.get(tx, notice_id)
        case = cases.get(tx, notice.case_id)
        party = parties.get(tx, notice.party_id)
        rules = overview.permit_rules(tx, [notice.permit_id] if notice.permit_id else [])
    draft, trouble = (None, None) if notice.body else _draft(here, notice)
    locale = draft.locale if draft else notice.locale
    known = {rule.id: rule for rule in registry.country(case.country).contact_rules}
    named = rules.get(notice.permit_id or "", [])
    return page(
        here,
        "notice.html",
        place="cases",
        notice=notice,
        case=case,
        party=party,
        rules=[(name, known.get(name)) for name in named],
        refused_by=known.get((notice.refusal or {}).get("rule") or ""),
        draft=draft,
        trouble=trouble,
        subject=notice.subject or (draft.subject if draft else None),
        text=notice.body or (draft.text if draft else None),
        text_tag=tag(locale),
        text_direction=direction(locale),
    )


def _draft(here: Visit, notice: Notice) -> tuple[RenderedNotice | None, AfluenteError | None]:
    """How the notice would read now; or why it cannot be written."""
    try:
        with here.tx() as tx:
            return notice_writing.preview(tx, notice, now=here.services.now(), agent_name=here.person.name), None
    except AfluenteError as error:
        return None, error
