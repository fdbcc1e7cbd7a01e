"""Steps of a run and what was shown and decided at them."""

from typing import Any
from uuid import UUID

import asyncpg

from ntro_tenant.core.views import StepView


async def steps_of_run(connection: asyncpg.Connection, task_id: UUID, run_id: str) -> list[StepView]:
    """The run's steps in their declared order; steps that were declared and not reached yet are PENDING."""
    declared = await connection.fetchval(
        "select steps from system.runs where task_id = $1 and workflow_id = $2", task_id, run_id
    )
    rows = await connection.fetch(
        """
        select s.step_id as id, s.title, s.icon, s.status, s.visits, s.started_at, s.completed_at, s.failure,
               exists (select 1 from system.gates g
                       where g.workflow_id = s.workflow_id and g.step_id = s.step_id and g.status = 'open') as waits
        from system.steps s join system.runs r using (workflow_id)
        where r.task_id = $1 and s.workflow_id = $2 order by s.position, s.started_at, s.step_id
        """,
        task_id,
        run_id,
    )
    reached = {row["id"]: _step(row) for row in rows}
    planned = {item["id"]: _planned(item) for item in declared or []}
    return list((planned | reached).values())


async def snapshots_of_run(connection: asyncpg.Connection, task_id: UUID, run_id: str) -> dict[str, Any]:
    """What was shown and decided at each step of the run that has been left."""
    rows = await connection.fetch(
        """
        select s.step_id, s.snapshot from system.steps s join system.runs r using (workflow_id)
        where r.task_id = $1 and s.workflow_id = $2 and s.snapshot is not null order by s.position, s.step_id
        """,
        task_id,
        run_id,
    )
    return {row["step_id"]: row["snapshot"] for row in rows}


def _step(row: Any) -> StepView:
    values = dict(row)
    waits = values.pop("waits")
    return StepView(**values | {"status": _status(values["status"], waits=waits)})


def _status(recorded: str, *, waits: bool) -> str:
    if waits or recorded == "waiting_for_input":
        return "BLOCKED"
    return {"active": "IN_PROGRESS"}.get(recorded, recorded.upper())


def _planned(item: dict[str, Any]) -> StepView:
    return StepView(
        id=item["id"],
        title=item.get("title") or item["id"],
        icon=item.get("icon"),
        status="PENDING",
        visits=0,
        started_at=None,
        completed_at=None,
        failure=None,
    )
