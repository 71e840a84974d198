"""What the pay page shows: who is owed what, item by item, how it can be paid, and what the debtor said before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import Connection

from activities import cases as case_files
from activities import instalments, payment_requests, payment_routes
from activities.arrangements import Arrangements
from activities.debtor_wishes import DEBTOR
from activities.payment_requests import LEAST_LEFT
from connectors import qr
from connectors.wording import formatting
from connectors.wording.catalogs import babel_locale, translations
from connectors.wording.payment_labels import shows_reference
from domain.errors import AfluenteError, Refused
from domain.instalment_plans import Payments, name_of
from domain.loans import Instalment, arrears
from domain.money import Money, exponent
from domain.planning import ENDS, WorkState
from domain.promises import LONGEST_DAYS, PromiseState
from domain.rails import PaymentCode
from domain.routing import Way
from gateway.console.voice import Voice
from gateway.pay.visits import Visit
from gateway.pay.words import BRANDS, HOLDS, METHODS
from store import holds, promises
from store import payment_requests as request_rows
from store.holds import covers
from store.payment_requests import PaymentRequest

_NO_ASKING: Final = frozenset({"insolvency", "death", "representation", "legal_hold"})
"""Holds under which nobody is shown how to pay: somebody else speaks for the debtor, or law rests the debt."""
_PAGE: Final = "Payment page"
_WEB: Final = re.compile(r"https?://[!-~]+")
_LONG_CODE: Final = 200
_MOST_SHOWN: Final = 60
_LEFT_OUT: Final = "\u2022\u2022\u2022"


@dataclass(frozen=True)
class Method:
    """A way to pay: its code if there is one, else a button that has it made."""

    way: Way
    title: str
    request: PaymentRequest | None = None
    code: PaymentCode | None = None
    image: Markup | None = None
    page_url: str | None = None  # where the platform takes the money on a page of its own
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Standing:
    """How the case stands for its debtor today."""

    today: date
    overdue: Money
    outstanding: Money
    items: tuple[Instalment, ...]
    coming: Instalment | None
    held: tuple[str, ...]
    over: bool

    @property
    def payable(self) -> bool:
        """Whether the page shows how to pay."""
        return bool(self.overdue) and not self.over and not _NO_ASKING & set(self.held)


def standing(tx: Connection, here: Visit) -> Standing:
    """What is owed today, and what rests it."""
    case, now = here.debtor.case, here.services.now()
    today = here.debtor.today(now)
    instalments = case_files.debt(tx, case).instalments
    owed = arrears(instalments, currency=case.currency, as_of=today)
    still_open = sorted((one for one in instalments if one.open), key=lambda one: (one.due_date, one.number))
    return Standing(
        today=today,
        overdue=owed.overdue,
        outstanding=owed.outstanding,
        items=tuple(one for one in still_open if one.due_date < today),
        coming=next((one for one in still_open if one.due_date >= today), None),
        held=tuple(hold.kind for hold in holds.of_case(tx, case.id) if covers(hold, today)),
        over=WorkState(case.work_state) in ENDS,
    )


def methods(tx: Connection, here: Visit, stands: Standing) -> tuple[Method, ...]:
    """Ways to pay what is overdue, one for each name, then codes that were made for other amounts.

    A way whose code was given out before comes first, so that the debtor sees the same code again; then the best. Codes
    that are made here are made now, and one that cannot be made is not offered.
    """
    offered: dict[str, Way] = {}
    for way in _ways(tx, here, stands):
        offered.setdefault(way.rail, way)  # the best of a rail comes first
    live = _live(tx, here)
    given = {one.rail for one in live if one.amount_minor == stands.overdue.minor}
    in_use_first = sorted(offered.values(), key=lambda way: way.rail not in given)
    shown = [_method(here.voice, way, _first(live, way.rail, stands.overdue)) for way in _by_title(in_use_first)]
    others = [one for one in live if _is_of_another_amount(one, stands) and one.rail in offered]
    return (
        *(method for method in shown if method.code or not method.way.made_here),
        *(_method(here.voice, offered[one.rail], one) for one in others),
    )


def _ways(tx: Connection, here: Visit, stands: Standing) -> tuple[Way, ...]:
    if not stands.payable:
        return ()
    now = here.services.now()
    try:
        return payment_routes.best(tx, here.debtor.case, amount=stands.overdue, amount_open=False, rail=None, now=now)
    except Refused:
        return ()


def _live(tx: Connection, here: Visit) -> list[PaymentRequest]:
    """The case's requests that a debtor can still be sent to, newest first."""
    until = here.services.now() + LEAST_LEFT
    asked = request_rows.of_case(tx, here.debtor.case.id)
    return [request for request in asked if request.state == "issued" and request.expires_at > until]


def _by_title(ways: Sequence[Way]) -> list[Way]:
    """The first way of each name: a debtor sees Pix once, whoever makes its codes."""
    found: dict[str, Way] = {}
    for way in ways:
        found.setdefault(_words_of(way.rail) or BRANDS.get(way.rail, way.rail), way)
    return list(found.values())


def _first(live: Sequence[PaymentRequest], rail: str, amount: Money) -> PaymentRequest | None:
    return next(
        (one for one in live if (one.rail, one.amount_minor, one.amount_open) == (rail, amount.minor, False)), None
    )


def _is_of_another_amount(request: PaymentRequest, stands: Standing) -> bool:
    return request.amount_minor != stands.overdue.minor and request.amount_minor <= stands.outstanding.minor


def title_of(voice: Voice, rail: str) -> str:
    """A rail's name for the debtor."""
    words = _words_of(rail)
    return voice.gettext(words) if words else BRANDS.get(rail, rail.replace("_", " "))


def _words_of(rail: str) -> str | None:
    return METHODS["iban_transfer"] if rail.endswith("_iban") else METHODS.get(rail)


def _method(voice: Voice, way: Way, request: PaymentRequest | None) -> Method:
    title = title_of(voice, way.rail)
    code = payment_requests.code_of(request) if request else None
    if request is None or code is None:
        return Method(way, title)
    page_url = next((value for label, value in code.lines if label == _PAGE and _WEB.match(value)), None)
    label = translations(voice.locale, "notices").gettext
    lines = [(label(name), value) for name, value in code.lines if name != _PAGE]
    if not shows_reference(code):
        lines.append((label("Payment reference"), code.reference))
    return Method(way, title, request, code, _image(code) if code.qr else None, page_url, tuple(lines))


def _image(code: PaymentCode) -> Markup:
    module_px = 3 if len(code.payload) > _LONG_CODE else 4
    return Markup(qr.svg(code.payload, module_px=module_px))  # noqa: S704 (drawn by us, holds no text of others)


def make_codes(tx: Connection, here: Visit, stands: Standing) -> None:
    """Have the codes that are made here ready before the page is shown; asked again, they are the same ones.

    What a rail cannot carry, such as a sum too long for its code, is left to the other ways.
    """
    services = here.services
    for way in _by_title(_ways(tx, here, stands)):
        if way.made_here:
            with suppress(AfluenteError):
                payment_requests.create(
                    tx,
                    here.debtor.case,
                    amount=stands.overdue,
                    rail=way.rail,
                    now=services.now(),
                    new_id=services.new_id,
                )


def masked(name: str) -> str:
    """A name that its bearer recognises and nobody else learns: the first letter of its first and last word."""
    words = formatting.name(name).split()
    shown = words if len(words) == 1 else [words[0], words[-1]]
    return " ".join(word[0] + _LEFT_OUT for word in shown)


def contents(tx: Connection, here: Visit, stands: Standing) -> dict[str, Any]:
    """Everything that the page's template names."""
    case, voice = here.debtor.case, here.voice
    loans = {loan.id: loan for loan in case_files.debt(tx, case).loans}
    made_for = [loans[one.loan_id] for one in stands.items] or list(loans.values())
    promised = sorted(
        (one for one in promises.of_case(tx, case.id) if one.state == PromiseState.OPEN.value),
        key=lambda one: one.due_date,
    )
    asked = [(Money(one.amount_minor, one.currency), one.due_date, one.plan_id) for one in promised]
    shown = methods(tx, here, stands)
    if asked:  # what was promised next comes before the whole
        shown = tuple(sorted(shown, key=lambda one: _amount_of(one, stands) != asked[0][0]))
    return {
        "creditor": here.debtor.creditor,
        "debtor_name": masked(here.debtor.party.name),
        "contracts": list(dict.fromkeys(loan.contract_no for loan in made_for)),
        "rentals": all(loan.product == "ijara" for loan in made_for),
        "stands": stands,
        "items": stands.items[:_MOST_SHOWN],
        "left_out": len(stands.items) - min(len(stands.items), _MOST_SHOWN),
        "methods": shown,
        "amounts_differ": any(_amount_of(one, stands) != stands.overdue for one in shown),
        "ways": list({method.title: method.way.rail for method in shown}.items()),
        "hold_words": [voice.gettext(HOLDS[kind]) for kind in dict.fromkeys(stands.held)],
        "promises": [(amount, by) for amount, by, plan in asked if plan is None],
        "plan": [(by, amount) for amount, by, plan in asked if plan is not None],
        "plans": _plans(tx, here),
        "next_amount": _decimal(min(asked[0][0], stands.outstanding, key=lambda one: one.minor)) if asked else "",
        "last_day": stands.today + timedelta(days=LONGEST_DAYS),
        "step": f"{10 ** -exponent(case.currency):.{exponent(case.currency)}f}",
        "decimal_of": _decimal,
        "money": lambda amount: _money(here, amount),
        "minor": lambda minor: _money(here, Money(minor, case.currency)),
        "day": lambda value: _day(here, value),
        "moment": lambda value: _day(here, value.astimezone(here.debtor.zone).date()),
        "locale": voice.locale,
    }


def _amount_of(method: Method, stands: Standing) -> Money:
    request = method.request
    return Money(request.amount_minor, request.currency) if request else stands.overdue


def _plans(tx: Connection, here: Visit) -> dict[str, Payments]:
    debtor, services = here.debtor, here.services
    offered = instalments.offered(Arrangements(tx, debtor, DEBTOR, services.new_id, services.now()))
    return {name_of(one): one for one in offered}


def _at_home(here: Visit) -> str:
    return formatting.at_home(here.voice.locale, here.debtor.case.country)


def _day(here: Visit, value: date) -> str:
    """A day with its month in words, as notices write it: Thai counts years in the Buddhist era."""
    thai = babel_locale(here.voice.locale).language == "th"
    text = formatting.date_long(value, _at_home(here), buddhist_era=thai)
    return formatting.with_digits(text, formatting.digits_at_home(here.voice.locale, here.debtor.country))


def _decimal(amount: Money) -> str:
    """An amount as a number field of a form holds it."""
    return f"{amount.decimal:f}"


def _money(here: Visit, amount: Money) -> Markup:
    country = here.debtor.country
    decimals, digits = (
        country.shown_decimals.get(amount.currency),
        formatting.digits_at_home(here.voice.locale, country),
    )
    text = formatting.money(amount, _at_home(here), digits=digits, decimals=decimals)
    return Markup('<bdi class="amount">{}</bdi>').format(text)
