"""Starting a run and watching it, within the time that a client waits."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from ntro.workspace.cell import CellClient, CellEvent
from ntro.workspace.models import Task
from ntro_mcp.hints import ADDS, READS
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import TaskId, TenantId, WorkflowId
from ntro_mcp.waiting import POLL_AFTER_MS, WaitSeconds, ask_until

CLOSED = frozenset({"COMPLETED", "FAILED"})
BLOCKED = "BLOCKED"
MAX_EVENTS = 200

State = Literal["completed", "failed", "waiting_for_person", "pending"]


class RunStarted(BaseModel):
    """A run. While `state` is pending ask again after `pollAfterMs`; `link` shows it to a person."""

    state: State
    task: Task
    link: str | None = None
    pollAfterMs: int | None = None


class RunProgress(BaseModel):
    """What happened since `after`. Go on with `after` set to `lastSeq` until the state is completed or failed."""

    state: State
    status: str
    events: list[CellEvent]
    lastSeq: int
    link: str | None = None
    pollAfterMs: int | None = None


class RunTools(Group):
    """`ntro_workflow_run` and `ntro_run_watch`."""

    @tool("ntro_workflow_run", title="Start a run", hints=ADDS)
    async def run(
        self,
        workflow_id: WorkflowId,
        tenant_id: TenantId = None,
        entity_id: Annotated[str | None, Field(description="Entity: id or slug; else the workflow's own.")] = None,
        period: Annotated[str | None, Field(description="Such as 2026-03.")] = None,
        priority: Annotated[Literal["LOW", "NORMAL", "HIGH"] | None, Field(description="Of the task.")] = None,
        dry_run: Annotated[bool, Field(description="A rehearsal: it posts nothing.")] = False,
        wait_seconds: WaitSeconds = 0,
    ) -> RunStarted:
        """Starts a run and, if asked, waits until it is over or waits for a person. Watch it with ntro_run_watch."""
        caller = await self.caller()
        named: dict[str, Any] = {"period": period, "priority": priority, "dry_run": dry_run or None}
        context = {name: value for name, value in named.items() if value is not None}
        started = await caller.client.tasks.create(
            caller.tenant_of(tenant_id), workflow_id, entity=entity_id, context=context
        )
        return _started(
            await ask_until(
                lambda: caller.client.tasks.get(started.id),
                lambda task: task.status in CLOSED | {BLOCKED},
                seconds=wait_seconds,
            )
        )

    @tool("ntro_run_watch", title="Watch a run", hints=READS)
    async def watch(
        self,
        task_id: TaskId = None,
        after: Annotated[int, Field(ge=0, description="Number of the last event that is known.")] = 0,
        wait_seconds: WaitSeconds = 20,
    ) -> RunProgress:
        """The next events of a run: its steps, gates and results. Waits for one, for a bounded time."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        row = await caller.row_of(task)
        cell = caller.client.cell(row.tenantId)
        found = await ask_until(
            lambda: _look(cell, task, after),
            lambda seen: bool(seen.events) or seen.state != "pending",
            seconds=wait_seconds,
        )
        return found.model_copy(update={"link": _link(row)})


def _started(task: Task) -> RunStarted:
    state = _state(task.status)
    return RunStarted(
        state=state, task=task, link=_link(task), pollAfterMs=POLL_AFTER_MS if state == "pending" else None
    )


async def _look(cell: CellClient, task: str, after: int) -> RunProgress:
    """The status is asked first: events that came after it are told by the next look."""
    status = (await cell.tasks.get(task)).status
    events = await cell.tasks.log(task, after=after, limit=MAX_EVENTS)
    state: State = "pending" if len(events) == MAX_EVENTS else _state(status)
    return RunProgress(
        state=state,
        status=status,
        events=events,
        lastSeq=events[-1].seq if events else after,
        pollAfterMs=POLL_AFTER_MS if state == "pending" else None,
    )


def _state(status: str) -> State:
    known: dict[str, State] = {"COMPLETED": "completed", "FAILED": "failed", BLOCKED: "waiting_for_person"}
    return known.get(status, "pending")


def _link(task: Task) -> str | None:
    return task.links.workflow_ui if task.links else None
