"""What a debtor sees: a platform's payment page, and their own bank's app for codes that are copied."""

from __future__ import annotations

from html import escape

from tests.peers.fake_world.model import Asked

_FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:26rem;padding:0 1rem}}
button,textarea{{font:inherit;width:100%;padding:.7rem;box-sizing:border-box}}</style></head>
<body><h1>{title}</h1>{content}</body></html>"""


def _page(title: str, content: str) -> bytes:
    return _FRAME.format(title=escape(title), content=content).encode()


def payment(asked: Asked) -> bytes:
    """A platform's own page for what was asked for."""
    if asked.state != "open":
        return _page("Nothing to pay", f"<p>This page is {escape(asked.state)}.</p>")
    amount = f"{asked.amount:f} {asked.currency}"
    return _page(
        asked.merchant.platform.title(),
        f"<p>Pay <b id='amount'>{escape(amount)}</b></p><form method='post'><button>Pay now</button></form>",
    )


def paid(asked: Asked) -> bytes:
    """The page after paying."""
    return _page("Paid", f"<p id='done'>{asked.amount:f} {escape(asked.currency)} were paid.</p>")


def bank_app(*, said: str = "") -> bytes:
    """A bank's app that pays a code that was copied."""
    form = (
        "<form method='post'><label for='code'>Paste the code</label>"
        "<textarea id='code' name='code' rows='5' required></textarea><button>Pay</button></form>"
    )
    return _page("Bank app", f"<p id='said'>{escape(said)}</p>{form}")
