"""The code inspector: what a debtor would scan, type or copy, explained by its fields, a broken one at its fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from connectors import qr, rails
from connectors.shared import emv
from domain.errors import Invalid
from domain.rails import Codec, Decoded, Rail
from gateway.console.pages import ConsoleRoute, Posting, Visit, Visiting, page

router = APIRouter(route_class=ConsoleRoute)

LONGEST: Final = emv.MAX_READ
_MOST_DRAWN: Final = 2_000  # bytes that surely fit into a picture with error correction M
_DRAWN: Final = frozenset({"tr_karekod"})
_AROUND_FAULT: Final = 24


@dataclass(frozen=True)
class Line:
    """A field of a code: how deep it lies, its tag or name, what it is called (a label's family, code), its value."""

    depth: int
    tag: str
    label: tuple[str, str]
    value: str


@dataclass(frozen=True)
class Fault:
    """Where a broken code is wrong: what stands before, there and after."""

    before: str
    there: str
    after: str


@dataclass(frozen=True)
class Explained:
    """What a text was read as, or why it was refused."""

    decoded: Decoded | None = None
    scheme: Rail | Codec | None = None
    details: tuple[Line, ...] = ()
    tree: tuple[Line, ...] = ()
    picture: Markup | None = None
    error: Invalid | None = None
    fault: Fault | None = None


@router.get("/codes")
def inspector(here: Visiting) -> HTMLResponse:
    """A place to paste a code into."""
    return _page(here, text="", profile="", found=None)


@router.post("/codes")
def inspect(form: Posting) -> HTMLResponse:
    """What the pasted text says. Nothing of it is kept, nor does it stand in an address that is."""
    given = form.fields.get("text")
    text = given if isinstance(given, str) else ""
    profile = form.text("profile")
    found = explained(text, profile or None) if text.strip() else None
    return _page(form.visit, text=text[:LONGEST], profile=profile, found=found)


def _page(here: Visit, *, text: str, profile: str, found: Explained | None) -> HTMLResponse:
    named = [each for each in rails.readers() if isinstance(each, Codec) and (not each.detected or each.whole)]
    return page(
        here, "codes.html", place="countries", text=text, profile=profile, found=found, named=named, longest=LONGEST
    )


def explained(text: str, profile: str | None) -> Explained:
    """A text read and taken apart for people; ``profile`` says what it is where its form does not."""
    try:
        decoded = rails.decode(text, profile=profile)
    except Invalid as error:
        return Explained(error=error, fault=_fault(rails.bare(text), error.details.get("offset")))
    known = {each.code: each for each in rails.readers()}
    bare = rails.bare(text)
    drawn = emv.looks_like(bare) or decoded.profile in _DRAWN
    return Explained(
        decoded=decoded,
        scheme=known.get(decoded.profile),
        details=tuple(_details(decoded.details)),
        tree=tuple(_tree(decoded.tree, family=_family(bare, decoded.profile))),
        picture=_picture(bare) if drawn else None,
    )


def _picture(text: str) -> Markup | None:
    if len(text.encode("utf-8")) > _MOST_DRAWN:
        return None
    return Markup(qr.svg(text, module_px=4))  # noqa: S704 (drawn by us, holds no text of others)


def _fault(text: str, offset: object) -> Fault | None:
    if not isinstance(offset, int) or offset > len(text):
        return None
    start = max(0, offset - _AROUND_FAULT)
    after = text[offset + 1 : offset + 1 + _AROUND_FAULT]
    return Fault(before=text[start:offset], there=text[offset : offset + 1], after=after)


def _details(details: Mapping[str, Any], *, depth: int = 0) -> Iterator[Line]:
    for name, value in details.items():
        label = ("code_detail", name)
        if isinstance(value, Mapping):
            yield Line(depth, name, label, "")
            yield from _details(value, depth=depth + 1)
        elif value is not None:
            text = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
            yield Line(depth, name, label, text)


def _family(text: str, profile: str) -> str:
    """What the names of the text's fields are called: by tag where it has tags, else by name."""
    if emv.looks_like(text):
        return "code_tag"
    return "code_karekod" if profile == "tr_karekod" else "code_detail"


def _tree(tree: Mapping[str, Any], *, family: str, path: str = "", depth: int = 0) -> Iterator[Line]:
    for tag, value in tree.items():
        here = f"{path}.{tag}" if path else tag
        label = (family, _shared(here) if family == "code_tag" else here)
        if isinstance(value, Mapping):
            yield Line(depth, here, label, "")
            yield from _tree(value, family=family, path=here, depth=depth + 1)
        else:
            yield Line(depth, here, label, str(value))


def _shared(path: str) -> str:
    """The label's code of a path of tags: accounts of merchants share theirs, and card schemes do."""
    tag, dot, below = path.partition(".")
    if "26" <= tag <= "51":
        return "account.00" if below == "00" else path if dot else "account"
    return "card" if "02" <= tag <= "25" else path
