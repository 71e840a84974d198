"""A nudger for tests in which no workflow runs."""

from __future__ import annotations

from collections.abc import Sequence


class Unmoved:
    """Tells no workflow anything."""

    def nudge(self, tenant_id: str, case_ids: Sequence[str]) -> None:
        """Nothing runs in these tests that could be told."""

    def send_webhooks(self, tenant_id: str) -> None:
        """Nothing runs in these tests that would send them."""
