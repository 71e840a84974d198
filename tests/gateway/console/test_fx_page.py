"""The page of exchange rates: a figure explained, every currency's standing, treasury's file tried and stated."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from connectors.rates.book import RateBook
from connectors.rates.pegs import PegRates
from gateway.app import create_app
from gateway.console import fx, routes
from gateway.services import Services
from store import rates
from store.database import Database

pytestmark = pytest.mark.servers

FILE = b"base,quote,value,as_of,source\nUSD,COP,4000,2026-10-20,House bank\nUSD,AED,3.5,2026-10-20,House bank\n"
Enter = Callable[..., Any]


@pytest.fixture
def app(services: Services, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(routes, "_NOUNS", tuple(dict.fromkeys((*routes._NOUNS, fx))))
    return create_app(services)


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def upload(browser: Any, content: bytes) -> Any:
    form = {"form_token": browser.token("/fx")}
    return browser.client.post(
        "/console/fx/treasury?lang=en", data=form, files={"file": ("rates.csv", content, "text/csv")}
    )


def state(browser: Any, preview: str) -> Any:
    found = re.search(r'name="rates" value="([^"]+)"', preview)
    assert found
    return browser.post("/fx/treasury/state", form_of="/fx", rates=html.unescape(found.group(1)))


# --- a figure explained


def test_a_figure_is_explained_down_to_published_rates(signed_in: Enter) -> None:
    answer = signed_in("auditor").get("/fx?lang=en&amount=1000&base=AED&quote=CNY&on=2026-10-20")
    text = words(answer.text)
    assert answer.status_code == 200
    assert re.search(r"1,000\.00 AED is 1,818\.39 CNY", text)
    for said in ("AED/USD", "USD/EUR", "EUR/CNY", "Central Bank of the UAE", "European Central Bank", "official peg"):
        assert said in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("amount=many&base=AED&quote=CNY", "Write the amount in digits"),
        ("amount=1.001&base=AED&quote=CNY", "more decimals than the currency"),
        ("amount=1&base=KWD&quote=CNY", "No source has a rate for this day"),
        ("amount=1&base=%3Cb%3E&quote=CNY", "is not an ISO 4217 currency"),
    ],
)
def test_what_cannot_be_explained_says_why(signed_in: Enter, query: str, said: str) -> None:
    assert said in words(signed_in("auditor").get(f"/fx?lang=en&{query}").text)


def test_a_currency_in_itself_needs_no_explanation(signed_in: Enter) -> None:
    text = words(signed_in("auditor").get("/fx?lang=en&amount=5&base=CNY&quote=CNY").text)
    assert "5.00 CNY is 5.00 CNY" in text
    assert "How it was reached" not in text


# --- how currencies stand


def test_every_currency_stands_with_its_age_and_state(signed_in: Enter) -> None:
    text = words(signed_in("auditor").get("/fx?lang=en").text)
    assert re.search(r"BRL 1\.\d+ .{1,20} \d+ days 3,650 days Fresh BRL/EUR · EUR/CNY", text)


def test_a_currency_without_a_rate_says_so(signed_in: Enter, app: FastAPI, services: Services) -> None:
    app.state.services = replace(services, rates=RateBook([PegRates()]))
    text = words(signed_in("auditor").get("/fx?lang=en").text)
    assert re.search(r"BRL [^A-Za-z0-9]+ No rate", text)


@pytest.mark.parametrize("locale", ["en", "zh_CN", "pt_BR", "ar", "id", "th"])
def test_the_page_opens_in_every_language(signed_in: Enter, locale: str) -> None:
    answer = signed_in("admin").get(f"/fx?lang={locale}&amount=1&base=BRL")
    assert answer.status_code == 200
    assert len(answer.content) < 150_000
    assert not re.search(r"<style|style=|<script>|onclick=", answer.text)


def test_the_page_opens_for_a_tenant_without_creditor(signed_in: Enter, new_tenant: Callable[[], str]) -> None:
    assert "Every currency in USD" in words(signed_in("admin", tenant_id=new_tenant()).get("/fx?lang=en").text)


# --- treasury's file


def test_a_file_is_tried_before_anything_is_kept(
    signed_in: Enter, new_tenant: Callable[[], str], database: Database
) -> None:
    tenant_id = new_tenant()
    answer = upload(signed_in("treasury", tenant_id=tenant_id), FILE)
    text = words(answer.text)
    assert answer.status_code == 200, text
    assert "The file would state 2 rates" in text
    assert re.search(r"USD/AED 3\.50000 .* 3\.67250 -4\.70%", text)
    with database.tenant(tenant_id) as tx:
        assert rates.stated(tx) == []


def test_a_rate_far_from_other_sources_is_marked(signed_in: Enter, new_tenant: Callable[[], str]) -> None:
    browser = signed_in("treasury", tenant_id=new_tenant())
    near = FILE.replace(b"3.5", b"3.49")
    assert "Look again" not in words(upload(browser, near).text)
    assert "Look again" in words(upload(browser, FILE.replace(b"3.5", b"3.48")).text)


def test_what_was_shown_is_stated_and_counts(
    signed_in: Enter, new_tenant: Callable[[], str], database: Database
) -> None:
    tenant_id = new_tenant()
    browser = signed_in("treasury", tenant_id=tenant_id)
    answer = state(browser, upload(browser, FILE).text)
    assert answer.headers["location"] == "/console/fx?stated=2"
    text = words(browser.get("/fx?lang=en&stated=2&amount=8000&base=COP&quote=USD&on=2026-10-21").text)
    assert "2 rates were stated." in text
    assert "8,000.00 COP is 2.00 USD" in text
    with database.tenant(tenant_id) as tx:
        assert [one.stated.quote for one in rates.stated(tx)] == ["AED", "COP"]


def test_the_same_file_again_states_nothing(
    signed_in: Enter, new_tenant: Callable[[], str], database: Database
) -> None:
    tenant_id = new_tenant()
    browser = signed_in("treasury", tenant_id=tenant_id)
    preview = upload(browser, FILE).text
    state(browser, preview)
    assert state(browser, preview).headers["location"] == "/console/fx?stated=0"
    assert "2 rates were stated before" in words(upload(browser, FILE).text)
    with database.tenant(tenant_id) as tx:
        assert len(rates.stated(tx)) == 2


def test_a_file_with_a_bad_row_cannot_be_stated(signed_in: Enter) -> None:
    text = upload(signed_in("treasury"), FILE + b"USD,ZZZ,1,2026-10-20,x\n").text
    assert "1 row cannot be read" in words(text)
    assert 'name="rates"' not in text


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"base,quote,value,as_of,source\n", b"a,b\n1,2\n"])
def test_what_is_no_file_of_rates_is_refused(signed_in: Enter, content: bytes) -> None:
    assert upload(signed_in("treasury"), content).status_code == 422


def test_altered_rates_are_checked_again(signed_in: Enter) -> None:
    browser = signed_in("treasury")
    wrong = "base,quote,value,as_of,source\nUSD,COP,-1,2026-10-20,x\n"
    assert browser.post("/fx/treasury/state", form_of="/fx", rates=wrong).status_code == 422


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_only_treasury_states_rates(signed_in: Enter, role: str) -> None:
    browser = signed_in(role)
    page = browser.get("/fx").text
    assert 'type="file"' not in page
    home = browser.get("").text
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', home)
    assert token
    sent = {"form_token": token.group(1), "rates": "x"}
    assert browser.client.post("/console/fx/treasury/state", data=sent).status_code == 403


def test_the_template_can_be_fetched(signed_in: Enter) -> None:
    answer = signed_in("treasury").get("/fx/treasury/template.csv")
    assert answer.text.startswith("base,quote,value,as_of,source")
