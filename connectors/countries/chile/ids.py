"""Chile's number of people and companies: the RUT, with a check digit that may be K."""

from __future__ import annotations

from typing import Final

from stdnum.cl import rut

from connectors.shared import numbers
from domain.identity import IdentityFinding, IdentityScheme


def _examine_rut(number: str) -> IdentityFinding:
    """Seven or eight digits and the check digit 0 to 9 or K, modulo 11; equal digits pass the sum and are refused."""
    checked = rut.validate(number)
    if len(set(checked)) == 1:
        return numbers.invalid(numbers.REPEATED)
    return numbers.valid(checked, formatted=rut.format(checked))


RUT: Final = IdentityScheme(
    code="rut",
    name="Rol Único Tributario",
    check=numbers.checker(_examine_rut),
    person=True,
    company=True,
    source="SII; python-stdnum 2.2 cl.rut",
    aliases=("run",),
)

SCHEMES: Final = (RUT,)
