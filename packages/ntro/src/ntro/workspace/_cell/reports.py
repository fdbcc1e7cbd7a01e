"""What agents say of their work on a task, and structured data that is handed in."""

from ntro.workspace._cell.models import DataSubmitted
from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import JsonMap, Resource, given, one
from ntro.workspace._transport import path_of
from ntro.workspace.errors import UnexpectedAnswerError


class CellReports(Resource):
    """`client.cell(tenant).reports`. `task` is a task id or a child run id."""

    async def add(
        self, task: str, kind: str, payload: JsonMap, *, source: str = "agent", group_key: str | None = None
    ) -> int:
        """Adds an event of `kind` to the task's audit log and answers its number."""
        body = given(type=kind, source=source, groupKey=group_key, payload=dict(payload))
        answer = await self._post(path_of("tasks", task, "events"), body)
        if not isinstance(answer, dict) or not isinstance(answer.get("seq"), int):
            raise UnexpectedAnswerError("The answer to a report has no number.")
        return int(answer["seq"])

    async def submit_data(
        self,
        task: str,
        data: JsonMap,
        *,
        kind: str | None = None,
        source_ref: JsonMap | None = None,
        event_id: str | None = None,
    ) -> DataSubmitted:
        """Hands a record in and tells the run that takes it; the same `event_id` again does nothing.

        Raises:
            ConflictError: the run has ended, or `event_id` stands for other data.
        """
        body = given(data=dict(data), kind=kind, sourceRef=source_ref, eventId=event_id)
        return one(DataSubmitted, await self._post(path_of("tasks", task, "data", "ingest"), body))

    add_sync = blocking(add)
    submit_data_sync = blocking(submit_data)
