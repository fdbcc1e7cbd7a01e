"""Tasks as people see them: lists, one task, what is to be done next. Reads the projection only."""

from collections import defaultdict
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from ntro_server.errors import NotFound
from ntro_tenant.core.gates import next_gate
from ntro_tenant.core.references import TaskReference
from ntro_tenant.core.views import Awaiting, GateView, RunView, TaskDetail, TaskRow
from ntro_tenant.db import agents_repository, gates_repository, steps_repository, tasks_repository
from ntro_tenant.db.gates_repository import OpenGate

_RUN_STATUS = {"RUNNING": "IN_PROGRESS", "COMPLETED": "COMPLETED", "FAILED": "FAILED", "CANCELLED": "FAILED"}


async def list_tasks(
    connection: asyncpg.Connection,
    *,
    status: str | None = None,
    entity_id: UUID | None = None,
    period: str | None = None,
) -> list[TaskRow]:
    """The newest thousand tasks that fit, newest first, each with what it waits for."""
    rows = await tasks_repository.task_rows(connection, status=status, entity_id=entity_id, period=period)
    waiting: dict[UUID, list[OpenGate]] = defaultdict(list)
    for gate in await gates_repository.open_gates_of_tasks(connection, [row.id for row in rows]):
        waiting[gate.task_id].append(gate)
    return [replace(row, awaiting=_awaiting(next_gate(waiting[row.id], str(row.id)))) for row in rows]


async def find_task(connection: asyncpg.Connection, reference: TaskReference) -> TaskRow:
    """The task that `reference` names, without what it waits for.

    Raises:
        NotFound: there is no such task, or no such run below it.
    """
    row = await tasks_repository.task_row(connection, reference.task_id)
    if row is None:
        raise NotFound(f"Task {reference.task_id} was not found in this tenant.")
    if not reference.is_root and not await tasks_repository.run_exists(connection, reference.task_id, reference.run_id):
        raise NotFound(f"Task {reference.task_id} has no run {reference.run_id}.")
    return row


async def task_detail(connection: asyncpg.Connection, reference: TaskReference) -> TaskDetail:
    """The task, or the run below it, with its steps, the runs below and all that it waits for.

    Raises:
        NotFound: there is no such task, or no such run below it.
    """
    row = await find_task(connection, reference)
    outcome = await tasks_repository.task_outcome(connection, row.id)
    runs = await tasks_repository.runs_of_task(connection, row.id)
    gates = await gates_repository.open_gates(connection, row.id, reference.run_id)
    following = next_gate(gates, reference.run_id)
    meant = next((run for run in runs if run.id == reference.run_id and not reference.is_root), None)
    status, failure, result = (
        (row.status, outcome.failure, outcome.result)
        if meant is None
        else (_run_status(meant, following), meant.failure, meant.result)
    )
    below = await agents_repository.steps_below(connection, row.id, reference.run_id)
    steps = await steps_repository.steps_of_run(connection, row.id, reference.run_id)
    return TaskDetail(
        task=replace(row, awaiting=_awaiting(following)),
        run_id=reference.run_id,
        status=status,
        context=outcome.context,
        steps=[replace(step, agent_steps=tuple(below.get(step.id, ()))) for step in steps],
        children=[run for run in runs if run.id.startswith(reference.run_id + ":")],
        gates=gates,
        next_gate=following,
        failure=failure,
        result=result,
    )


async def snapshots(connection: asyncpg.Connection, reference: TaskReference) -> dict[str, Any]:
    """What was shown and decided, by step id.

    Raises:
        NotFound: there is no such task, or no such run below it.
    """
    await find_task(connection, reference)
    return await steps_repository.snapshots_of_run(connection, reference.task_id, reference.run_id)


def _awaiting(gate: GateView | OpenGate | None) -> Awaiting | None:
    return None if gate is None else Awaiting(gate.component, gate.kind, gate.opened_at)


def _run_status(run: RunView, gate: GateView | None) -> str:
    return "BLOCKED" if gate is not None and run.status == "RUNNING" else _RUN_STATUS[run.status]
