"""Why a run did not finish in time."""

import asyncio
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from ntro.testing.driver import Driver

_PATIENCE_S = 5.0


async def why_unfinished(handle: WorkflowHandle[Any, Any], driver: Driver) -> str:
    """One line: an error of its code, the gates it waits at, the activities it waits for, or the step it is in."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return (
                await _broken_code(handle) or _open_gates(driver) or await _activities(handle) or _step(handle, driver)
            )
    except (TimeoutError, RPCError):
        return _open_gates(driver) or _step(handle, driver)


async def _broken_code(handle: WorkflowHandle[Any, Any]) -> str | None:
    history = await handle.fetch_history()
    failures = [
        event.workflow_task_failed_event_attributes.failure
        for event in history.events
        if event.HasField("workflow_task_failed_event_attributes")
    ]
    return f"its code fails: {failures[-1].message}" if failures else None


async def _activities(handle: WorkflowHandle[Any, Any]) -> str | None:
    description = await handle.describe()
    waiting = [
        f"{item.activity_type.name} (attempt {item.attempt}: {item.last_failure.message or 'running'})"
        for item in description.raw_description.pending_activities
    ]
    return f"it waits for {', '.join(waiting)}" if waiting else None


def _open_gates(driver: Driver) -> str | None:
    gates = [
        f"{gate['kind']} of step {gate['step_id']}" + (f" ({gate['reason']})" if gate.get("reason") else "")
        for gate in driver.open_gates.values()
    ]
    return f"it waits at {', '.join(gates)}" if gates else None


def _step(handle: WorkflowHandle[Any, Any], driver: Driver) -> str:
    started = [record for record in driver.records.get(handle.id, []) if record.type == "step.started"]
    return f"it is in step {started[-1].data['step_id']}" if started else "it has not reached its first step"
