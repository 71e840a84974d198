"""The page of coverage is in step with the countries' folders."""

from __future__ import annotations

from runtime import country_coverage


def test_the_page_says_what_the_folders_hold() -> None:
    kept = country_coverage.PAGE.read_text(encoding="utf-8")
    assert kept == country_coverage.page(), "python -m runtime.country_coverage"
