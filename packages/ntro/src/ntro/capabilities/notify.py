"""Tells Workspace that something happened to a task: which, to what, when, and nothing of what is in it.

Workspace holds no payloads. A notification is a type, ids, a step's id and a time; `data` of callers stays in the cell.
"""

import sys
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ntro.capabilities import config
from ntro.capabilities._connections import http_client
from ntro.types.validation import in_words
from ntro.workspace.models.notifications import NotificationCreate, NotificationType, RunId

TIMEOUT_SECONDS = 10.0
_RUN_ID: TypeAdapter[str] = TypeAdapter(RunId)
_ERROR = 400

__all__ = ["TIMEOUT_SECONDS", "NotificationType", "send"]


async def send(
    *,
    type: NotificationType,  # noqa: A002 - the contract's keyword
    step: str = "",
    data: dict[str, Any] | None = None,
    task_id: str = "",
    tenant_id: str = "",
    entity_id: str = "",
) -> dict[str, Any]:
    """Send one notification. Ids that are not given are those of the worker and of the running activity's task.

    Args:
        type: what happened.
        step: the id of the step, where it happened to one.
        data: not sent: nothing but ids and types leaves the tenant. The answer says so under `withheld`.
        task_id: the task or child run; ids are UUIDs, a child run's is followed by its steps.
        tenant_id: the tenant.
        entity_id: the entity.

    Returns:
        `{"status": "accepted"}`, or `{"status": "error", "code", "detail"}` where Workspace refused.

    Raises:
        ValueError: the type is unknown, or an id is none.
        httpx2.TransportError: Workspace could not be reached.
    """
    worker = config.get()
    try:
        body = NotificationCreate(
            type=type,
            tenantId=tenant_id or worker.tenant_id,
            entityId=entity_id or worker.entity_id,
            taskId=task_id or _own_run(),
            step=step,
            timestamp=datetime.now(UTC),
        )
    except ValidationError as error:
        raise ValueError(f"a notification is of a known type and holds ids only: {in_words(error)}") from None
    key = worker.workspace_api_key.get_secret_value()
    answer = await http_client().post(
        f"{worker.workspace_api_url.rstrip('/')}/internal/notify",
        json=body.model_dump(mode="json"),
        headers={"Authorization": f"Bearer {key}"} if key else {},
        timeout=TIMEOUT_SECONDS,
    )
    withheld = {"withheld": ["data"]} if data else {}
    if answer.status_code >= _ERROR:
        return {"status": "error", "code": answer.status_code, "detail": answer.text[:1_000]} | withheld
    return {"status": "accepted"} | withheld


def _own_run() -> str:
    """The run of the activity that is at work; none outside of one, and none that is no task's."""
    # Looked up, not imported: outside a worker the engine stays unloaded.
    activity = sys.modules.get("temporalio.activity")
    if activity is None or not activity.in_activity():
        return ""
    try:
        return _RUN_ID.validate_python(activity.info().workflow_id or "")
    except ValidationError:
        return ""
