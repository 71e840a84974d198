"""Tokens that name a notice and prove that we gave them out: in return addresses of mail, and in links to unsubscribe.

A token is the notice's identifier and a keyed digest of it, in letters that survive a change of case. Each purpose has
digests of its own, so that whoever was given one token knows none of the others.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import Final, Literal

from domain.ids import PREFIXES
from store.sealing import ring

Purpose = Literal["return", "unsubscribe"]

_LENGTHS: Final[dict[Purpose, int]] = {"return": 16, "unsubscribe": 32}  # letters of five bits: 80 and 160 bits
_PREFIX: Final = f"{PREFIXES['notice']}_"
_SHAPE: Final = r"[0-9a-z]{26}-[a-z2-7]{%d}"
IN_ADDRESS: Final = re.compile(rf"\+({_SHAPE % _LENGTHS['return']})@", re.IGNORECASE)
"""A token in a return address."""
IN_LINK: Final = re.compile(rf"/unsubscribe/({_SHAPE % _LENGTHS['unsubscribe']})(?![\w-])", re.IGNORECASE)
"""A token in a link."""


def token_of(notice_id: str, purpose: Purpose) -> str:
    """The token of a notice."""
    return f"{notice_id.removeprefix(_PREFIX)}-{_digest(notice_id, purpose)}"


def notice_of(token: str, purpose: Purpose) -> str | None:
    """The notice that a token names, where it is one of ours."""
    suffix, _, digest = token.lower().partition("-")
    notice_id = f"{_PREFIX}{suffix}"
    return notice_id if hmac.compare_digest(digest.encode(), _digest(notice_id, purpose).encode()) else None


def _digest(notice_id: str, purpose: Purpose) -> str:
    keyed = ring().blind_index(notice_id, field=f"notice.{purpose}_token")
    return base64.b32encode(keyed).decode().lower()[: _LENGTHS[purpose]]


def path_to_unsubscribe(notice_id: str) -> str:
    """Where e-mails are unsubscribed from, below the installation's own address."""
    return f"/unsubscribe/{token_of(notice_id, 'unsubscribe')}"
