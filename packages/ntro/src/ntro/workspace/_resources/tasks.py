"""Tasks: runs of a workflow as Workspace knows them, by states, counts and times."""

from collections.abc import Callable

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import Acknowledgement, LogEntry, NextStep, Task
from ntro.workspace.waiting import poll

CLOSED = frozenset({"COMPLETED", "FAILED"})
"""States a task does not leave."""


class TasksResource(Resource):
    """`client.tasks`. What a run shows to people is read from its cell: `client.cell(tenant).tasks`."""

    async def create(
        self, tenant: str, workflow: str, *, entity: str | None = None, context: JsonMap | None = None
    ) -> Task:
        """Starts a run. `tenant` and `entity` are ids or slugs, `workflow` an id or a name.

        Of `context` Workspace reads `period`, `priority` and `dry_run`; it seals the rest to the cell.
        """
        body = given(tenantId=tenant, workflowId=workflow, entityId=entity, context=context or {})
        return one(Task, await self._post("/workspace/tasks", body))

    async def get(self, task: str) -> Task:
        """The task."""
        return one(Task, await self._get(path_of("workspace", "tasks", task)))

    async def cancel(self, task: str) -> Task:
        """Asks the tenant's cell to end the run; the task is closed once it has."""
        return one(Task, await self._post(path_of("workspace", "tasks", task, "cancel")))

    async def next_step(self, task: str) -> NextStep:
        """What to do next, relayed from the cell."""
        return one(NextStep, await self._get(path_of("workspace", "tasks", task, "next-step")))

    async def approve(self, task: str, *, reason: str | None = None) -> Task | Acknowledgement:
        """Approves what waits; an acknowledgement for a child run that has no task row."""
        return _decided(await self._post(path_of("workspace", "tasks", task, "approve"), given(reason=reason)))

    async def reject(self, task: str, *, reason: str | None = None) -> Task | Acknowledgement:
        """Rejects what waits; an acknowledgement for a child run that has no task row."""
        return _decided(await self._post(path_of("workspace", "tasks", task, "reject"), given(reason=reason)))

    async def logs(self, task: str) -> Items[LogEntry]:
        """The events of the task, relayed from the cell."""
        return many(LogEntry, await self._get(path_of("workspace", "tasks", task, "logs")))

    async def schedule(self, *, workflow: str | None = None) -> Items[Task]:
        """Scheduled and active runs, of one workflow or of all."""
        return many(Task, await self._get("/workspace/schedule", {"workflowId": workflow}))

    async def wait(
        self,
        task: str,
        *,
        seconds: float = 300,
        every: float = 1.0,
        on_change: Callable[[Task], None] | None = None,
    ) -> Task:
        """The task once it is closed.

        Raises:
            WaitTimeoutError: it is still open after `seconds`.
        """
        return await poll(
            lambda: self.get(task),
            until=lambda found: found.status in CLOSED,
            on_change=on_change,
            seconds=seconds,
            every=every,
            what=f"The end of task {task}",
        )

    async def list(
        self,
        *,
        status: str | None = None,
        tenant: str | None = None,
        entity: str | None = None,
        workflow: str | None = None,
        period: str | None = None,
        limit: int | None = None,
    ) -> Items[Task]:
        """The tasks that match all that is given, newest first; at most `limit` where one is given.

        An `entity` named by its slug needs the `tenant`.
        """
        params = {
            "status": status,
            "tenantId": tenant,
            "entityId": entity,
            "workflowId": workflow,
            "period": period,
            "limit": None if limit is None else str(limit),
        }
        return many(Task, await self._get("/workspace/tasks", params))

    create_sync = blocking(create)
    get_sync = blocking(get)
    cancel_sync = blocking(cancel)
    next_step_sync = blocking(next_step)
    approve_sync = blocking(approve)
    reject_sync = blocking(reject)
    logs_sync = blocking(logs)
    schedule_sync = blocking(schedule)
    wait_sync = blocking(wait)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin


def _decided(answer: object) -> Task | Acknowledgement:
    if isinstance(answer, dict) and "id" in answer and "tenantId" in answer:
        return one(Task, answer)
    return one(Acknowledgement, answer)
