"""A notice as an e-mail: plain text and HTML in one, in its language, plainly marked as sent by a machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Final

from connectors.channels import Outgoing
from domain.errors import Invalid


class _LinksInOnePiece(EmailPolicy):
    """Python's own folding writes a long link as encoded words, which no mailbox provider follows."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as it travels."""
        if name != "List-Unsubscribe":
            return super().fold_binary(name, value)
        return f"{name}: {value}{self.linesep}".encode("ascii")


# Any server takes it, with or without 8BITMIME.
_POLICY: Final = _LinksInOnePiece(linesep="\r\n", cte_type="7bit")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_ADDRESS_LENGTH: Final = 254
_URL: Final = re.compile(r"(https?|mailto):[!-;=?-~]{1,900}")  # printable ASCII without angle brackets
_LINE_DOT: Final = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Sender:
    """As whom notices are sent; ``reply_to`` is where a debtor's answer is read by a person."""

    name: str
    address: str
    reply_to: str | None = None

    def __post_init__(self) -> None:
        for address in (self.address, self.reply_to):
            if address is not None and not is_address(address):
                raise Invalid("mail_address_invalid", "The sender's e-mail address is not one that can be sent from.")


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address in ASCII (RFC 5321 without quoted local parts and address literals)."""
    return len(text) <= _ADDRESS_LENGTH and _ADDRESS.fullmatch(text) is not None


def compose(outgoing: Outgoing, *, sender: Sender, at: datetime) -> bytes:
    """The mail as bytes with CRLF line ends; ``ValueError`` for an address or header that cannot be written.

    The same notice at the same moment is the same bytes, and always has the same Message-ID, so a mailbox can tell a
    repeat. ``Auto-Submitted`` keeps other machines from answering (RFC 3834). ``List-Unsubscribe`` is RFC 2369's; with
    an https link one POST to it is enough (RFC 8058), provided that the mail server signs both headers (DKIM).
    """
    if not is_address(outgoing.to):
        raise ValueError("address")
    mail = EmailMessage(policy=_POLICY)
    name, _, domain = sender.address.rpartition("@")
    mail["From"] = Address(sender.name, name, domain)
    mail["To"] = outgoing.to
    mail["Subject"] = outgoing.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{outgoing.notice_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if sender.reply_to:
        mail["Reply-To"] = sender.reply_to
    if outgoing.unsubscribe_url:
        if not _URL.fullmatch(outgoing.unsubscribe_url):
            raise ValueError("unsubscribe_url")
        mail["List-Unsubscribe"] = f"<{outgoing.unsubscribe_url}>"
        if outgoing.unsubscribe_url.startswith("https:"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(outgoing.text)
    if outgoing.html is not None:
        mail.add_alternative(outgoing.html, subtype="html")
        mail.set_boundary(f"=_{outgoing.notice_id}")  # neither encoding of a part can contain "=_"
    for part in mail.walk():
        part["Content-Language"] = outgoing.locale.replace("_", "-")
    return mail.as_bytes()


def return_address(bounces: str, token: str) -> str:
    """The address that a mail comes back to: the mailbox of bounces, with the notice's token (variable envelope)."""
    name, _, domain = bounces.rpartition("@")
    return f"{name}+{token}@{domain}"


def stuffed(mail: bytes) -> bytes:
    """The mail as it travels after ``DATA``: leading dots doubled, ended by a line with one dot (RFC 5321, 4.5.2)."""
    body = _LINE_DOT.sub(b"..", mail)
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"
