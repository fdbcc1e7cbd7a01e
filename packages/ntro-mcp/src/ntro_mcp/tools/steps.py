"""Steps of an agent: it declares its plan, says how it gets on, and asks people for a file or an approval.

What is reported becomes events of the task's audit log. A question is answered by an event `input_resolved` that
names it by `request_id`.
"""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import BaseModel, Field

from ntro.workspace.cell import CellClient, CellEvent
from ntro_mcp.hints import ADDS, ADDS_ONCE
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import TaskId
from ntro_mcp.waiting import POLL_AFTER_MS, WaitSeconds, ask_until

MAX_STEPS = 100

StepId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,200}$", description="Id of the step, as it was declared.")]
RequestId = Annotated[
    str | None, Field(description="requestId of a pending answer: goes on waiting instead of asking again.")
]
AskedAt = Annotated[int, Field(ge=0, description="seq of that pending answer.")]


class PlannedStep(BaseModel):
    """A step of a plan. `icon` is a Lucide name."""

    id: StepId
    title: Annotated[str, Field(min_length=1, max_length=200)]
    icon: str | None = None


class Reported(BaseModel):
    """The number of the event in the task's log."""

    taskId: str
    seq: int


class Asked(BaseModel):
    """A question to people. While it is pending call again with `requestId` and `seq` after `pollAfterMs`."""

    state: Literal["answered", "pending"]
    taskId: str
    requestId: str
    seq: int
    result: dict[str, Any] | None = None
    link: str | None = None
    pollAfterMs: int | None = None


class StepTools(Group):
    """`ntro_steps_…`."""

    @tool("ntro_steps_define", title="Declare the steps", hints=ADDS_ONCE)
    async def define(
        self,
        steps: Annotated[list[PlannedStep], Field(min_length=1, max_length=MAX_STEPS, description="In their order.")],
        task_id: TaskId = None,
    ) -> Reported:
        """Declares the steps of your work; people see them below the runbook's step. A later plan replaces this one."""
        declared = [step.model_dump(exclude_none=True) | {"status": "pending"} for step in steps]
        return await self._report(task_id, "plan_declared", {"steps": declared})

    @tool("ntro_steps_progress", title="Report on a step", hints=ADDS)
    async def progress(
        self,
        step_id: StepId,
        state: Annotated[
            Literal["started", "working", "completed", "failed"], Field(description="How the step gets on.")
        ] = "working",
        text: Annotated[str | None, Field(max_length=4000, description="What goes on; why it failed.")] = None,
        payload: Annotated[dict[str, Any] | None, Field(description="What the step came to.")] = None,
        task_id: TaskId = None,
    ) -> Reported:
        """Says that a step began, goes on, was done or failed."""
        if state == "working":
            said = {"phase": "delta", "chunk": text or "", "activityName": step_id}
            return await self._report(task_id, "reasoning.delta", said, group_key=step_id)
        about = {"step_id": step_id, "payload": payload, "error": text if state == "failed" else None}
        known = {name: value for name, value in about.items() if value is not None}
        return await self._report(task_id, f"step_{state}", known)

    @tool("ntro_steps_request_file", title="Ask people for a file", hints=ADDS)
    async def request_file(
        self,
        step_id: StepId,
        source: Annotated[str, Field(description="Which document it is, such as bank_statement.")],
        schema: Annotated[str, Field(description="Slug of the schema that it is read by.")],
        instructions: Annotated[str | None, Field(max_length=4000, description="What people are told.")] = None,
        accept: Annotated[list[str] | None, Field(description="Accepted kinds, such as .pdf.")] = None,
        max_size_mb: Annotated[int | None, Field(ge=1, description="Largest size in MiB.")] = None,
        task_id: TaskId = None,
        wait_seconds: WaitSeconds = 20,
        request_id: RequestId = None,
        seq: AskedAt = 0,
    ) -> Asked:
        """Asks for a document and waits for it for a bounded time; then the answer is pending."""
        config = {"source": source, "instructions": instructions, "accept": accept, "max_size_mb": max_size_mb}
        pending = {
            "kind": "submit_file",
            "args": {"source": source, "schema_slug": schema},
            "display_hint": _hint("FILE_UPLOAD", config),
        }
        return await self._ask(step_id, pending, task_id, wait_seconds, request_id, seq)

    @tool("ntro_steps_request_approval", title="Ask people for an approval", hints=ADDS)
    async def request_approval(
        self,
        step_id: StepId,
        payload: Annotated[dict[str, Any], Field(description="What they decide on.")],
        title: Annotated[str | None, Field(max_length=200, description="Heading of the page.")] = None,
        approve_label: Annotated[str | None, Field(max_length=60, description="Text of the button.")] = None,
        reject_label: Annotated[str | None, Field(max_length=60, description="Text of the button.")] = None,
        task_id: TaskId = None,
        wait_seconds: WaitSeconds = 20,
        request_id: RequestId = None,
        seq: AskedAt = 0,
    ) -> Asked:
        """Asks for a decision and waits for it for a bounded time; `result` has `action`, `reason` and `actedBy`."""
        config = {"title": title, "approve_label": approve_label, "reject_label": reject_label}
        pending = {"kind": "interactive_review", "payload": payload, "display_hint": _hint("APPROVAL_FORM", config)}
        return await self._ask(step_id, pending, task_id, wait_seconds, request_id, seq)

    async def _report(
        self, task_id: str | None, kind: str, payload: dict[str, Any], *, group_key: str | None = None
    ) -> Reported:
        caller = await self.caller()
        task = caller.task_of(task_id)
        cell = await caller.cell_of(task)
        return Reported(taskId=task, seq=await cell.reports.add(task, kind, payload, group_key=group_key))

    async def _ask(
        self,
        step_id: str,
        pending: dict[str, Any],
        task_id: str | None,
        wait_seconds: int,
        request_id: str | None,
        seq: int,
    ) -> Asked:
        caller = await self.caller()
        task = caller.task_of(task_id)
        row = await caller.row_of(task)
        cell = caller.client.cell(row.tenantId)
        request = request_id or str(uuid4())
        if request_id is None:
            asked = {"step_id": step_id, "pending_action": pending, "request_id": request}
            seq = await cell.reports.add(task, "requires_input", asked)
        found = await ask_until(
            lambda: _answer(cell, task, request, seq), lambda answer: answer is not None, seconds=wait_seconds
        )
        return Asked(
            state="pending" if found is None else "answered",
            taskId=task,
            requestId=request,
            seq=seq,
            result=found,
            link=row.links.workflow_ui if row.links else None,
            pollAfterMs=POLL_AFTER_MS if found is None else None,
        )


async def _answer(cell: CellClient, task: str, request: str, after: int) -> dict[str, Any] | None:
    """What people said to the request; none as long as they have not."""
    for event in await cell.tasks.log(task, after=after):
        said = _said(event)
        if event.type == "input_resolved" and said.get("request_id") == request:
            result = said.get("result")
            return result if isinstance(result, dict) else {"result": result}
    return None


def _said(event: CellEvent) -> dict[str, Any]:
    """What the reporter put into an event; the cell keeps it below `payload`."""
    inner = event.data.get("payload")
    return inner if isinstance(inner, dict) else {}


def _hint(component: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"component": component, "config": {name: value for name, value in config.items() if value is not None}}
