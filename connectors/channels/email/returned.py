"""Mail that comes back: delivery reports (RFC 3464), complaints (ARF, RFC 5965), and what is neither.

Nothing is guessed: a mail that is no report in one of these forms is ``other``, for a person to read. Which notice it
is about is told by tokens of ours alone, in the address that it came to or in the headers of ours that it quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import Final, Literal

from domain.errors import TooLarge

LARGEST_BYTES: Final = 1_048_576
Form = Literal["delivery", "complaint", "other"]
Fate = Literal["hard", "soft", "delayed", "delivered"]

_POLICY: Final = policy.default.clone(raise_on_defect=False)
_CAME_TO: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_QUOTED: Final = ("Return-Path", "List-Unsubscribe")
_STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463, 3.2 and 3.3: what says that the address itself is wrong or closed, not that this mail was not wanted.
_DEAD: Final = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_VAGUE: Final = frozenset({"5.0.0", "5.5.0", "5.3.0"})
_NOBODY: Final = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient)|does(?: not|n't) exist|invalid (?:mailbox|recipient)"
    r"|recipient not found|mailbox not found|account (?:disabled|closed)",
    re.IGNORECASE,
)
_NOT_A_COMPLAINT: Final = frozenset({"not-spam"})
_FROM_LINE: Final = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\n]*\n")


@dataclass(frozen=True, slots=True)
class ToRecipient:
    """What a delivery report says of one recipient. ``action`` is lower case, ``status`` an enhanced status code."""

    address: str | None
    action: str
    status: str | None
    diagnostic: str | None

    @property
    def fate(self) -> Fate:
        """``hard``: the address reaches nobody; ``soft``: this mail was given up, though the address may live."""
        if self.action == "delayed":
            return "delayed"
        if self.action != "failed":
            return "delivered"
        said_so = self.status in _VAGUE and _NOBODY.search(self.diagnostic or "") is not None
        return "hard" if self.status in _DEAD or said_so else "soft"


@dataclass(frozen=True, slots=True)
class Returned:
    """One mail that came back. ``traces`` are texts in which a token of ours may stand."""

    form: Form
    recipients: tuple[ToRecipient, ...]
    traces: tuple[str, ...]


def mails(body: bytes) -> list[bytes]:
    """The mails of a file: one alone, or a mailbox (mbox, RFC 4155) of several."""
    if not body.startswith(b"From "):
        return [body] if body.strip() else []
    lines = list(_FROM_LINE.finditer(body))
    ends = [*(line.start() for line in lines[1:]), len(body)]
    return [re.sub(rb"(?m)^>(>*From )", rb"\1", body[line.end() : end]) for line, end in zip(lines, ends, strict=True)]


def read(mail: bytes) -> Returned:
    """What a mail reports. Raises ``mail_too_large``; nothing else of it, however broken, is an error."""
    if len(mail) > LARGEST_BYTES:
        raise TooLarge("mail_too_large", f"A mail has at most {LARGEST_BYTES} bytes here.")
    message = BytesParser(EmailMessage, policy=_POLICY).parsebytes(mail)
    parts = list(_parts(message))
    traces = (*_headers(message, _CAME_TO), *(trace for part in parts for trace in _headers(part, _QUOTED)))
    feedback = next((_fields(part) for part in parts if _kind(part) == "message/feedback-report"), None)
    if feedback is not None and feedback.get("feedback-type", "").lower() not in _NOT_A_COMPLAINT:
        return Returned("complaint", (), traces)
    told = [part for part in parts if _kind(part) == "message/delivery-status"]
    recipients = tuple(found for part in told for found in _recipients(part))
    return Returned("delivery" if recipients else "other", recipients, traces)


def of_recipient(returned: Returned, address: str) -> ToRecipient | None:
    """What a report says of the mail to one address; it may name where that was forwarded to instead.

    Of several that are forwarded to, the one that was reached best: mail that arrived somewhere has arrived.
    """
    named = [one for one in returned.recipients if (one.address or "").lower() == address.lower()]
    return min(named or returned.recipients, key=lambda one: _BEST.index(one.fate), default=None)


_BEST: Final[Sequence[Fate]] = ("delivered", "delayed", "soft", "hard")


def _parts(message: Message) -> Iterator[Message]:
    """Every part, and the headers of ours that are quoted as text (text/rfc822-headers, RFC 6522)."""
    for part in message.walk():
        yield part
        if _kind(part) == "text/rfc822-headers":
            yield BytesParser(EmailMessage, policy=_POLICY).parsebytes(_content(part), headersonly=True)


def _kind(part: Message) -> str:
    return part.get_content_type()


def _headers(part: Message, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for value in _values(part, name):
            yield "".join(value.split())


def _values(part: Message, name: str) -> list[str]:
    try:
        return [str(value) for value in part.get_all(name, [])]
    except (ValueError, IndexError, AttributeError, TypeError):  # a header that the library itself cannot read
        return []


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    return b"\n\n".join(bytes(one) for one in inner if isinstance(one, Message)) if isinstance(inner, list) else b""


def _fields(part: Message) -> dict[str, str]:
    """The fields of a part that is made of header-like lines, by their names in lower case."""
    return next(iter(_groups(part)), {})


def _groups(part: Message) -> list[dict[str, str]]:
    """Groups of fields apart by empty lines, folded lines put together."""
    text = _content(part).decode("utf-8", errors="replace").replace("\r\n", "\n")
    groups = []
    for block in re.split(r"\n[ \t]*\n", text.strip()):
        unfolded = re.sub(r"\n[ \t]+", " ", block)
        lines = (line.partition(":") for line in unfolded.split("\n"))
        found = {name.strip().lower(): value.strip() for name, colon, value in lines if colon}
        if found:
            groups.append(found)
    return groups


def _recipients(part: Message) -> Iterator[ToRecipient]:
    for fields in _groups(part):
        if "action" not in fields:
            continue  # the report's own fields, before those of the recipients
        named = fields.get("original-recipient") or fields.get("final-recipient") or ""
        status = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
        yield ToRecipient(
            address=named.rpartition(";")[2].strip().strip("<>") or None,
            action=fields["action"].split()[0].lower() if fields["action"] else "failed",
            status=status[0] if status else None,
            diagnostic=fields.get("diagnostic-code"),
        )
