"""What is agreed in a case from the console: a plan, a settlement offer, the answer to a request about data."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from fastapi import APIRouter, Response

from activities import arrangements
from activities.arrangements import Arrangements
from domain.errors import AfluenteError, Invalid
from domain.money import Money
from gateway.console.case_actions import actor
from gateway.console.cases import Trouble, case_page
from gateway.console.pages import ConsoleRoute, Posted, Posting, go

router = APIRouter(route_class=ConsoleRoute)

_LINE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[\s;,]+(\d+(?:\.\d+)?)")


def _arrange(form: Posted, case_id: str, name: str, work: Callable[[Arrangements], object]) -> Response:
    """Arrange something in a case; a refusal leads back to the form with what was entered."""
    here = form.visit
    try:
        here.need("cases")
        services = here.services
        with here.tx() as tx:
            work(arrangements.of_case(tx, case_id, actor=actor(form), new_id=services.new_id, now=services.now()))
    except AfluenteError as error:
        entered = {key: value for key, value in form.fields.items() if isinstance(value, str)}
        return case_page(here, case_id, trouble=Trouble(name, error, entered))
    return go(f"/cases/{case_id}", done=name)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date_malformed", f"{text!r} is not a day.", fix="Write it as 2026-11-23.") from None


@router.post("/cases/{case_id}/plan")
def agree_plan(form: Posting, case_id: str) -> Response:
    """Agree on a plan: a payment on each line."""

    def work(desk: Arrangements) -> None:
        lines = [line.strip() for line in form.text("payments").splitlines() if line.strip()]
        desk.agree_plan([_payment(line, desk.case.currency) for line in lines])

    return _arrange(form, case_id, "plan", work)


def _payment(line: str, currency: str) -> tuple[date, Money]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Invalid("plan_line_malformed", f"{line!r} is not a day and an amount.", fix="Such as 2026-12-15 500.00.")
    return _day(found[1]), Money.parse(found[2], currency)


@router.post("/cases/{case_id}/settlement")
def offer_settlement(form: Posting, case_id: str) -> Response:
    """Offer to take less for all that is overdue."""

    def work(desk: Arrangements) -> None:
        desk.offer_settlement(Money.parse(form.text("amount"), desk.case.currency), until=_day(form.text("until")))

    return _arrange(form, case_id, "settlement", work)


@router.post("/cases/{case_id}/data-answer")
def answer_data_request(form: Posting, case_id: str) -> Response:
    """Answer what the debtor asked about their data."""
    seq = form.text("seq")

    def work(desk: Arrangements) -> None:
        answer = form.text("answer").replace("\r\n", "\n")
        desk.answer_data_request(int(seq) if seq.isdecimal() else 0, answer)

    return _arrange(form, case_id, "data_answer", work)
