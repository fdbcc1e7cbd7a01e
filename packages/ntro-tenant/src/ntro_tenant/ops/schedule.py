"""Tasks that a schedule starts: their id and period follow from the binding and the scheduled time."""

from datetime import UTC, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from ntro.workspace.commands import ScheduledStart
from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.registry import find_binding
from ntro_tenant.ops.task_rows import find_open_task
from ntro_tenant.ops.tasks import BadCommandError, TaskService

REQUESTED_BY = "schedule"
_log = structlog.get_logger(__name__)


class UnknownBindingError(LookupError):
    """The cell has not heard of the binding, perhaps not yet."""


class ScheduleService:
    """Starts scheduled tasks."""

    def __init__(self, cell: Cell, tasks: TaskService) -> None:
        self._cell = cell
        self._tasks = tasks

    async def start(self, command: ScheduledStart) -> UUID:
        """Starts the task of `command` and answers its id; the same scheduled time is the same task.

        Where tasks of the binding may not overlap and one is open, nothing starts and the open one's id is answered.

        Raises:
            BadCommandError: the command has no time, or the binding's time zone is unknown.
            UnknownBindingError: the cell has no such binding with an entity.
        """
        if command.scheduled_at is None:
            raise BadCommandError("A scheduled start has no time.")
        async with self._cell.pool.acquire() as connection:
            binding = await find_binding(connection, command.workflow_id)
            open_task = await find_open_task(connection, command.workflow_id)
        if binding is None:
            raise UnknownBindingError(f"There is no binding {command.workflow_id} with an entity in this cell.")
        workflow, entity = binding
        task_id = scheduled_task_id(command.workflow_id, command.scheduled_at)
        if command.overlap == "SKIP" and open_task not in {None, task_id}:
            assert open_task is not None
            _log.info("scheduled run left out", workflow_id=str(command.workflow_id), open_task=str(open_task))
            return open_task
        period = workflow.default_config.get("period") or month_before(command.scheduled_at, workflow.timezone)
        await self._tasks.enter(
            task_id, workflow, entity, {"period": period}, scheduled=True, requested_by=REQUESTED_BY
        )
        await self._tasks.launch(task_id)
        return task_id


def scheduled_task_id(workflow_id: UUID, scheduled_at: datetime) -> UUID:
    """The id of the task that the binding's schedule starts for that time."""
    return uuid5(workflow_id, scheduled_at.astimezone(UTC).isoformat())


def month_before(moment: datetime, timezone: str | None) -> str:
    """The month before the one that `moment` falls into in `timezone` (UTC where none), as `YYYY-MM`.

    Raises:
        BadCommandError: there is no such time zone.
    """
    try:
        local = moment.astimezone(ZoneInfo(timezone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise BadCommandError("The binding's time zone is unknown.") from None
    year, month = (local.year, local.month - 1) if local.month > 1 else (local.year - 1, 12)
    return f"{year:04d}-{month:02d}"
