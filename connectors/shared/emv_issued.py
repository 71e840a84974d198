"""Codes that only an acquirer makes: a creditor's static text, and amount and reference set into it.

The acquirer must allow that. A text that already asks for an amount is a code for one payment and is refused, and so
is one under a seal (a tag that the caller names) which a change would break.
"""

from __future__ import annotations

from typing import Final

from connectors.shared import emv, emv_profile
from domain.errors import Invalid
from domain.money import Money

_NAME: Final = "59"
_AMOUNT: Final = "54"
_ADDITIONAL: Final = "62"


def checked_static(tree: emv.Tree | None, *, rail: str, name: str, seal: str | None = None) -> emv.Tree:
    """The tree of an issued static code, or ``Invalid`` with the code ``<rail>_static``."""
    if tree is None or emv.text_at(tree, _NAME) is None:
        raise _refusal(rail, f"is not a {name} merchant code", f"Copy the text of the {name} code that was issued.")
    if emv.text_at(tree, _AMOUNT) is not None:
        raise _refusal(rail, "asks for an amount already: it is a code for one payment", "Copy the static code.")
    if seal is not None and seal in tree:
        raise _refusal(rail, f"is sealed by tag {seal}: no amount can be set into it", "Ask for one without a seal.")
    return tree


def with_payment(tree: emv.Tree, *, amount: Money, reference_tag: str, reference: str | None) -> str:
    """The payload of an issued static code with the amount and, in ``reference_tag`` of tag 62, the reference."""
    asked = emv.replaced(tree, "01", emv_profile.DYNAMIC)
    asked = emv.replaced(asked, _AMOUNT, emv_profile.wire_amount(amount))
    if reference is not None:
        additional = tree.get(_ADDITIONAL, {})
        inside = additional if isinstance(additional, dict) else {}
        asked = emv.replaced(asked, _ADDITIONAL, emv.replaced(inside, reference_tag, reference))
    return emv.build(asked)


def _refusal(rail: str, reason: str, fix: str) -> Invalid:
    return Invalid(f"{rail}_static", f"The connection's static_payload {reason}.", fix=fix, reason=reason)
