"""What a platform's functions are given of a connection: its settings, with its identifier where one asks for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from activities.platform_calls import settings_of
from store.creditors import PlatformConnection


def test_the_connections_identifier_stands_where_a_setting_asks_for_it() -> None:
    connection = PlatformConnection(
        id="con_01sample",
        tenant_id="ten_1",
        creditor_id="crd_1",
        platform="khipu",
        country="CL",
        currency="CLP",
        name="Khipu",
        rails=[],
        config={"webhook_url": "https://collect.example/webhooks/khipu/{connection}", "accounts": {}},
        secrets=json.dumps({"api_key": "{connection}"}),
        child_account_id="acc_1",
        state="active",
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    assert settings_of(connection) == {
        "webhook_url": "https://collect.example/webhooks/khipu/con_01sample",
        "api_key": "{connection}",
    }
