"""EMVCo merchant-presented codes: the tag-length-value text inside most payment QR codes, read and written.

A payload is a row of data objects: two digits of tag, two digits of length, the value. Lengths count
characters; the check sum in tag 63, the last object, is CRC-16/CCITT-FALSE over the UTF-8 bytes up to and
including ``6304``. Tags 26 to 51, 62 and 64 hold templates of objects again, and 80 to 99 may.
Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode, v1.1, sections 3 and 4. Two schemes use
the same objects in an order of their own (Türkiye's Karekod, Thailand's slips); their ``Layout`` says which.

Every text is either read or refused with ``Invalid``; the refusal's details name ``tag`` (a path such as
``38.01``), ``offset`` (characters from the start of the payload) and ``reason``. Generators differ in the
order of fields, so payloads are compared as trees (``equivalent``), never as texts.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from domain.errors import Invalid

Tree: TypeAlias = "dict[str, str | Tree]"
"""Tags to values or templates, in the payload's order; plain dictionaries, so ready for JSON."""

MAX_LENGTH: Final = 512
"""Characters in a payload that is made (the specification's limit of 512 alphanumeric characters)."""

MAX_READ: Final = 2_953
"""Characters in a payload that is read: what a QR code holds. Labels of many schemes (SGQR) pass the limit of 512."""

CRC_TAG: Final = "63"
_CRC_DIGITS: Final = 4
_MAX_VALUE: Final = 99
_TAG: Final = re.compile(r"[0-9]{2}")
_START: Final = re.compile(r"0002[0-9]{2}")
_TEMPLATES: Final = frozenset([*(str(tag) for tag in range(26, 52)), "62", "64"])
_MAYBE_TEMPLATES: Final = frozenset(str(tag) for tag in range(80, 100)) - {
    "81",  # Thai QR puts a message there, in hexadecimal UTF-16
    "82",  # DuitNow puts a digest there
}
_NESTED: Final = frozenset({("A000000727", "01")})  # VietQR's beneficiary is a template inside a template
_INSIDE: Final = 2  # the depth of a field of a template
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # EMVCo's "ans" and "S" have none; nor halves


@dataclass(frozen=True, slots=True)
class Layout:
    """Which object comes first, which holds the check sum at the end, and which hold objects again.

    ``begins`` is a pattern of the text's start; ``maybe`` are tags whose value is a template where it begins with one's
    identifier.
    """

    first: str
    begins: re.Pattern[str]
    crc_tag: str
    templates: frozenset[str]
    maybe: frozenset[str] = frozenset()

    @property
    def crc_head(self) -> str:
        """Tag and length of the check sum."""
        return f"{self.crc_tag}{_CRC_DIGITS:02d}"


MERCHANT_PRESENTED: Final = Layout(
    first="00", begins=_START, crc_tag=CRC_TAG, templates=_TEMPLATES, maybe=_MAYBE_TEMPLATES
)


def looks_like(text: str) -> bool:
    """Whether the text starts as a merchant-presented payload does: tag 00 with two digits."""
    return _START.match(text) is not None


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE of the text's UTF-8 bytes, as four upper-case hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode('utf-8', 'surrogatepass'), 0xFFFF):04X}"


def parse(payload: str, *, strict: bool = False, layout: Layout = MERCHANT_PRESENTED) -> Tree:
    """The payload's tree, the check sum included.

    A reader is lenient: it takes a lower-case check sum, empty values and texts of more than 512 characters, which are
    in use. ``strict`` takes none of them. Raises ``Invalid`` with one of ``emv_length``, ``emv_tag``, ``emv_crc``,
    ``emv_crc_missing``, ``emv_trailing``, ``emv_duplicate``, ``emv_order``, ``emv_character``, ``emv_too_long``; strict
    also ``emv_crc_case``, ``emv_empty``.
    """
    limit = MAX_LENGTH if strict else MAX_READ
    if len(payload) > limit:
        raise _refusal("emv_too_long", tag=None, offset=limit, reason=f"more than {limit} characters")
    _check_crc(payload, strict=strict, layout=layout)
    tree = _template(payload, offset=0, path=(), strict=strict, layout=layout)
    _check_frame(payload, tree, layout)
    _check_characters(payload, tree)
    return tree


def build(tree: Mapping[str, str | Tree], *, layout: Layout = MERCHANT_PRESENTED) -> str:
    """The payload of a tree: its first object first, the others in the tree's order, a fresh check sum last.

    Raises ``emv_tag``, ``emv_length`` (a value of more than 99 characters), ``emv_empty``, ``emv_character`` and
    ``emv_too_long``.
    """
    head: Tree = {layout.first: tree.get(layout.first, "01")}
    body = head | {tag: value for tag, value in tree.items() if tag not in (layout.first, layout.crc_tag)}
    text = _serialise(body, path=()) + layout.crc_head
    payload = text + crc(text)
    if len(payload) > MAX_LENGTH:
        raise _refusal("emv_too_long", tag=None, offset=MAX_LENGTH, reason=f"more than {MAX_LENGTH} characters")
    return payload


def equivalent(first: Tree, second: Tree) -> bool:
    """Whether two trees say the same; the order of fields and the check sum do not count."""
    return {**first, CRC_TAG: ""} == {**second, CRC_TAG: ""}


def replaced(tree: Mapping[str, str | Tree], tag: str, value: str | Tree) -> Tree:
    """The tree with ``tag`` set to ``value``: in its old place, or before the first higher tag."""
    if tag in tree:
        return {key: value if key == tag else old for key, old in tree.items()}
    result: Tree = {}
    for key, old in tree.items():
        if tag not in result and key > tag:
            result[tag] = value
        result[key] = old
    result.setdefault(tag, value)
    return result


def text_at(tree: Mapping[str, str | Tree], *path: str) -> str | None:
    """The value at a path of tags, or ``None`` where there is none, it is empty, or it is a template."""
    node: str | Tree | None = tree.get(path[0])
    for tag in path[1:]:
        node = node.get(tag) if isinstance(node, dict) else None
    return node if isinstance(node, str) and node else None


def offset_of(payload: str, path: str) -> int:
    """Where the value at a path such as ``62.05`` begins in a sound payload.

    Of a missing field: where the template begins that should hold it, or the check sum, before which it belongs.
    """
    text, start = payload, 0
    for depth, wanted in enumerate(path.split(".")):
        objects = list(_objects(text, offset=start, path=()))
        found = next(((value, place) for tag, value, place in objects if tag == wanted), None)
        if found is None:
            return start if depth else objects[-1][2] - len("6304")
        text, start = found
    return start


def template_of(tree: Mapping[str, str | Tree], *identifiers: str) -> tuple[str, Tree] | None:
    """Tag and content of the first merchant account template whose identifier (sub-tag 00) is one of these.

    Letters are compared without case: ``BR.GOV.BCB.PIX`` is in use beside ``br.gov.bcb.pix``.
    """
    wanted = {identifier.casefold() for identifier in identifiers}
    for tag, value in tree.items():
        if tag in _TEMPLATES and isinstance(value, dict) and (text_at(value, "00") or "").casefold() in wanted:
            return tag, value
    return None


def mentions(payload: str, *identifiers: str) -> bool:
    """Whether the text may be a payload of one of these templates: a look without parsing, for broken ones too."""
    folded = _folded(payload)
    for identifier in identifiers:  # noqa: SIM110 (each code is asked a dozen times: a generator costs twice)
        if identifier.casefold() in folded:
            return True
    return False


@lru_cache(maxsize=4)
def _folded(payload: str) -> str:
    """The letters without case of a payload that one reader after another asks about; none of any other text."""
    return payload.casefold() if looks_like(payload) else ""


def _check_crc(payload: str, *, strict: bool, layout: Layout) -> None:
    offset = max(0, len(payload) - _CRC_DIGITS)
    if not payload.startswith(layout.crc_head, offset - len(layout.crc_head)) or offset < len(layout.crc_head):
        raise _misplaced_crc(payload, layout.crc_tag)
    found, computed = payload[offset:], crc(payload[:offset])
    if found.upper() != computed:
        reason = f"check sum is {computed}, the payload says {found}"
        raise _refusal("emv_crc", tag=layout.crc_tag, offset=offset, reason=reason)
    if strict and found != computed:
        raise _refusal("emv_crc_case", tag=layout.crc_tag, offset=offset, reason="check sum is not in capital letters")


def _misplaced_crc(payload: str, crc_tag: str) -> Invalid:
    """Why the payload does not end with its check sum: something follows it, or it is not there."""
    for tag, value, offset in _objects(payload, offset=0, path=()):
        if tag == crc_tag:
            end = offset + len(value)
            return _refusal("emv_trailing", tag=crc_tag, offset=end, reason="text follows the check sum")
    return _refusal("emv_crc_missing", tag=crc_tag, offset=len(payload), reason="there is no check sum at the end")


def _check_frame(payload: str, tree: Tree, layout: Layout) -> None:
    first, last = next(iter(tree)), next(reversed(tree))
    if layout.begins.match(payload) is None:
        reason = f"the first field is not tag {layout.first} as the scheme has it"
        raise _refusal("emv_order", tag=first, offset=0, reason=reason)
    if last != layout.crc_tag or tree[last] != payload[-_CRC_DIGITS:]:
        over = layout.crc_tag not in tree
        reason = f"the last field, {last}, runs over the check sum" if over else f"text follows tag {layout.crc_tag}"
        code = "emv_crc_missing" if over else "emv_trailing"
        raise _refusal(code, tag=last, offset=len(payload) - _CRC_DIGITS, reason=reason)


def _check_characters(payload: str, tree: Tree) -> None:
    found = _CONTROL.search(payload)
    if found is not None:
        reason = f"{found.group()!r} is a control character, none of a text"
        raise _refusal("emv_character", tag=_path_to(payload, tree, found.start()), offset=found.start(), reason=reason)


def _path_to(payload: str, tree: Tree, offset: int) -> str:
    """The tags down to the value that covers a place of a sound payload."""
    path: list[str] = []
    inside: str | Tree = tree
    text, start = payload, 0
    while isinstance(inside, dict):
        tag, text, start = next(
            each for each in _objects(text, offset=start, path=()) if offset < each[2] + len(each[1])
        )
        path.append(tag)
        inside = inside[tag]
    return ".".join(path)


def _template(text: str, *, offset: int, path: tuple[str, ...], strict: bool, layout: Layout) -> Tree:
    tree: Tree = {}
    for tag, value, start in _objects(text, offset=offset, path=path):
        if tag in tree:
            raise _refusal("emv_duplicate", tag=".".join((*path, tag)), offset=start, reason="the tag stands twice")
        if strict and not value:
            raise _refusal("emv_empty", tag=".".join((*path, tag)), offset=start, reason="the value is empty")
        if value and _is_template(path, tag, value, inside=tree, layout=layout):
            tree[tag] = _template(value, offset=start, path=(*path, tag), strict=strict, layout=layout)
        else:
            tree[tag] = value
    return tree


def _is_template(path: tuple[str, ...], tag: str, value: str, *, inside: Tree, layout: Layout) -> bool:
    if not path:
        return tag in layout.templates or (tag in layout.maybe and value[:2] == "00" and value[2:4].isdecimal())
    return len(path) + 1 == _INSIDE and (inside.get("00"), tag) in _NESTED


def _objects(text: str, *, offset: int, path: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """Tag, value and the value's offset in the payload, of each object of a text that starts at ``offset``."""
    position, end = 0, len(text)
    while position < end:
        head = text[position : position + 4]
        if len(head) < len("0002") or not (head.isascii() and head.isdecimal()):
            raise _broken_head(head, offset=offset + position, path=path)
        start = position + 4
        stop = start + int(head[2:])
        if stop > end:
            raise _refusal(
                "emv_length",
                tag=".".join((*path, head[:2])),
                offset=offset + position + 2,
                reason=f"length says {stop - start}, but {end - start} characters are left",
            )
        yield head[:2], text[start:stop], offset + start
        position = stop


def _broken_head(head: str, *, offset: int, path: tuple[str, ...]) -> Invalid:
    """A text where tag and length should stand: too short or no digits; nested, an earlier length is wrong."""
    parent = ".".join(path) or None
    if _TAG.fullmatch(head[:2]) and len(head) == len("0002"):
        tag = ".".join((*path, head[:2]))
        return _refusal("emv_length", tag=tag, offset=offset + 2, reason=f"length is {head[2:]!r}, not two digits")
    if path:
        reason = f"no tag and length at {head!r}: a length before it is wrong"
        return _refusal("emv_length", tag=parent, offset=offset, reason=reason)
    return _refusal("emv_tag", tag=parent, offset=offset, reason=f"no tag and length at {head!r}")


def _serialise(tree: Mapping[str, str | Tree], *, path: tuple[str, ...]) -> str:
    parts = []
    for tag, node in tree.items():
        here = ".".join((*path, tag))
        if not _TAG.fullmatch(tag):
            raise _refusal("emv_tag", tag=here, offset=None, reason="a tag is two digits")
        value = node if isinstance(node, str) else _serialise(node, path=(*path, tag))
        if not value:
            raise _refusal("emv_empty", tag=here, offset=None, reason="the value is empty")
        if len(value) > _MAX_VALUE:
            reason = f"the value has {len(value)} characters, {_MAX_VALUE} fit"
            raise _refusal("emv_length", tag=here, offset=None, reason=reason)
        if _CONTROL.search(value):
            raise _refusal("emv_character", tag=here, offset=None, reason="the value holds a control character")
        parts.append(f"{tag}{len(value):02d}{value}")
    return "".join(parts)


def _refusal(code: str, *, tag: str | None, offset: int | None, reason: str) -> Invalid:
    where = f" at tag {tag}" if tag else ""
    return Invalid(
        code,
        f"The payment code is broken{where}: {reason}.",
        fix="Copy or scan the whole code again.",
        tag=tag,
        offset=offset,
        reason=reason,
    )
