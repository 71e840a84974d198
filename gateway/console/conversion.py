"""Amounts of several currencies stated in the currency of account, each with its rate, or with why it could not be."""

from __future__ import annotations

from gateway.console.pages import Visit
from gateway.conversion import Conversion
from store import creditors


def into_own_currency(here: Visit) -> Conversion:
    """Conversion into the settlement currency of the tenant's creditors at today's rates; US dollars without any."""
    with here.tx() as tx:
        owners = creditors.every(tx)
    currency = owners[0].settlement_currency if owners else "USD"
    return Conversion(here.services.rates_of(here.person.tenant_id).rate, currency, here.services.now().date())
