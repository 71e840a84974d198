"""Letters on paper: every script is drawn, each letter has its own pages, and addresses are written as countries do."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pypdf
import pytest

from connectors import notice_questions, registry
from connectors.letters import MOST_LETTERS, Letter, pdf
from connectors.shared.addresses import Place, lines
from domain.errors import Invalid, TooLarge

MOMENT = datetime(2026, 11, 30, tzinfo=UTC)
SCRIPTS = {"BR": "pt_BR", "TH": "th", "AE": "ar", "VN": "vi", "KH": "km", "SG": "zh_CN"}
NAMES = {"TH": "สมชาย ใจงาม", "AE": "محمد سالم الظاهري", "VN": "Nguyễn Thị Ánh Tuyết", "KH": "សុខ ដារ៉ា", "SG": "陈伟明"}


def letter(country: str) -> Letter:
    notice = notice_questions.notice(
        registry.country(country), "formal_notice", channel="letter", locale=SCRIPTS[country], document=None
    )
    name = NAMES.get(country, "João Antônio Conceição")
    return Letter(
        sender=("Aurora Finance", "ask@aurora.example"),
        recipient=(name, "Street 1", "City"),
        day=date(2026, 11, 30),
        subject=notice.subject,
        text=notice.text,
        locale=notice.locale,
        reference=f"ntc_{country.lower()}",
        sha256=notice.sha256,
    )


@pytest.fixture(scope="module")
def printed() -> pypdf.PdfReader:
    """A letter in every script, in one file."""
    return pypdf.PdfReader(io.BytesIO(pdf([letter(country) for country in SCRIPTS], title="b", moment=MOMENT)))


def test_each_letter_begins_a_page_of_its_own(printed: pypdf.PdfReader) -> None:
    texts = [page.extract_text() for page in printed.pages]
    for country in SCRIPTS:
        assert [text for text in texts if f"ntc_{country.lower()}" in text]
    assert not [text for text in texts if sum(f"ntc_{country.lower()}" in text for country in SCRIPTS) != 1]


def test_fonts_are_inside_and_the_file_is_an_accessible_archive(printed: pypdf.PdfReader) -> None:
    fonts = {
        str(font["/BaseFont"])
        for page in printed.pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())  # type: ignore[index] # of pages
    }
    for family in ("NotoSans", "IBMPlexSansArabic", "Sarabun", "NotoSansKhmer", "NotoSansCJKsc"):
        assert [font for font in fonts if family in font.replace("-", "")], (family, fonts)
    assert printed.xmp_metadata is not None
    assert b"pdfuaid" in printed.xmp_metadata.stream.get_data()


def test_the_same_letters_are_the_same_bytes() -> None:
    one = [letter("BR")]
    assert pdf(one, title="b", moment=MOMENT) == pdf(one, title="b", moment=MOMENT)


def test_a_letter_that_no_font_has_is_refused_and_named() -> None:
    strange = replace(letter("BR"), recipient=("\U00012000", "Street 1"))  # cuneiform
    with pytest.raises(Invalid, match="U\\+12000"):
        pdf([strange], title="b", moment=MOMENT)


@pytest.mark.parametrize("count", [0, MOST_LETTERS + 1])
def test_a_file_holds_one_letter_and_not_too_many(count: int) -> None:
    with pytest.raises(TooLarge):
        pdf([letter("BR")] * count, title="b", moment=MOMENT)


@pytest.mark.parametrize(
    ("country", "written"),
    [
        ("BR", ("01310-100 Springfield - SP",)),
        ("TH", ("Springfield 01310-100",)),
        ("MX", ("01310-100 Springfield, State",)),
        ("AE", ("Springfield", "State")),
        ("MY", ("01310-100 Springfield", "State")),
        ("EG", ("Springfield", "01310-100")),
        ("XX", ("01310-100 Springfield",)),
    ],
)
def test_the_place_is_written_as_the_country_does(country: str, written: tuple[str, ...]) -> None:
    place = Place("Rua 1", "Springfield", "01310-100", "BR-SP", "State", country)
    assert lines("Ana", place, country_name="Land") == ("Ana", "Rua 1", *written, "LAND")


def test_what_is_not_known_leaves_no_trace_in_an_address() -> None:
    place = Place("Rua 1\nBloco B", "São Paulo", None, None, None, "BR")
    assert lines("Ana", place, country_name="Brazil") == ("Ana", "Rua 1", "Bloco B", "São Paulo", "BRAZIL")
    assert lines("Ana", replace(place, city=None), country_name="Brazil") == ("Ana", "Rua 1", "Bloco B", "BRAZIL")
