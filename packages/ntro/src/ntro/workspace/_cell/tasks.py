"""Tasks as their cell knows them: what is shown, what is decided, what happened."""

from collections.abc import AsyncGenerator

from ntro.workspace._cell.events import follow
from ntro.workspace._cell.models import ActionTaken, CellEvent, CellNextStep, CellTask, TaskView
from ntro.workspace._portal import blocking, blocking_iterator
from ntro.workspace._resources.base import Items, JsonMap, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.errors import NotFoundError, UnexpectedAnswerError
from ntro.workspace.models import Task
from ntro.workspace.waiting import poll

_ASK_EVERY = 0.25


class CellTasks(Resource):
    """`client.cell(tenant).tasks`. `task` is a task id or a child run id."""

    async def get(self, task: str) -> CellTask:
        """The task with its steps, children, result and the message of its failure."""
        return one(CellTask, await self._get(path_of("tasks", task)))

    async def arrived(self, task: Task, *, seconds: float = 60) -> None:
        """Returns once the cell knows a task as Workspace told of it: at once, unless its start is on its way there.

        Raises:
            WaitTimeoutError: the cell does not know it within `seconds`.
        """
        if task.status == "READY":
            await self.appear(task.id, seconds=seconds)

    async def appear(self, task: str, *, seconds: float = 60) -> CellTask:
        """The task as soon as its cell knows it: the start of a task travels there by a queue.

        Raises:
            WaitTimeoutError: the cell does not know it within `seconds`.
        """
        what = f"The start of task {task} in its cell"
        found = await poll(
            lambda: self._find(task),
            until=lambda known: known is not None,
            on_change=None,
            seconds=seconds,
            every=_ASK_EVERY,
            what=what,
        )
        assert found is not None
        return found

    async def _find(self, task: str) -> CellTask | None:
        try:
            return await self.get(task)
        except NotFoundError:
            return None

    async def ui(self, task: str) -> TaskView:
        """What a person sees of the task now, with its open gates."""
        return one(TaskView, await self._get(path_of("tasks", task, "ui")))

    async def next_step(self, task: str) -> CellNextStep:
        """What to do next."""
        return one(CellNextStep, await self._get(path_of("tasks", task, "next-step")))

    async def action(
        self,
        task: str,
        kind: str,
        *,
        comments: str | None = None,
        gate_id: str | None = None,
        payload_hash: str | None = None,
        corrections: JsonMap | None = None,
    ) -> ActionTaken:
        """Decides a gate: `kind` is approved, rejected or corrected; `payload_hash` names what was seen.

        Raises:
            ConflictError: no such gate is open, or what was shown has changed since.
        """
        body = given(type=kind, comments=comments, gateId=gate_id, payloadHash=payload_hash, corrections=corrections)
        return one(ActionTaken, await self._post(path_of("tasks", task, "action"), body))

    async def snapshots(self, task: str) -> dict[str, JsonMap]:
        """By step id what was shown and decided."""
        found = await self._get(path_of("tasks", task, "snapshots"))
        if not isinstance(found, dict):
            raise UnexpectedAnswerError("The snapshots of a task are no object.")
        return found

    async def log(self, task: str, *, after: int = 0, limit: int | None = None) -> Items[CellEvent]:
        """The first `limit` events of the task with a `seq` above `after`; all so far without a limit."""
        params = {"after": str(after), "limit": None if limit is None else str(limit)}
        return many(CellEvent, await self._get(path_of("tasks", task, "events"), params))

    async def events(self, task: str, *, after: int = 0) -> AsyncGenerator[CellEvent]:
        """The events of the task with a `seq` above `after`, each once, as they happen; without end.

        Raises:
            NtroConnectionError: the cell is not reachable any more.
        """
        async for event in follow(self._transport, task, after=after):
            yield event

    async def list(
        self, *, status: str | None = None, entity_id: str | None = None, period: str | None = None
    ) -> Items[CellTask]:
        """The tenant's tasks that match all that is given, newest first."""
        params = {"status": status, "entityId": entity_id, "period": period}
        return many(CellTask, await self._get("/tasks", params))

    get_sync = blocking(get)
    appear_sync = blocking(appear)
    ui_sync = blocking(ui)
    arrived_sync = blocking(arrived)
    next_step_sync = blocking(next_step)
    action_sync = blocking(action)
    snapshots_sync = blocking(snapshots)
    log_sync = blocking(log)
    events_sync = blocking_iterator(events)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
