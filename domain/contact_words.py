"""The words by which a country's rules on contact know a debtor: consents that open something, registers that close."""

from __future__ import annotations

from collections.abc import Iterable

from domain.contact_law import ConsentNeeded, ContactRule, CoolDown, Hours, RegistryBlock
from domain.contacts import Channel


def consents_of(rules: Iterable[ContactRule]) -> frozenset[str]:
    """Every channel, as a debtor may agree to any, and whatever else some rule is lifted by."""
    found = {str(channel) for channel in Channel}
    for rule in rules:
        found |= rule.scope.consents or frozenset()
        match rule.kind:
            case ConsentNeeded(consent=str(consent)) | Hours(waived_by=str(consent)) | CoolDown(waived_by=str(consent)):
                found.add(consent)
            case _:
                pass
    return frozenset(found)


def registries_of(rules: Iterable[ContactRule]) -> frozenset[str]:
    """Every register whose people some rule keeps from being contacted."""
    return frozenset(rule.kind.registry for rule in rules if isinstance(rule.kind, RegistryBlock))
