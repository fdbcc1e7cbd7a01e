"""From read models to bodies, where they differ by more than their spelling."""

from dataclasses import replace
from typing import Any

from ntro_tenant.api import schemas
from ntro_tenant.core.next_steps import NextStep
from ntro_tenant.core.views import EventView, GateView, StepView, TaskDetail, TaskRow


def task_listed(row: TaskRow) -> schemas.TaskListed:
    return schemas.TaskListed(**_row_values(row))


def task(detail: TaskDetail) -> schemas.Task:
    values = _row_values(detail.task) | {"status": detail.status}
    return schemas.Task(
        **values,
        run_id=detail.run_id,
        context=detail.context,
        steps=steps(detail),
        children=[schemas.Run.model_validate(run) for run in detail.children],
        open_gates=gates(detail),
        failure=detail.failure,
        result=detail.result,
    )


def task_for_agent(detail: TaskDetail) -> schemas.Task:
    """What an agent is told of its task: which it is, its period and its state; nothing that it was not given."""
    nothing = replace(detail, context={}, steps=[], children=[], gates=[], next_gate=None, failure=None, result=None)
    return task(nothing)


def screen(detail: TaskDetail) -> schemas.Screen:
    return schemas.Screen(
        task=schemas.TaskListed(**_row_values(detail.task) | {"status": detail.status}),
        step=_current_step(detail),
        steps=steps(detail),
        gates=gates(detail),
    )


def next_step(step: NextStep) -> schemas.NextStep:
    """The next step with the gate's members, those with two words in the published spelling as well."""
    values: dict[str, Any] = {"action": step.action, "status": step.status}
    match step.action:
        case "done":
            values["result"] = step.result
        case "error_terminal":
            values["failure"] = step.failure
    if step.gate is not None:
        values |= schemas.Gate.model_validate(step.gate).model_dump(mode="json", by_alias=True)
        values |= {"task_id": step.gate.run_id, "display_hint": step.gate.display_hint}
    return schemas.NextStep(**values)


def steps(detail: TaskDetail) -> list[schemas.Step]:
    return [_step(step) for step in detail.steps]


def gates(detail: TaskDetail) -> list[schemas.Gate]:
    return [schemas.Gate.model_validate(gate) for gate in detail.gates]


def log_entry(event: EventView) -> schemas.LogEntry:
    payload = event.payload if isinstance(event.payload, dict) else {"value": event.payload}
    return schemas.LogEntry(id=str(event.seq), type=event.type, payload=payload, created_at=event.at)


def execution_event(event: EventView) -> schemas.ExecutionEvent:
    payload = event.payload if isinstance(event.payload, dict) else {}
    return schemas.ExecutionEvent(
        event_id=event.seq,
        event_type=event.type,
        timestamp=event.at,
        activity_name=_text(payload.get("step_id")),
        failure_message=_text(payload.get("message")),
    )


def _row_values(row: TaskRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row.__slots__ if name != "awaiting"}
    awaiting = row.awaiting
    return values | {
        "awaiting": awaiting.component if awaiting else None,
        "awaiting_kind": awaiting.kind if awaiting else None,
        "waiting_since": awaiting.since if awaiting else None,
    }


def _step(step: StepView) -> schemas.Step:
    values = {name: getattr(step, name) for name in step.__slots__}
    below = [schemas.AgentStep.model_validate(item) for item in step.agent_steps]
    return schemas.Step(**values | {"name": step.id, "agent_steps": below})


def _current_step(detail: TaskDetail) -> schemas.ScreenStep | None:
    gate = detail.next_gate
    title = {step.id: step.title for step in detail.steps}
    if gate is not None:
        return _gate_step(gate, title)
    active = next((step for step in detail.steps if step.status in {"IN_PROGRESS", "BLOCKED"}), None)
    if active is None:
        return None
    return schemas.ScreenStep(id=active.id, title=active.title, display_hint=None, args={})


def _gate_step(gate: GateView, titles: dict[str, str]) -> schemas.ScreenStep:
    step_id = gate.step_id or gate.kind
    return schemas.ScreenStep(
        id=step_id, title=titles.get(step_id, step_id), display_hint=gate.display_hint, args=gate.args
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
