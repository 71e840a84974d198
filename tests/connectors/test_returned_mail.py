"""Mail that came back: reports are read as their RFCs write them, and nothing else is guessed to be one."""

from __future__ import annotations

import pytest

from connectors.channels.email.returned import LARGEST_BYTES, mails, of_recipient, read
from domain.errors import TooLarge

SENT_TO = "maria@debtor.example"


def dsn(*recipients: str, to: str = "bounces+tok@exporter.example", original: str = "") -> bytes:
    """A delivery report as RFC 3464 has it, with per-recipient groups and the headers of what was sent."""
    groups = "\n\n".join(recipients)
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 12:00:00 +0000

{groups}

--b1
Content-Type: text/rfc822-headers

{original}From: cobranca@exporter.example
To: {SENT_TO}
Subject: x

--b1--
""".replace("\n", "\r\n").encode()


def group(
    address: str = SENT_TO, *, action: str = "failed", status: str = "5.1.1", said: str = "550 no such user"
) -> str:
    return (
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        f"Remote-MTA: dns; mx.debtor.example\nDiagnostic-Code: smtp; {said}"
    )


@pytest.mark.parametrize(
    ("fields", "fate"),
    [
        ({}, "hard"),
        ({"status": "5.1.2", "said": "550 host unknown"}, "hard"),
        ({"status": "5.2.1", "said": "550 mailbox disabled"}, "hard"),
        ({"status": "5.2.2", "said": "552 mailbox full"}, "soft"),
        ({"status": "5.7.1", "said": "550 blocked as spam"}, "soft"),
        ({"status": "4.4.7", "said": "delivery time expired"}, "soft"),
        ({"status": "5.0.0", "said": "550 User unknown"}, "hard"),
        ({"status": "5.0.0", "said": "550 not now, not ever"}, "soft"),
        ({"action": "delayed", "status": "4.4.1"}, "delayed"),
        ({"action": "delivered", "status": "2.0.0"}, "delivered"),
        ({"action": "relayed", "status": "2.0.0"}, "delivered"),
    ],
)
def test_what_a_report_says_decides(fields: dict[str, str], fate: str) -> None:
    returned = read(dsn(group(**fields)))
    (told,) = returned.recipients
    assert (returned.form, told.fate, told.address) == ("delivery", fate, SENT_TO)


def test_a_status_missing_is_read_from_the_diagnostic() -> None:
    (told,) = read(dsn(group(status="", said="550 5.1.1 <maria@debtor.example> unknown"))).recipients
    assert (told.status, told.fate) == ("5.1.1", "hard")


def test_a_folded_diagnostic_is_one_line() -> None:
    (told,) = read(dsn(group(said="550 5.1.1 no\n such user"))).recipients
    assert told.diagnostic == "smtp; 550 5.1.1 no such user"


def test_of_several_recipients_the_one_that_was_written_to_counts() -> None:
    returned = read(dsn(group("other@debtor.example", action="delivered", status="2.0.0"), group()))
    about = of_recipient(returned, SENT_TO.upper())
    assert about is not None
    assert about.fate == "hard"


def test_mail_that_was_forwarded_to_several_has_arrived_where_it_reached_one() -> None:
    returned = read(dsn(group("a@x.example"), group("b@x.example", action="delivered", status="2.0.0")))
    about = of_recipient(returned, SENT_TO)
    assert about is not None
    assert about.fate == "delivered"


def test_the_address_that_was_written_to_counts_before_where_it_was_forwarded() -> None:
    fields = f"Original-Recipient: rfc822;{SENT_TO}\n{group('inside@x.example')}"
    assert read(dsn(fields)).recipients[0].address == SENT_TO


def test_traces_are_where_it_came_to_and_what_it_quotes_of_ours() -> None:
    quoted = "Return-Path: <bounces+other@exporter.example>\nList-Unsubscribe: <https://pay.example\n /unsubscribe/x>\n"
    traces = read(dsn(group(), original=quoted)).traces
    assert any("bounces+tok@" in trace for trace in traces)
    assert "<bounces+other@exporter.example>" in traces
    assert "<https://pay.example/unsubscribe/x>" in traces


COMPLAINT = b"""From: <abuse@isp.example>
To: <fbl@exporter.example>
Subject: FW: Earn money
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="p"

--p
Content-Type: text/plain

This is an email abuse report.

--p
Content-Type: message/feedback-report

Feedback-Type: %s
User-Agent: SomeGenerator/1.0
Version: 1

--p
Content-Type: message/rfc822

Return-Path: <bounces+tok@exporter.example>
From: <cobranca@exporter.example>
To: <maria@debtor.example>
Subject: x

Hello
--p--
"""


def test_a_complaint_is_read_with_the_mail_that_it_is_about() -> None:
    returned = read(COMPLAINT % b"abuse")
    assert returned.form == "complaint"
    assert "<bounces+tok@exporter.example>" in returned.traces


def test_a_report_that_something_was_no_spam_is_no_complaint() -> None:
    assert read(COMPLAINT % b"not-spam").form == "other"


VACATION = b"From: maria@debtor.example\nTo: bounces+tok@x.example\nSubject: Away\nAuto-Submitted: auto-replied\n\nHi\n"


@pytest.mark.parametrize(
    "mail",
    [
        VACATION,
        b"From: postmaster@old.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n550 no user\n",
        b"",
        b"\xff\xfe\x00garbage\x00",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--",
        b"Content-Type: message/delivery-status\n\nnothing here",
        b"To: =?utf-8?b?////?=\nContent-Type: multipart/mixed\n\n",
    ],
)
def test_what_is_no_report_is_left_to_a_person(mail: bytes) -> None:
    assert read(mail).form == "other"


def test_a_mail_that_is_too_large_is_refused() -> None:
    assert read(b"x" * LARGEST_BYTES).form == "other"
    with pytest.raises(TooLarge):
        read(b"x" * (LARGEST_BYTES + 1))


def test_a_mailbox_is_taken_apart_and_a_single_mail_is_itself() -> None:
    first = b"From a@x Tue Nov 24 12:00:00 2026\nSubject: 1\n\n>From here\n\n"
    box = first + b"From b@x Tue Nov 24 12:01:00 2026\nSubject: 2\n\ny\n"
    assert mails(box) == [b"Subject: 1\n\nFrom here\n\n", b"Subject: 2\n\ny\n"]
    assert mails(VACATION) == [VACATION]
    assert mails(b"\n") == []
