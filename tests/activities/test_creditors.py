"""Opening creditors and connecting platforms: accounts come with them, and what does not fit is refused."""

from __future__ import annotations

from typing import Any

import pytest

from activities import creditors as opening
from domain.accounts import CHARTS, CHILD_LEAVES, PlatformKind, Role
from domain.errors import Invalid
from ledger import accounts
from runtime import clock

STRIPE = {
    "api_key": "sk_test_12345678",
    "webhook_secret": "whsec_of_the_tests",
    "return_url": "https://aurora.example/thank-you",
}


def test_a_creditor_has_a_parent_account_in_its_settlement_currency(world: Any) -> None:
    with world.tx() as tx:
        parent = accounts.get(tx, world.creditor.parent_account_id)
        receivables = accounts.root_of(tx, world.creditor.id, Role.RECEIVABLES)
    assert (parent.role, parent.currency, parent.parent_id) == (Role.PARENT, "USD", None)
    assert receivables.parent_id is None


def test_a_connection_has_a_child_account_with_its_leaves(world: Any) -> None:
    connection = world.connect_bank("TH")
    with world.tx() as tx:
        child = accounts.get(tx, connection.child_account_id)
        leaves = accounts.leaves_of(tx, child.id)
    assert (child.parent_id, child.currency, child.country) == (world.creditor.parent_account_id, "THB", "TH")
    assert set(leaves) == set(CHARTS[PlatformKind.BANK]) > set(CHILD_LEAVES)


def test_secret_settings_are_sealed_and_kept_apart(world: Any) -> None:
    connection = world.connect_stripe()
    assert "sk_test" not in str(connection.config)
    with world.tx() as tx:
        sealed = tx.exec_driver_sql("SELECT secrets FROM connection").scalar_one()
    assert b"sk_test" not in bytes(sealed)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"platform": "nowhere"}, "platform_unknown"),
        ({"platform": "pix_api", "country": "TH"}, "platform_not_in_country"),
        ({"settings": {}}, "connection_settings_invalid"),
        ({"settings": STRIPE | {"colour": "red"}}, "connection_settings_invalid"),
        ({"settings": STRIPE | {"api_key": "not a key"}}, "connection_settings_invalid"),
        ({"settings": STRIPE | {"return_url": "javascript:alert(1)"}}, "connection_settings_invalid"),
        ({"settings": STRIPE | {"return_url": ""}, "rails": ("card",)}, "connection_settings_invalid"),
        ({"country": "XX"}, "country_unknown"),
        ({"currency": "brl"}, "currency_unknown"),
        ({"rails": ("smoke",)}, "rail_unknown"),
        ({"accounts": {"qris": {"static_payload": "x"}}}, "rail_unknown"),
        ({"accounts": {"pix_static": {"key": "k"}}}, "rail_account_incomplete"),
    ],
)
def test_a_connection_that_does_not_fit_is_refused_and_opens_no_account(
    world: Any, changes: dict[str, Any], code: str
) -> None:
    before = world.count("account")
    asked = {"platform": "stripe", "settings": STRIPE} | changes
    with pytest.raises(Invalid) as caught:
        world.connect(asked.pop("platform"), **asked)
    assert (caught.value.code, world.count("account")) == (code, before)


def test_a_setting_that_one_rail_needs_is_not_asked_of_another(world: Any) -> None:
    settings = STRIPE | {"method": "pix", "return_url": ""}
    assert world.connect("stripe", settings=settings, rails=("pix",)).rails == ["pix"]


@pytest.mark.parametrize(
    ("lender_type", "currency", "code"),
    [("pawnbroker", "USD", "lender_type_unknown"), ("bank", "XXX", "currency_unknown")],
)
def test_a_creditor_that_does_not_fit_is_refused(world: Any, lender_type: str, currency: str, code: str) -> None:
    new = opening.NewCreditor("Other", "CN", None, "x", lender_type, currency)
    with pytest.raises(Invalid, match=code), world.tx() as tx:
        opening.open_creditor(tx, new, tenant_id=world.tenant_id, new_id=clock.new_id, now=world.clock())
