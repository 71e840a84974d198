"""The page on which the book proves itself."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from activities.book_checks import BookCheckActivities
from store import book_checks
from store.book_checks import BookCheck
from store.database import Database
from tests.fakes.console_world import NOW, add_person

pytestmark = pytest.mark.servers


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.fixture
def look(database: Database, tenant_id: str, signed_in: Callable[..., Any]) -> Callable[[], str]:
    add_person(database, tenant_id, role="treasury")
    browser = signed_in("treasury", tenant_id=tenant_id)
    return lambda: words(browser.get("/book?lang=en").text)


def test_before_the_first_check_the_page_says_so(look: Callable[[], str]) -> None:
    assert "The book has not been checked yet" in look()


def test_a_book_that_holds_says_so_and_lists_its_rules(
    look: Callable[[], str], database: Database, tenant_id: str
) -> None:
    BookCheckActivities(database, lambda: NOW).check(tenant_id)
    said = look()
    assert "Every rule of the book holds" in said
    assert "Every entry sums to zero in every currency. I1 entries_balanced Holds" in said


def test_what_is_broken_comes_first_with_examples(look: Callable[[], str], database: Database, tenant_id: str) -> None:
    fine = {"number": "I2", "code": "fine", "statement": "Fine.", "broken": 0, "examples": []}
    bad = {"number": "I1", "code": "bad", "statement": "Bad.", "broken": 3, "examples": ["ent_7"]}
    with database.tenant(tenant_id) as tx:
        book_checks.add(tx, BookCheck(NOW + timedelta(hours=1), holds=False, findings=[fine, bad]), tenant_id=tenant_id)
    said = look()
    assert "1 rule of the book is broken" in said
    assert said.index("Bad.") < said.index("Fine.")
    assert "ent_7" in said
