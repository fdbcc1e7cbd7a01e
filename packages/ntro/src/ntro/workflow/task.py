"""What earlier tasks of an entity left behind: read from the cell's own database, by activities."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from temporalio import activity, workflow

if TYPE_CHECKING:
    from ntro.data import DataPlane

__all__ = [
    "PreviousTaskHandle",
    "find_committed_document",
    "find_committed_document_activity",
    "load_previous_task_activity",
    "previous",
]

_TIMEOUT = timedelta(seconds=30)

_PREVIOUS_TASK = """
select t.id::text as task_id, t.period, t.result
from system.tasks t join system.entities e on e.id = t.entity_id
where t.runbook_slug = $1 and (e.id::text = $2 or e.slug = $2) and t.status = 'COMPLETED'
  and ($3::text is null or t.period < $3)
order by t.period desc nulls last, t.closed_at desc nulls last, t.id
limit 1
"""
_COMMITTED_DOCUMENT = """
select payload from ingest.extracted_payloads
where source = $2 and (task_id = $1 or task_id like $3)
order by created_at desc, id
limit 1
"""


class PreviousTaskHandle(BaseModel):
    """A completed task: its id, its period (`YYYY-MM`) and what it returned."""

    task_id: str
    period: str | None = None
    output: dict[str, Any] = {}

    def extract(self, fields: list[str]) -> dict[str, Any]:
        """Those of `fields` that the output has."""
        return {field: self.output[field] for field in fields if field in self.output}


class _PreviousTaskQuery(BaseModel):
    workflow_slug: str
    entity_id: str
    before_period: str | None = None


class _PreviousTaskAnswer(BaseModel):
    handle: PreviousTaskHandle | None = None


class _DocumentQuery(_PreviousTaskQuery):
    source: str


class _DocumentAnswer(BaseModel):
    payload: dict[str, Any] | None = None


async def previous(
    *, workflow_slug: str, entity_id: str, before_period: str | None = None
) -> PreviousTaskHandle | None:
    """The latest completed task of a runbook for an entity (id or slug), none when there is none.

    Args:
        workflow_slug: the runbook.
        entity_id: the entity's id or slug.
        before_period: only tasks of an earlier period (`YYYY-MM`).

    Raises:
        temporalio.exceptions.ActivityError: the database could not be read; that is never taken for "none".
    """
    query = _PreviousTaskQuery(workflow_slug=workflow_slug, entity_id=entity_id, before_period=before_period)
    answer = await workflow.execute_activity(load_previous_task_activity, query, start_to_close_timeout=_TIMEOUT)
    return answer.handle


async def find_committed_document(
    *, workflow_slug: str, entity_id: str, source: str, before_period: str | None = None
) -> dict[str, Any] | None:
    """What the latest completed task of a runbook committed from `source`, the newest first; none when it did not.

    Raises:
        temporalio.exceptions.ActivityError: the database could not be read; that is never taken for "none".
    """
    query = _DocumentQuery(workflow_slug=workflow_slug, entity_id=entity_id, source=source, before_period=before_period)
    answer = await workflow.execute_activity(find_committed_document_activity, query, start_to_close_timeout=_TIMEOUT)
    return answer.payload


@activity.defn(name="load_previous_task")
async def load_previous_task_activity(query: _PreviousTaskQuery) -> _PreviousTaskAnswer:
    """Reads `system.tasks`."""
    return _PreviousTaskAnswer(handle=await _load_previous_task(query))


@activity.defn(name="find_committed_document")
async def find_committed_document_activity(query: _DocumentQuery) -> _DocumentAnswer:
    """Reads `ingest.extracted_payloads` of the latest completed task and its children."""
    task = await _load_previous_task(query)
    if task is None:
        return _DocumentAnswer()
    database = await _database()
    row = await database.fetchrow(_COMMITTED_DOCUMENT, task.task_id, query.source, f"{task.task_id}:%")
    return _DocumentAnswer(payload=None if row is None else _object(row["payload"]))


async def _load_previous_task(query: _PreviousTaskQuery) -> PreviousTaskHandle | None:
    database = await _database()
    row = await database.fetchrow(_PREVIOUS_TASK, query.workflow_slug, query.entity_id, query.before_period)
    if row is None:
        return None
    return PreviousTaskHandle(task_id=row["task_id"], period=row["period"], output=_object(row["result"]))


async def _database() -> "DataPlane":
    from ntro.capabilities import config  # noqa: PLC0415 - as below
    from ntro.data import get_data_plane  # noqa: PLC0415 - the database is for activities only

    return await get_data_plane(config.get().tenant_slug)


def _object(value: Any) -> dict[str, Any]:
    """A JSON column as an object; one that is none is kept under `value`."""
    if value is None:
        return {}
    return value if isinstance(value, dict) else {"value": value}
