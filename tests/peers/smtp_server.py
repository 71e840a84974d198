"""A real SMTP server in a process of its own, which keeps each mail as a file and misbehaves for chosen recipients.

Started as ``python smtp_server.py FOLDER [user password]``; prints its port. Recipients: ``unknown@`` is refused for
good, ``busy@`` for now, ``spam@`` after its text, ``full@`` for now after its text, ``lost@`` loses the connection
after its text and ``early@`` loses it at RCPT. Beside the folder, ``from.txt`` holds the last envelope's sender.
"""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


class Postman:
    """Keeps mail and answers by recipient."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names its hooks so
        self, server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        who = address.partition("@")[0]
        if who == "early":
            server.transport.abort()
        if who in {"unknown", "busy"}:
            return "550 no such mailbox" if who == "unknown" else "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        who = envelope.rcpt_tos[0].partition("@")[0]
        content = envelope.original_content or b""
        (self.folder.parent / "from.txt").write_text(envelope.mail_from or "", encoding="ascii")
        (self.folder / f"{len(list(self.folder.iterdir()))}.eml").write_bytes(content)
        if who == "lost":
            server.transport.abort()
        return {"spam": "554 refused", "full": "452 mailbox full"}.get(who, "250 kept")


def main() -> None:
    """Serve until the process is ended."""
    folder, login = Path(sys.argv[1]), sys.argv[2:]

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        right = [data.login.decode(), data.password.decode()] == login
        return AuthResult(success=right, handled=right)  # unhandled: the server itself answers 535

    options: dict[str, Any] = {"authenticator": authenticate, "auth_required": True} if login else {}
    if login:
        import ssl  # noqa: PLC0415 - only the server with a login has a certificate

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder.parent / "server.crt", folder.parent / "server.key")
        options |= {"tls_context": context, "require_starttls": True}
    with socket.socket() as probe:  # the controller calls itself to see that it is up, so it wants to know its port
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    Controller(Postman(folder), hostname="127.0.0.1", port=port, **options).start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
