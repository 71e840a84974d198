"""Checking every tenant's book on live data, once an hour."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.book_checks import BookCheckActivities, BooksChecked


@workflow.defn(name="BookCheck")
class BookCheck:
    """Started by a schedule; it reads the book and writes nothing in it."""

    @workflow.run
    async def run(self) -> BooksChecked:
        """Check the books once; returns how many hold."""
        return await workflow.execute_activity_method(
            BookCheckActivities.check_books,
            start_to_close_timeout=timedelta(minutes=30),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=30), maximum_attempts=2),
        )
