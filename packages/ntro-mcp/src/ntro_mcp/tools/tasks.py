"""A task as its cell knows it: state, next step, period, events, files."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Annotated

from pydantic import BaseModel, Field

from ntro.workspace.cell import CellEvent, CellFile, CellNextStep, CellTask
from ntro.workspace.errors import WaitTimeoutError
from ntro_mcp.hints import READS
from ntro_mcp.paging import DEFAULT_ROWS, MAX_ROWS, Cursor, Limit, Page, page_of
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import TaskId
from ntro_mcp.waiting import POLL_AFTER_MS, WaitSeconds, ask_until


class TaskPeriod(BaseModel):
    """The period that a task is about, such as 2026-03; none where it is about none."""

    taskId: str
    period: str | None


class EventPage(BaseModel):
    """Events in their order. Where there are more, `nextAfter` is the `after` of the next page."""

    items: list[CellEvent]
    nextAfter: int | None = None


class TaskTools(Group):
    """`ntro_task_get`, `ntro_task_next_step` and `ntro_tasks_…`."""

    @tool("ntro_task_get", title="Show a task", hints=READS)
    async def get(self, task_id: TaskId = None) -> CellTask:
        """A task with its steps, open gates, result, and the message of its failure."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        return await (await caller.cell_of(task)).tasks.get(task)

    @tool("ntro_task_next_step", title="What to do next", hints=READS)
    async def next_step(self, task_id: TaskId = None, wait_seconds: WaitSeconds = 0) -> CellNextStep:
        """What a task needs: wait, submit_file, review, done or error_terminal, with all that is shown at the gate.

        With `wait` ask again after `pollAfterMs`. At `review` a person decides, at `link`; prepare it with
        ntro_task_approve or ntro_task_reject.
        """
        caller = await self.caller()
        task = caller.task_of(task_id)
        row = await caller.row_of(task)
        try:
            cell = await caller.cell_with(row)
        except WaitTimeoutError:
            found = CellNextStep(action="wait")
        else:
            found = await ask_until(
                lambda: cell.tasks.next_step(task), lambda step: step.action != "wait", seconds=wait_seconds
            )
        more: dict[str, object] = {"link": row.links.workflow_ui if row.links else None}
        if found.action == "wait":
            more["pollAfterMs"] = POLL_AFTER_MS
        return found.model_copy(update=more)

    @tool("ntro_tasks_get_period", title="Period of a task", hints=READS)
    async def get_period(self, task_id: TaskId = None) -> TaskPeriod:
        """The period of the task, or of the task of this session."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        found = await (await caller.cell_of(task)).tasks.get(task)
        period = (found.model_extra or {}).get("period")
        return TaskPeriod(taskId=task, period=None if period is None else str(period))

    @tool("ntro_tasks_list_events", title="Events of a task", hints=READS)
    async def list_events(
        self,
        task_id: TaskId = None,
        after: Annotated[int, Field(ge=0, description="Number of the last event that is known.")] = 0,
        limit: Limit = DEFAULT_ROWS,
    ) -> EventPage:
        """The task's audit log, oldest first: steps, gates, decisions, what agents reported."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        rows = await (await caller.cell_of(task)).tasks.log(task, after=after, limit=limit + 1)
        items = rows[:limit]
        return EventPage(items=items, nextAfter=items[-1].seq if len(rows) > limit else None)

    @tool("ntro_tasks_list_files", title="Files of a task", hints=READS)
    async def list_files(
        self,
        task_id: TaskId = None,
        source: Annotated[str | None, Field(description="Only those that came from this source.")] = None,
        limit: Limit = DEFAULT_ROWS,
        cursor: Cursor = None,
    ) -> Page[CellFile]:
        """The task's documents, newest first, 200 at most. Their bytes are fetched by people, in the cell."""
        caller = await self.caller()
        task = caller.task_of(task_id)
        rows = await (await caller.cell_of(task)).files.list(task, source=source, limit=MAX_ROWS)
        return page_of(rows, key=lambda row: row.id, limit=limit, cursor=cursor)
