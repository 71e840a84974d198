"""Importing one portfolio file: write it in one activity, then start its cases page by page."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.nudges import ImportInput, StartPage
    from activities.portfolios import ImportDone, PortfolioActivities

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=1))


@workflow.defn(name="PortfolioImport")
class PortfolioImport:
    """Pages of starts come from an activity: cases live for years and are nobody's children."""

    @workflow.run
    async def run(self, request: ImportInput) -> ImportDone:
        """Import the file; returns what became of its rows."""
        done = await workflow.execute_activity_method(
            PortfolioActivities.import_portfolio,
            request,
            start_to_close_timeout=timedelta(hours=1),
            retry_policy=_RETRY,
        )
        after: str | None = ""
        while after is not None:
            page = await workflow.execute_activity_method(
                PortfolioActivities.start_cases,
                StartPage(tenant_id=request.tenant_id, after=after),
                start_to_close_timeout=timedelta(minutes=5),
                retry_policy=_RETRY,
            )
            after = page.after
        return done
