"""E-mail over SMTP: one notice, one recipient, one attempt whose outcome is known as far as SMTP can know it.

Until the last dot of the text is sent nothing can have arrived, so a failure may be tried again. After it, a lost
connection leaves the outcome open (RFC 5321, 4.5.3.2.6 and RFC 1047) and the notice is never sent again by itself.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from connectors.channels import Delivery, Outgoing
from connectors.channels.email.composing import Sender, compose, is_address, return_address, stuffed
from domain.contact_policy import Channel
from domain.errors import Invalid, Unavailable

_OK: Final = range(200, 300)  # RFC 5321, 4.2.1: the first digit says what a reply means
_GO_AHEAD: Final = range(354, 355)
_PERMANENT: Final = 500
_LAST_CODE: Final = 600
_LIMIT_SECONDS: Final = 300
_LONGEST_TOKEN: Final = "x" * 43


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """Where and as whom to send. ``security`` is ``starttls``, ``tls`` or, for a relay on this host, ``none``."""

    host: str
    port: int
    sender: Sender
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0
    authority_path: str | None = None  # PEM file of who signed the server's certificate; None trusts public ones
    bounces: str | None = None  # mailbox that undelivered mail comes back to; None is the sender's own

    def __post_init__(self) -> None:
        if self.username and self.security == "none":
            raise Invalid("mail_login_unprotected", "A mail password is not sent over an unprotected connection.")
        if self.bounces is not None and not is_address(return_address(self.bounces, _LONGEST_TOKEN)):
            raise Invalid(
                "mail_bounces_invalid",
                "The address of bounces is not one that a token fits into.",
                fix="Use a mailbox of at most 20 letters before the @, whose server takes addresses with +.",
            )
        if not 0 < self.timeout_seconds <= _LIMIT_SECONDS:
            raise Invalid("mail_timeout_invalid", f"The mail timeout is at most {_LIMIT_SECONDS} seconds.")


class Email:
    """Carries e-mail. ``now`` gives the moment for the ``Date`` header."""

    code: Final = "email"
    carries: Final[frozenset[Channel]] = frozenset((Channel.EMAIL,))

    def __init__(self, settings: EmailSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now

    def deliver(self, outgoing: Outgoing) -> Delivery:
        """``accepted`` by the server, ``rejected`` for good, or ``uncertain``.

        Raises ``Unavailable`` (``mail_unreachable``, ``mail_refused_for_now``, ``mail_login_refused``,
        ``mail_not_protected``) where surely nothing was sent.
        """
        try:
            mail = compose(outgoing, sender=self._settings.sender, at=self._now())
        except ValueError:  # a line feed in a header, or an address that is none
            return Delivery("rejected", "mail_malformed")
        try:
            connection = self._connect()
            try:
                self._prepare(connection)
                return _hand_over(connection, sender=self._returns_to(outgoing), to=outgoing.to, mail=mail)
            finally:
                with suppress(OSError, smtplib.SMTPException):
                    connection.quit()
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable(
                "mail_login_refused", "The mail server refused the login.", smtp=error.smtp_code
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise Unavailable("mail_not_protected", "The mail server offers no encryption or no login.") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                "mail_unreachable", "The mail server could not be reached.", reason=type(error).__name__
            ) from None

    def _returns_to(self, outgoing: Outgoing) -> str:
        bounces = self._settings.bounces
        if bounces is None or outgoing.return_token is None:
            return self._settings.sender.address
        return return_address(bounces, outgoing.return_token)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_seconds, context=self._tls_context()
            )
        return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)

    def _prepare(self, connection: smtplib.SMTP) -> None:
        """Greet, encrypt and log in. A server that does not offer encryption is never spoken to in the clear."""
        connection.ehlo_or_helo_if_needed()
        if self._settings.security == "starttls":
            connection.starttls(context=self._tls_context())
            connection.ehlo()
        if self._settings.username:
            connection.login(self._settings.username, self._settings.password or "")

    def _tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.authority_path)


def _hand_over(connection: smtplib.SMTP, *, sender: str, to: str, mail: bytes) -> Delivery:
    """One mail in four SMTP steps, the next only if the server agreed to the last; the reply to the text decides."""
    refused = (
        _refusal(connection.mail(sender)[0], agreed=_OK)
        or _refusal(connection.rcpt(to)[0], agreed=_OK)
        or _refusal(connection.docmd("DATA")[0], agreed=_GO_AHEAD)
    )
    if refused is not None:
        return refused
    try:
        connection.send(stuffed(mail))
        code, _ = connection.getreply()
    except (OSError, smtplib.SMTPException):
        return Delivery("uncertain", "mail_connection_lost")
    if not _OK.start <= code < _LAST_CODE:
        return Delivery("uncertain", "mail_reply_unreadable")
    return _refusal(code, agreed=_OK) or Delivery("accepted", f"smtp_{code}")


def _refusal(code: int, *, agreed: range) -> Delivery | None:
    """``None`` where the server agreed, ``rejected`` where it never will; ``Unavailable`` where it may later."""
    if code in agreed:
        return None
    if _PERMANENT <= code < _LAST_CODE:
        return Delivery("rejected", f"smtp_{code}")
    raise Unavailable("mail_refused_for_now", "The mail server asks to try again later.", smtp=code)
