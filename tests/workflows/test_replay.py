"""Stored histories must keep replaying: a workflow's code may change only so that cases under way go on.

The histories beside this file were written by ``python -m tests.workflows.record_histories``; each
release adds its own.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from activities.nudges import CaseInput
from runtime.workers import runner
from workflows.collection_case import CollectionCase

FOLDER = Path(__file__).parent / "histories"
HISTORIES = sorted(FOLDER.glob("*/*.json.gz"))


def test_there_are_histories_to_replay() -> None:
    assert len(HISTORIES) >= 3


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_stored_history_replays(path: Path) -> None:
    history = WorkflowHistory.from_json("case/stored", json.loads(gzip.decompress(path.read_bytes())))
    replayer = Replayer(workflows=[CollectionCase], workflow_runner=runner())
    result = asyncio.run(replayer.replay_workflow(history))
    assert result.replay_failure is None


def test_an_older_input_still_parses() -> None:
    assert CaseInput(tenant_id="ten", case_id="case").schema == 1
