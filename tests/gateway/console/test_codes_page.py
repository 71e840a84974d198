"""The code inspector: a pasted code explained field by field, a broken one at its fault, and nothing of it kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.connectors.test_rail_vectors import DOCUMENTS

pytestmark = pytest.mark.servers

PIX = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865406150.005802BR5920TENGYUN AUTO FINANCE6009SAO PAULO62100506ABC1236304EB29"  # noqa: E501 (one code)
KHMER = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A"  # noqa: E501 (one code)
Enter = Callable[..., Any]


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text.partition("<main")[2])).split())


def asked(browser: Any, text: str, **fields: str) -> Any:
    return browser.post("/codes", form_of="/codes", text=text, **fields)


def test_everybody_may_look_into_a_code(signed_in: Enter) -> None:
    answer = asked(signed_in("auditor"), PIX)
    said = words(answer.text)
    assert answer.status_code == 200
    for part in ("150.00", "pix_static", "ABC123", "TENGYUN AUTO FINANCE", "Merchant city", "Reference label"):
        assert part in said
    assert "<svg" in answer.text.partition("qr-box")[2]


def test_a_broken_code_is_shown_at_its_fault(signed_in: Enter) -> None:
    answer = asked(signed_in("admin"), PIX[:-1] + "8")
    assert "emv_crc" in words(answer.text)
    assert re.search(r"6304<mark>E</mark>B28", answer.text)


def test_a_code_in_another_script_is_explained(signed_in: Enter) -> None:
    assert "最佳运输" in asked(signed_in("admin"), KHMER).text


def test_a_text_that_needs_a_name_is_read_by_it(signed_in: Enter) -> None:
    browser = signed_in("finance")
    assert "payload_unknown" in asked(browser, "1234567").text
    assert "spei_reference" in asked(browser, "1234567", profile="spei_reference").text


def test_what_was_pasted_is_written_out_harmlessly(signed_in: Enter) -> None:
    answer = asked(signed_in("admin"), '<script>alert("1")</script>')
    assert "<script>alert" not in answer.text
    assert answer.status_code == 200


def test_nothing_pasted_asks_for_something(signed_in: Enter) -> None:
    assert "alert" not in asked(signed_in("admin"), "  ").text.partition("<main")[2].partition("</main>")[0]


def test_the_page_leads_here_from_the_countries(signed_in: Enter) -> None:
    assert 'href="/console/codes"' in signed_in("admin").get("/countries").text


@pytest.mark.parametrize("lang", ["en", "ar", "th"])
def test_it_opens_in_every_direction(signed_in: Enter, lang: str) -> None:
    assert signed_in("admin").get(f"/codes?lang={lang}").status_code == 200


def test_every_published_code_is_explained(signed_in: Enter) -> None:
    browser = signed_in("admin")
    token = browser.token("/codes")
    for _, document in DOCUMENTS:
        for row in (*document["valid"], *document["invalid"]):
            if "crown" not in str(row):
                fields = {"form_token": token, "text": row["payload"], "profile": row.get("asked", "")}
                answer = browser.client.post("/console/codes", data=fields)
                assert answer.status_code == 200, row["id"]
                assert row.get("rail", row.get("code")) in answer.text, row["id"]
