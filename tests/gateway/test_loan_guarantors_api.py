"""Who answers for a loan, over the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from runtime import clock
from store import guarantors, loans, parties
from store.database import Database

pytestmark = pytest.mark.servers


def test_a_loan_shows_who_answers_for_it(sign_in: Callable[..., TestClient], story: Any, database: Database) -> None:
    finance = sign_in(story.tenant_id, "finance")
    assert finance.get(f"/v1/loans/{story.loan_id}").json()["guarantors"] == []
    with database.tenant(story.tenant_id) as tx:
        debtor = parties.get(tx, loans.get(tx, story.loan_id).party_id)
        rui = replace(debtor, id=clock.new_id("party"), name="Rui Souza", id_value="52998224725")
        parties.add(tx, rui)
        guarantors.add(tx, loan_id=story.loan_id, party_id=rui.id, tenant_id=story.tenant_id, now=clock.now())
    shown = finance.get(f"/v1/loans/{story.loan_id}").json()["guarantors"]
    assert shown == [{"party_id": rui.id, "name": "Rui Souza"}]
