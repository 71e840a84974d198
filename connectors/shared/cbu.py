"""Argentina's account numbers, CBU of banks and CVU of wallets, and the transfer to one that quotes our reference.

22 digits: bank 3, branch 4, check digit, account 13, check digit. A CVU begins with three zeros and names the wallet's
operator where a CBU names bank and branch; both check alike. Transfers cannot be taken back. Sources: python-stdnum
2.2 ar.cbu; BCRA communications A 6510 (CVU), A 7533 and A 8303.
"""

from __future__ import annotations

from typing import Final

from stdnum.ar import cbu
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from connectors.shared import numbers
from connectors.shared.account_transfer import AccountTransfer
from domain.errors import Invalid

LENGTH: Final = 22
_WALLET: Final = "000"
_LONGEST: Final = 64


def checked(text: str) -> str:
    """The 22 digits, or ``Invalid``.

    Its codes are ``cbu_wrong_length``, ``cbu_wrong_characters``, ``cbu_repeated_digits`` and ``cbu_wrong_check_digit``.
    """
    number = numbers.compact(text[:_LONGEST])
    try:
        cbu.validate(number)
    except InvalidLength:
        raise _refusal(numbers.LENGTH, f"it has {len(number)} characters, not {LENGTH}") from None
    except InvalidChecksum:
        block, place = ("first", 7) if cbu.calc_check_digit(number[:7]) != number[7] else ("second", LENGTH - 1)
        reason = f"the check digit of the {block} block does not match"
        raise _refusal(numbers.CHECK_DIGIT, reason, tag=f"{block}_block", offset=place) from None
    except ValidationError:
        raise _refusal(numbers.CHARACTERS, "it has more than digits") from None
    if len(set(number)) == 1:
        raise _refusal(numbers.REPEATED, "it repeats one digit")
    return number


def kind(number: str) -> str:
    """``cvu`` for an account at a wallet, ``cbu`` for one at a bank."""
    return "cvu" if number.startswith(_WALLET) else "cbu"


def parts(number: str) -> dict[str, str]:
    """What a checked number is made of."""
    if kind(number) == "cvu":
        return {"kind": "cvu", "operator": number[3:7], "account": number[8:21]}
    return {"kind": "cbu", "bank": number[:3], "branch": number[3:7], "account": number[8:21]}


def shown(number: str) -> str:
    """The two blocks apart, as printed."""
    return f"{number[:8]} {number[8:]}"


def _refusal(code: str, reason: str, *, tag: str | None = None, offset: int | None = None) -> Invalid:
    return Invalid(
        f"cbu_{code}",
        f"The number is not a CBU or CVU: {reason}.",
        fix="Give all 22 digits; the eighth and the last are check digits.",
        tag=tag,
        offset=offset,
        reason=reason,
    )


CBU_TRANSFER: Final = AccountTransfer(
    code="cbu_transfer",
    name="Bank transfer to a CBU or CVU",
    country="AR",
    currency="ARS",
    account="cbu",
    label="CBU/CVU",
    check=checked,
    shown=shown,
    bare=rf"[0-9]{{{LENGTH}}}",
    bare_profile=kind,
    also=("cbu", "cvu"),
    parts=parts,
    source="python-stdnum 2.2 ar.cbu; BCRA A 6510, A 7533, A 8303; ISO 11649; RFC 8905",
).rail()
