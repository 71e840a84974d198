"""EMVCo merchant-presented codes: the tag-length-value text inside most payment QR codes, read and written.

A payload is a row of data objects: two digits of tag, two digits of length, the value. Lengths count
characters; the check sum in tag 63, the last object, is CRC-16/CCITT-FALSE over the UTF-8 bytes up to and
including ``6304``. Tags 26 to 51, 62 and 64 hold templates of objects again, and 80 to 99 may.
Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode, v1.1, sections 3 and 4.

Every text is either read or refused with ``Invalid``; the refusal's details name ``tag`` (a path such as
``38.01``), ``offset`` (characters from the start of the payload) and ``reason``. Generators differ in the
order of fields, so payloads are compared as trees (``equivalent``), never as texts.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from domain.errors import Invalid

Tree: TypeAlias = "dict[str, str | Tree]"
"""Tags to values or templates, in the payload's order; plain dictionaries, so ready for JSON."""

MAX_LENGTH: Final = 512
"""Characters in a payload (the specification's limit of 512 alphanumeric characters)."""

CRC_TAG: Final = "63"
_CRC_HEAD: Final = "6304"
_CRC_DIGITS: Final = 4
_MAX_VALUE: Final = 99
_HEAD: Final = re.compile(r"[0-9]{4}")
_TAG: Final = re.compile(r"[0-9]{2}")
_START: Final = re.compile(r"0002[0-9]{2}")
_TEMPLATES: Final = frozenset([*(str(tag) for tag in range(26, 52)), "62", "64"])
_MAYBE_TEMPLATES: Final = frozenset(str(tag) for tag in range(80, 100)) - {
    "81",  # Thai QR puts a message there, in hexadecimal UTF-16
    "82",  # DuitNow puts a digest there
}
_NESTED: Final = frozenset({("A000000727", "01")})  # VietQR's beneficiary is a template inside a template


def looks_like(text: str) -> bool:
    """Whether the text starts as a merchant-presented payload does: tag 00 with two digits."""
    return _START.match(text) is not None


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE of the text's UTF-8 bytes, as four upper-case hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode('utf-8', 'surrogatepass'), 0xFFFF):04X}"


def parse(payload: str, *, strict: bool = False) -> Tree:
    """The payload's tree, tag 63 included.

    A reader is lenient: it takes a lower-case check sum and empty values, which wallets in use emit. ``strict`` takes
    neither. Raises ``Invalid`` with one of ``emv_length``, ``emv_tag``, ``emv_crc``, ``emv_crc_missing``,
    ``emv_trailing``, ``emv_duplicate``, ``emv_order``, ``emv_too_long``; strict also ``emv_crc_case``, ``emv_empty``.
    """
    if len(payload) > MAX_LENGTH:
        raise _refusal("emv_too_long", tag=None, offset=MAX_LENGTH, reason=f"more than {MAX_LENGTH} characters")
    _check_crc(payload, strict=strict)
    tree = _template(payload, offset=0, path=(), strict=strict)
    _check_frame(payload, tree)
    return tree


def build(tree: Mapping[str, str | Tree]) -> str:
    """The payload of a tree: tag 00 first, the others in the tree's order, a fresh check sum last.

    Raises ``emv_tag``, ``emv_length`` (a value of more than 99 characters), ``emv_empty`` and ``emv_too_long``.
    """
    body = {"00": tree.get("00", "01")} | {tag: value for tag, value in tree.items() if tag not in ("00", CRC_TAG)}
    text = _serialise(body, path=()) + _CRC_HEAD
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
    node: str | Mapping[str, str | Tree] | None = tree
    for tag in path:
        node = node.get(tag) if isinstance(node, Mapping) else None
    return node if isinstance(node, str) and node else None


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
    folded = payload.casefold()
    return looks_like(payload) and any(identifier.casefold() in folded for identifier in identifiers)


def _check_crc(payload: str, *, strict: bool) -> None:
    offset = max(0, len(payload) - _CRC_DIGITS)
    if payload[-len(_CRC_HEAD) - _CRC_DIGITS : -_CRC_DIGITS] != _CRC_HEAD:
        raise _misplaced_crc(payload)
    found, computed = payload[offset:], crc(payload[:offset])
    if found.upper() != computed:
        raise _refusal(
            "emv_crc", tag=CRC_TAG, offset=offset, reason=f"check sum is {computed}, the payload says {found}"
        )
    if strict and found != computed:
        raise _refusal("emv_crc_case", tag=CRC_TAG, offset=offset, reason="check sum is not in capital letters")


def _misplaced_crc(payload: str) -> Invalid:
    """Why the payload does not end with tag 63: something follows it, or it is not there."""
    for tag, value, offset in _objects(payload, offset=0, path=()):
        if tag == CRC_TAG:
            end = offset + len(value)
            return _refusal("emv_trailing", tag=CRC_TAG, offset=end, reason="text follows the check sum")
    return _refusal("emv_crc_missing", tag=CRC_TAG, offset=len(payload), reason="there is no check sum at the end")


def _check_frame(payload: str, tree: Tree) -> None:
    first, last = next(iter(tree)), next(reversed(tree))
    if first != "00" or not _TAG.fullmatch(str(tree[first])):
        raise _refusal("emv_order", tag=first, offset=0, reason="the first field is not tag 00 with two digits")
    if last != CRC_TAG or tree[last] != payload[-_CRC_DIGITS:]:
        reason = f"the last field, {last}, runs over the check sum" if CRC_TAG not in tree else "text follows tag 63"
        code = "emv_crc_missing" if CRC_TAG not in tree else "emv_trailing"
        raise _refusal(code, tag=last, offset=len(payload) - _CRC_DIGITS, reason=reason)


def _template(text: str, *, offset: int, path: tuple[str, ...], strict: bool) -> Tree:
    tree: Tree = {}
    identifier = ""
    for tag, value, start in _objects(text, offset=offset, path=path):
        here = (*path, tag)
        if tag in tree:
            raise _refusal("emv_duplicate", tag=".".join(here), offset=start, reason="the tag stands there twice")
        if strict and not value:
            raise _refusal("emv_empty", tag=".".join(here), offset=start, reason="the value is empty")
        if tag == "00":
            identifier = value
        if value and _is_template(here, value, identifier=identifier):
            tree[tag] = _template(value, offset=start, path=here, strict=strict)
        else:
            tree[tag] = value
    return tree


def _is_template(path: tuple[str, ...], value: str, *, identifier: str) -> bool:
    tag = path[-1]
    if len(path) == 1:
        return tag in _TEMPLATES or (tag in _MAYBE_TEMPLATES and re.match(r"00[0-9]{2}", value) is not None)
    return len(path) == len(("account", "field")) and (identifier, tag) in _NESTED


def _objects(text: str, *, offset: int, path: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """Tag, value and the value's offset in the payload, of each object of a text that starts at ``offset``."""
    position = 0
    while position < len(text):
        head = text[position : position + 4]
        if not _HEAD.fullmatch(head):
            raise _broken_head(head, offset=offset + position, path=path)
        tag, length = head[:2], int(head[2:])
        start = position + len(head)
        value = text[start : start + length]
        if len(value) < length:
            raise _refusal(
                "emv_length",
                tag=".".join((*path, tag)),
                offset=offset + position + 2,
                reason=f"length says {length}, but {len(value)} characters are left",
            )
        yield tag, value, offset + start
        position = start + length


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
