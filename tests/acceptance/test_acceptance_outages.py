"""Workspace is down for a while, then a cell is: runs go on, reports arrive in order, commands wait and happen once."""

import json
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.acceptance.conftest import eventually
from tests.faults.victims import PROC, Victims, alive, signal_if_there, until

from ntro.workspace.errors import NtroError

pytestmark = [
    pytest.mark.stack,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not PROC.is_dir(), reason="this system does not show its processes in /proc"),
]
REVIEW = "interactive_review"
WORKER = "worker of gate-drill"
LASTS = float(os.environ.get("NTRO_OUTAGE_SECONDS", "0"))
"""How long an outage lasts beyond what is done in it."""

CELL = ("cell-demo-api", "cell-demo-ops")


@pytest.fixture
def victims(stack: Any) -> Victims:
    return Victims(stack.home)


@contextmanager
def down(victims: Victims, *kinds: str) -> Iterator[None]:
    """Kills the processes of these kinds; nobody starts them again until the block ends."""
    [supervisor] = victims.wait_for("supervisor")
    os.kill(supervisor, signal.SIGSTOP)
    try:
        pids = [pid for kind in kinds for pid in victims.pids(kind)]
        for pid in pids:
            signal_if_there(pid)
        until(lambda: not any(alive(pid) for pid in pids), "the killed are gone")
        yield
        time.sleep(LASTS)
    finally:
        os.kill(supervisor, signal.SIGCONT)


@asynccontextmanager
async def database(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def reports_of(cell: asyncpg.Connection, task: str) -> list[dict[str, Any]]:
    """What the cell has to say of a task and could not say yet, in the order it will be sent."""
    rows = await cell.fetch("select report::text from system.outbox order by id")
    return [report for row in rows if (report := json.loads(row["report"]))["task_id"] == task]


async def test_a_run_goes_on_while_workspace_is_down_and_its_status_catches_up_in_order(
    drills: Any, stack: Any, victims: Victims
) -> None:
    run = await drills.start()
    first = await run.wait_for(REVIEW)
    async with database(drills.database_url) as cell:
        with down(victims, "workspace"):
            with pytest.raises(NtroError):
                await drills.client.tasks.get(run.id)
            await run.decide(first, "approved")
            await run.decide(await run.wait_for(REVIEW, after=first.id), "approved")
            ended = await run.ended()
            assert ended.status == "COMPLETED"
            waiting = await reports_of(cell, run.id)
        numbers = [report["seq"] for report in waiting]
        assert numbers == sorted(set(numbers))
        assert waiting[-1]["status"] == "COMPLETED"

        async def caught_up() -> Any:
            """The closed task; none while Workspace starts again."""
            try:
                task = await drills.client.tasks.get(run.id)
            except NtroError:
                return None
            return task if task.status == "COMPLETED" else None

        task = await run.until(caught_up)
        assert [step.status for step in task.steps] == ["COMPLETED", "COMPLETED"]

        async def nothing_left() -> bool:
            return await reports_of(cell, run.id) == []

        await run.until(nothing_left)
    settings = json.loads((stack.home / "workspace" / "settings.json").read_text())
    async with database(settings["database_url"]) as workspace:
        assert await workspace.fetchval("select seq from tasks where id = $1", run.id) == numbers[-1]


async def test_commands_wait_for_a_cell_that_is_down_and_then_happen_once(drills: Any, victims: Victims) -> None:
    client, workflow = drills.client, drills.workflow
    await (await drills.start()).wait_for(REVIEW)
    async with database(drills.database_url) as cell:
        with down(victims, *CELL, WORKER):
            before = await started(cell, workflow.id)
            kept = await client.tasks.create("demo", workflow.id, context={"period": "2026-01"})
            ended = await client.tasks.create("demo", workflow.id, context={"period": "2026-02"})
            await client.tasks.cancel(ended.id)
            assert [(await client.tasks.get(task.id)).status for task in (kept, ended)] == ["READY", "READY"]
            assert await started(cell, workflow.id) == before

        async def settled() -> bool:
            found = [(await client.tasks.get(task.id)).status for task in (kept, ended)]
            return found == ["BLOCKED", "FAILED"]

        await eventually(settled)
        after = await started(cell, workflow.id)
        assert after.count(kept.id) == 1
        assert after.count(ended.id) <= 1
        assert set(after) - {ended.id} == {*before, kept.id}


async def started(cell: asyncpg.Connection, workflow: str) -> list[str]:
    """The tasks of a workflow whose runs began, each as often as it did."""
    rows = await cell.fetch(
        """select task_id::text as task from system.events where type = 'run.started'
             and task_id in (select id from system.tasks where workflow_id = $1) order by seq""",
        UUID(workflow),
    )
    return [row["task"] for row in rows]
