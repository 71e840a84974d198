"""Signing in, staying signed in, and forms that only our own pages can send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.errors import Forbidden, TooMany
from gateway.console import sessions
from gateway.console.pages import local_path
from gateway.console.sessions import (
    IDLE_SECONDS,
    LIFETIME_SECONDS,
    RENEW_SECONDS,
    SESSION_COOKIE,
    Session,
    SignedOut,
    SignInGuard,
)
from store.database import Database
from tests.fakes.console_world import PASSWORD, World, add_person

KEY = b"k" * 32
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
SESSION = Session("usr_1", "ten_1", "nonce", "seal", MOMENT, MOMENT)


def test_a_signed_session_reads_back() -> None:
    assert sessions.read(sessions.sign(SESSION, key=KEY), key=KEY, now=NOW) == SESSION


def test_a_session_of_another_key_is_none() -> None:
    assert sessions.read(sessions.sign(SESSION, key=KEY), key=b"o" * 32, now=NOW) is None


def test_an_altered_session_is_none() -> None:
    cookie = sessions.sign(SESSION, key=KEY)
    altered = ("A" if cookie[0] != "A" else "B") + cookie[1:]
    assert sessions.read(altered, key=KEY, now=NOW) is None


@pytest.mark.parametrize(("seconds", "stands"), [(IDLE_SECONDS - 1, True), (IDLE_SECONDS, False)])
def test_a_session_that_is_not_used_ends(seconds: int, *, stands: bool) -> None:
    cookie = sessions.sign(SESSION, key=KEY)
    found = sessions.read(cookie, key=KEY, now=NOW + timedelta(seconds=seconds))
    assert (found is not None) == stands


@pytest.mark.parametrize(("seconds", "stands"), [(LIFETIME_SECONDS - 1, True), (LIFETIME_SECONDS, False)])
def test_a_session_that_is_used_ends_too(seconds: int, *, stands: bool) -> None:
    cookie = sessions.sign(replace(SESSION, used_at=MOMENT + LIFETIME_SECONDS - 60), key=KEY)
    found = sessions.read(cookie, key=KEY, now=NOW + timedelta(seconds=seconds))
    assert (found is not None) == stands


@pytest.mark.parametrize(("seconds", "fresh"), [(RENEW_SECONDS - 1, None), (RENEW_SECONDS, MOMENT + RENEW_SECONDS)])
def test_a_session_in_use_is_renewed_now_and_then(seconds: int, fresh: int | None) -> None:
    found = sessions.renewed(SESSION, now=NOW + timedelta(seconds=seconds))
    assert (found and found.used_at) == fresh
    assert (found or SESSION).issued_at == MOMENT


def test_what_was_signed_out_of_is_remembered_until_its_cookies_have_ended() -> None:
    signed_out, other = SignedOut(), replace(SESSION, nonce="other")
    signed_out.add(SESSION, now=NOW)
    assert (SESSION in signed_out, replace(SESSION, used_at=0) in signed_out, other in signed_out) == (
        True,
        True,
        False,
    )
    signed_out.add(other, now=NOW + timedelta(seconds=LIFETIME_SECONDS))
    assert SESSION not in signed_out


@pytest.mark.parametrize("cookie", [None, "", "no-session", "W10.aaaa", "é"])
def test_what_is_no_session_is_none(cookie: str | None) -> None:
    assert sessions.read(cookie, key=KEY, now=NOW) is None


def test_a_form_of_this_session_is_accepted() -> None:
    sessions.check_form(sessions.form_token("nonce", key=KEY), nonce="nonce", key=KEY)


@pytest.mark.parametrize(("token_of", "nonce"), [("other", "nonce"), ("nonce", None)])
def test_a_form_of_another_session_is_refused(token_of: str, nonce: str | None) -> None:
    with pytest.raises(Forbidden, match="form_not_ours"):
        sessions.check_form(sessions.form_token(token_of, key=KEY), nonce=nonce, key=KEY)


def test_a_token_that_is_no_ascii_is_refused() -> None:
    with pytest.raises(Forbidden, match="form_not_ours"):
        sessions.check_form("é", nonce="nonce", key=KEY)


def test_the_eleventh_try_for_an_address_is_refused() -> None:
    guard = SignInGuard()
    for _ in range(10):
        guard.admit(email="a@example.com", place="192.0.2.1")
    with pytest.raises(TooMany, match="too_many_sign_ins"):
        guard.admit(email="A@example.com", place="192.0.2.1")


def test_tries_from_elsewhere_do_not_lock_a_person_out() -> None:
    guard = SignInGuard()
    for _ in range(10):
        guard.admit(email="a@example.com", place="192.0.2.1")
    guard.admit(email="a@example.com", place="192.0.2.2")


@pytest.mark.parametrize("path", ["/console", "/console/cases?country=BR", "/console?lang=ar"])
def test_a_path_of_the_console_is_followed(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "//evil.example", "https://evil.example", "/v1/cases", "/consolex", "/console/\\evil", "/console/sign-in"],
)
def test_any_other_path_leads_home(path: str) -> None:
    assert local_path(path) == "/console"


def test_a_stranger_is_led_to_sign_in_and_back(browser: Any) -> None:
    answer = browser.get("/cases?country=BR")
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fcases%3Fcountry%3DBR"


def test_a_wrong_password_is_told_without_saying_which(browser: Any) -> None:
    answer = browser.sign_in("nobody@example.com", "wrong")
    assert answer.status_code == 401
    assert "E-mail or password is wrong" in answer.text


def test_the_entered_address_is_kept_after_a_wrong_password(browser: Any) -> None:
    assert 'value="nobody@example.com"' in browser.sign_in("nobody@example.com", "wrong").text


def test_the_right_password_opens_the_page_that_was_wanted(browser: Any, database: Database, world: World) -> None:
    person = add_person(database, world.tenant_id, role="finance")
    fields = {"email": person.email.upper(), "password": PASSWORD, "next": "/console/cases"}
    answer = browser.post("/sign-in", form_of="/sign-in", **fields)
    assert answer.headers["location"] == "/console/cases"
    assert browser.get("/cases").status_code == 200


def test_cookies_are_kept_from_scripts_and_other_sites(browser: Any) -> None:
    cookie = browser.get("/sign-in").headers["set-cookie"]
    assert [word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/console")] == [True] * 3


def test_a_form_without_the_token_is_refused(signed_in: Callable[..., Any]) -> None:
    answer = signed_in("finance").client.post("/console/language", data={"locale": "ar"})
    assert answer.status_code == 403


def test_signing_out_ends_the_session(browser: Any, database: Database, world: World) -> None:
    browser.sign_in(add_person(database, world.tenant_id, role="finance").email)
    browser.post("/sign-out", form_of="")
    assert browser.get("").status_code == 303


def test_a_copied_cookie_is_worth_nothing_after_signing_out(browser: Any, database: Database, world: World) -> None:
    browser.sign_in(add_person(database, world.tenant_id, role="finance").email)
    copy = browser.client.cookies[SESSION_COOKIE]
    assert browser.get("").status_code == 200
    browser.post("/sign-out", form_of="")
    browser.client.cookies.set(SESSION_COOKIE, copy, path="/console")
    assert browser.get("").status_code == 303


def test_a_page_renews_the_session_that_is_used(signed_in: Callable[..., Any], world: World) -> None:
    browser = signed_in("auditor")
    assert SESSION_COOKIE not in browser.get("/countries").headers.get("set-cookie", "")
    world.now.at += timedelta(seconds=RENEW_SECONDS)
    try:
        assert SESSION_COOKIE in browser.get("/countries").headers["set-cookie"]
    finally:
        world.now.at -= timedelta(seconds=RENEW_SECONDS)


def test_a_new_password_ends_old_sessions(database: Database, world: World) -> None:
    person = add_person(database, world.tenant_id, role="treasury", name="Ana")
    session = Session(person.id, person.tenant_id, "nonce", sessions.seal_of(person), 0, 0)
    with database.tenant(world.tenant_id) as tx:
        assert sessions.person_of(tx, session) == person
        assert sessions.person_of(tx, replace(session, seal="of an older password")) is None


def test_the_language_that_is_chosen_stays(signed_in: Callable[..., Any]) -> None:
    browser = signed_in("auditor", alone=True)
    answer = browser.post("/language", form_of="", locale="ar", back="/console/receipts")
    assert answer.headers["location"] == "/console/receipts"
    assert '<html lang="ar" dir="rtl">' in browser.get("/receipts").text
