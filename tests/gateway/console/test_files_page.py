"""Files of money in the console: handed in once, told line by line, and tables whose columns a person explains."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from connectors.statement_files.table_rows import whole_lines
from gateway.console import statement_files as page
from store import column_mappings, file_listings
from store.database import Database
from store.file_listings import FileFilter
from tests.fakes.console_world import World
from tests.fakes.reconciliation_world import mt940

Enter = Callable[..., Any]

HEADER = "statement_id,account,currency,line_no,value_date,booked_at,amount,reference\n"
TABLE = (
    "Extrato da conta\n\nData;Histórico;Documento;Valor;Pagador\n"
    "03/{month:02}/{year};PIX recebido;E{n}001;1.234,56;José Araújo\n"
    "14/{month:02}/{year};Tarifa;E{n}002;-9,90;Banco\n"
)


def upload(browser: Any, content: bytes, *, connection: str, name: str = "file.csv", **fields: str) -> Any:
    token = browser.token("/files")
    return browser.client.post(
        "/console/files",
        data={"form_token": token, "connection": connection, **fields},
        files={"file": (name, content)},
    )


def where(answer: Any) -> str:
    """The page that an answer leads to."""
    assert answer.status_code == 303, answer.text[-2000:]
    return str(answer.headers["location"]).removeprefix("/console")


def shown(text: str) -> str:
    """A page's words."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def table(number: int) -> bytes:
    """A table of days that no other number tells: its rows have no number of their own."""
    return TABLE.format(n=number, month=number % 12 + 1, year=2015 + number // 12).encode("cp1252")


def fields_of(text: str) -> dict[str, str]:
    """What the form of the columns would send as it stands."""
    found = dict(re.findall(r'<input name="([^"]+)" value="([^"]*)"', text))
    found |= dict(re.findall(r'<input type="hidden" name="(kind_word_\d+)" value="([^"]*)"', text))
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def columns(browser: Any, file_page: str, do: str, **changes: str) -> Any:
    """Send the form of a file's columns with some fields changed."""
    path = f"{file_page.split('?', maxsplit=1)[0]}/columns"
    return browser.post(path, form_of=path, **(fields_of(browser.get(path).text) | changes | {"do": do}))


def test_a_file_is_read_and_each_line_says_what_became_of_it(signed_in: Enter, world: World) -> None:
    browser, link = signed_in("treasury"), world.links["BCA 512"]
    content = (HEADER + "F-1,5120098765,IDR,1,2026-11-19,2026-11-19,150000.00,NO-SUCH-1\n").encode()
    path = where(upload(browser, content, connection=link.id))
    assert path.endswith("done=file")
    text = shown(browser.get(path).text)
    assert "The file states 1 new line" in text
    assert "150,000.00 IDR" in text
    assert "Not yet matched" in text


def test_the_same_file_twice_leads_to_the_first(signed_in: Enter, world: World) -> None:
    browser, link = signed_in("finance"), world.links["BCA 512"].id
    content = (HEADER + "F-2,5120098765,IDR,1,2026-11-19,2026-11-19,250000.00,NO-SUCH-2\n").encode()
    first, second = (upload(browser, content, connection=link) for _ in range(2))
    assert where(second) == where(first).replace("done=file", "done=file_known")
    assert "This file had come in before" in browser.get(where(second)).text


def test_a_file_with_a_bad_line_names_the_line_and_books_nothing(
    signed_in: Enter, world: World, database: Database
) -> None:
    good = "F-3,5120098765,IDR,1,2026-11-19,2026-11-19,1.00,NO-SUCH-3\n"
    content = (HEADER + good + good.replace(",1.00,", ",one rupiah,").replace("NO-SUCH-3", "X")).encode()
    browser = signed_in("treasury")
    path = where(upload(browser, content, connection=world.links["BCA 512"].id))
    text = shown(browser.get(path).text)
    assert "Line 3 keeps the file from being read" in text
    assert "Nothing of it was booked" in text
    with database.tenant(world.tenant_id) as tx:
        refused = file_listings.files(tx, FileFilter(state="refused"), after=None).rows
        assert refused[0].error_line == 3
        assert refused[0].lines is None


def test_a_control_total_that_disagrees_is_refused_and_offers_no_columns(signed_in: Enter, world: World) -> None:
    content = mt940("261119,150000,NONREF,B1", account="7740012345").replace(
        b":62F:C261124BRL1500", b":62F:C261124BRL1"
    )
    browser = signed_in("treasury")
    text = browser.get(where(upload(browser, content, connection=world.links["Kasikorn 774"].id))).text
    assert "The file was refused" in shown(text) or "keeps the file from being read" in shown(text)
    assert "/columns" not in text


def test_a_file_for_another_account_is_refused_with_the_way_out(signed_in: Enter, world: World) -> None:
    content = (HEADER + "F-4,99999,IDR,1,2026-11-19,2026-11-19,1.00,NO-SUCH-4\n").encode()
    browser = signed_in("treasury")
    text = shown(browser.get(where(upload(browser, content, connection=world.links["BCA 512"].id))).text)
    assert "99999" in text


def test_what_is_no_file_is_refused_beside_the_form(signed_in: Enter, world: World) -> None:
    browser, link = signed_in("treasury"), world.links["BCA 512"].id
    empty = upload(browser, b"", connection=link)
    assert (empty.status_code, "The file is empty" in empty.text) == (422, True)
    lost = upload(browser, b"x", connection="con_nowhere")
    assert (lost.status_code, 'role="alert"' in lost.text) == (404, True)


def test_a_file_above_the_limit_of_files_is_refused_and_one_below_it_is_kept(
    signed_in: Enter, world: World, services: Any
) -> None:
    limit = services.limits.statement_file_body
    browser, link = signed_in("treasury"), world.links["BCA 512"].id
    assert services.limits.upload_body < 300_000 < limit
    assert upload(browser, b"x" * 300_000, connection=link).status_code == 303
    token = browser.token("/files")
    headers = {"content-length": str(limit + 100_000), "content-type": "multipart/form-data; boundary=x"}
    answer = browser.client.post("/console/files", content=f"--x{token}--".encode(), headers=headers)
    assert answer.status_code == 413


def test_an_auditor_hands_nothing_in_and_sees_no_payers(signed_in: Enter, world: World) -> None:
    content = (HEADER + "F-5,5120098765,IDR,1,2026-11-18,2026-11-18,1.00,NO-SUCH-5\n").encode()
    path = where(upload(signed_in("treasury"), content, connection=world.links["BCA 512"].id)).split("?")[0]
    auditor = signed_in("auditor")
    assert '<form class="card form"' not in auditor.get("/files").text
    assert "Hidden" in auditor.get(path).text
    token = auditor.token(path)
    answer = auditor.client.post(
        "/console/files", data={"form_token": token, "connection": "x"}, files={"file": ("a.csv", b"x")}
    )
    assert answer.status_code == 403


def test_lines_come_page_by_page(signed_in: Enter, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LINES_A_PAGE", 2)
    rows = "".join(f"F-6,5120098765,IDR,{n},2026-11-17,2026-11-17,{n}.00,PAGED-{n}\n" for n in range(1, 6))
    browser = signed_in("treasury")
    path = where(upload(browser, (HEADER + rows).encode(), connection=world.links["BCA 512"].id)).split("?")[0]
    seen: list[str] = []
    while path:
        text = browser.get(path).text
        seen += re.findall(r"PAGED-\d", shown(text))
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = f"{path.split('?')[0]}{following.group(1)}" if following else ""
    assert seen == [f"PAGED-{n}" for n in range(1, 6)]


# Columns ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(world: World) -> str:
    """A bank of Brazil that takes tables."""
    return world.links["Itaú 0001"].id


def test_an_unknown_table_is_guessed_shown_saved_and_read_and_known_the_next_time(
    signed_in: Enter, world: World, database: Database, bank: str
) -> None:
    browser = signed_in("treasury")
    first = where(upload(browser, table(1), connection=bank))
    assert "Say what its columns mean" in browser.get(first).text
    guess = browser.get(f"{first.split('?')[0]}/columns").text
    assert "The first rows can be read like this" in guess
    assert "José Araújo" in guess
    assert "1,234.56" in shown(guess)
    saved = columns(browser, first, "save", name="Itaú extrato")
    assert where(saved) == f"{first.split('?')[0]}?done=mapping_saved"
    assert "The file states 2 new lines" in shown(browser.get(where(saved)).text)
    second = where(upload(browser, table(2), connection=bank))
    assert "Filled from" in browser.get(f"{second.split('?')[0]}/columns").text
    with database.tenant(world.tenant_id) as tx:
        (mapping,) = [one for one in column_mappings.newest(tx) if one.name == "Itaú extrato"]
    assert mapping.version == 1
    third = where(upload(browser, table(3), connection=bank, mapping=mapping.id))
    assert "The file states 2 new lines" in shown(browser.get(third).text)


def test_a_mapping_saved_unchanged_keeps_its_version_and_one_that_says_more_has_the_next(
    signed_in: Enter, world: World, database: Database, bank: str
) -> None:
    browser = signed_in("treasury")
    for number, changes in ((11, {}), (12, {}), (13, {"skip_words": "Saldo"})):
        path = where(upload(browser, table(number), connection=bank))
        where(columns(browser, path, "save", name="Versions", **changes))
    with database.tenant(world.tenant_id) as tx:
        (mapping,) = [one for one in column_mappings.newest(tx) if one.name == "Versions"]
    assert (mapping.version, mapping.document["skip_words"]) == (2, ["Saldo"])


def test_a_choice_that_cannot_be_read_names_the_lines_and_is_kept_in_the_form(signed_in: Enter, bank: str) -> None:
    browser = signed_in("treasury")
    path = where(upload(browser, table(21), connection=bank))
    answer = columns(browser, path, "preview", date_format="mm/dd/yyyy")
    assert answer.status_code == 200
    text = shown(answer.text)
    assert "1 row cannot be read like this" in text
    assert "Line 5" in text
    assert 'name="date_format" value="mm/dd/yyyy"' in answer.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"column_3": ""}, "must be given"),
        ({"column_0": "amount"}, "mean the same"),
        ({"date_format": "whenever"}, "How days are written"),
        ({"header_row": "x"}, "is no row"),
        ({"currency": "XQQ"}, "XQQ"),
    ],
)
def test_a_mapping_that_is_not_whole_says_what_is_missing(
    signed_in: Enter, bank: str, changes: dict[str, str], said: str
) -> None:
    browser = signed_in("treasury")
    path = where(upload(browser, table(31), connection=bank))
    for do in ("preview", "save"):
        answer = columns(browser, path, do, **changes)
        assert (answer.status_code, said in shown(answer.text)) == (422, True), shown(answer.text)[:2000]


def test_a_line_that_turns_out_bad_when_all_is_read_is_named_and_the_columns_can_be_said_again(
    signed_in: Enter, bank: str
) -> None:
    browser = signed_in("treasury")
    rows = "".join(f"03/11/2026;PIX;L{n};1,00;X\n" for n in range(30)) + "03/11/2026;PIX;L30;many;X\n"
    content = ("Data;Histórico;Documento;Valor;Pagador\n" + rows).encode("cp1252")
    path = where(upload(browser, content, connection=bank))
    read = where(columns(browser, path, "save", name="Long"))
    text = browser.get(read).text
    assert "Line 32 keeps the file from being read" in shown(text)
    assert re.search(r"/columns\?mapping=", text)


def test_finance_may_look_at_columns_but_treasury_saves_them(signed_in: Enter, bank: str) -> None:
    browser = signed_in("finance")
    path = where(upload(browser, table(41), connection=bank))
    assert columns(browser, path, "preview").status_code == 200
    answer = columns(browser, path, "save", name="Mine")
    assert answer.status_code == 403


def test_kinds_are_said_value_by_value(signed_in: Enter, world: World) -> None:
    content = (
        b"Created,Type,Reference,Gross,Fee,Net\n"
        b"2026-11-03,payment,pi_kinds_1,100.00,3.00,97.00\n2026-11-04,mystery,pi_kinds_2,-5.00,0.00,-5.00\n"
    )
    browser = signed_in("treasury")
    path = where(upload(browser, content, connection=world.links["Stripe Brasil"].id))
    form = browser.get(f"{path.split('?')[0]}/columns").text
    fields = fields_of(form)
    kinds = {fields[f"kind_word_{n}"]: fields[f"kind_{n}"] for n in range(2)}
    assert kinds == {"mystery": "adjustment", "payment": "payment"}
    number = next(n for n in range(2) if fields[f"kind_word_{n}"] == "mystery")
    saved = columns(browser, path, "save", name="Kinds", **{f"kind_{number}": "fee"})
    text = shown(browser.get(where(saved)).text)
    assert "Payment pi_kinds_1" in text
    assert "Fee pi_kinds_2" in text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_a_table_in_any_encoding_that_is_longer_than_its_head_is_shown_right(
    signed_in: Enter, bank: str, encoding: str
) -> None:
    rows = "".join(f"03/11/2026;PIX de José;{encoding}-{n};1.001,00;Araújo Ñandú\n" for n in range(4_000))
    content = ("Data;Histórico;Documento;Valor;Pagador\n" + rows).encode(encoding)
    assert len(content) > 65_536
    browser = signed_in("treasury")
    path = where(upload(browser, content, connection=bank))
    text = browser.get(f"{path.split('?')[0]}/columns").text
    assert "The first rows can be read like this" in text
    assert "Araújo Ñandú" in text


def test_a_workbook_is_told_by_its_content_and_its_sheet_can_be_chosen(signed_in: Enter, bank: str) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Capa").write_row(0, 0, ["Nada", "aqui"])
        sheet = book.add_worksheet("Lançamentos")
        sheet.write_row(0, 0, ["Data", "Documento", "Valor"])
        sheet.write_row(1, 0, ["2013-11-03", "X-1", 12.5])
    browser = signed_in("treasury")
    path = where(upload(browser, out.getvalue(), connection=bank, name="extrato.csv"))
    form = f"{path.split('?')[0]}/columns"
    assert 'name="sheet"' in browser.get(form).text
    fields = {"sheet": "Lançamentos", "date_format": "iso", "do": "preview", "currency": "BRL"}
    answer = browser.post(form, form_of=form, **fields)
    assert "Valor" in answer.text
    chosen = {"column_0": "date", "column_1": "id", "column_2": "amount", "name": "Planilha", "do": "save"}
    saved = browser.post(form, form_of=form, **(fields | chosen))
    assert "The file states 1 new line" in shown(browser.get(where(saved)).text)


def test_noise_is_refused_as_a_page(signed_in: Enter, bank: str) -> None:
    browser = signed_in("treasury")
    path = where(upload(browser, b"\x89PNG\r\n\x1a\n\x00\x00\x00", connection=bank))
    assert browser.get(path).status_code == 200
    assert browser.get(f"{path.split('?')[0]}/columns").status_code in {200, 422}


def test_a_head_ends_with_a_whole_line() -> None:
    """The head that is shown is cut at a whole line, in whatever width its letters have."""
    for encoding in ("utf-16", "utf-8", "cp1252"):
        whole = ("Data;Valor\n" + "03/11/2026;1,00 \u0a0a\n".replace("\u0a0a", "ä") * 50).encode(encoding)
        for cut in range(len(whole) - 40, len(whole)):
            head = whole_lines(whole[:cut])
            assert head.decode(encoding).endswith("\n")
