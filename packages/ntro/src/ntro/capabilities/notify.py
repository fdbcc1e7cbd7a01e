"""Tells Workspace that something happened to a task: which, to what, when, and nothing of what is in it.

Workspace holds no payloads. A notification is a type, ids, a step's id and a time; `data` of callers stays in the cell.
"""

import re
import sys
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from ntro.capabilities import config
from ntro.capabilities._connections import http_client

NotificationType = Literal[
    "workflow.started",
    "workflow.completed",
    "workflow.failed",
    "workflow.step.started",
    "workflow.step.completed",
    "workflow.step.failed",
    "workflow.step.blocked",
    "workflow.step.approved",
    "workflow.step.rejected",
]
TIMEOUT_SECONDS = 10.0
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,199}")
_STEP = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
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
        task_id: the task.
        tenant_id: the tenant.
        entity_id: the entity.

    Returns:
        `{"status": "accepted"}`, or `{"status": "error", "code", "detail"}` where Workspace refused.

    Raises:
        ValueError: the type is unknown, or an id is none.
        httpx2.TransportError: Workspace could not be reached.
    """
    if type not in get_args(NotificationType):
        raise ValueError(f"{type!r} is no type of notification; the types are {', '.join(get_args(NotificationType))}")
    worker = config.get()
    body = {
        "type": type,
        "tenantId": _checked(tenant_id or worker.tenant_id, _ID, "tenant id"),
        "entityId": _checked(entity_id or worker.entity_id, _ID, "entity id"),
        "taskId": _checked(task_id or _own_task(), _ID, "task id"),
        "step": _checked(step, _STEP, "step id"),
        "timestamp": datetime.now(UTC).isoformat(),
    }
    key = worker.workspace_api_key.get_secret_value()
    answer = await http_client().post(
        f"{worker.workspace_api_url.rstrip('/')}/internal/notify",
        json=body,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        timeout=TIMEOUT_SECONDS,
    )
    withheld = {"withheld": ["data"]} if data else {}
    if answer.status_code >= _ERROR:
        return {"status": "error", "code": answer.status_code, "detail": answer.text[:1_000]} | withheld
    return {"status": "accepted"} | withheld


def _checked(value: str, pattern: re.Pattern[str], what: str) -> str:
    """`value` if it is an identifier or empty; free text would carry data out of the tenant."""
    if value and not pattern.fullmatch(value):
        raise ValueError(f"{value[:80]!r} is no {what}; it is letters, digits and . _ - only")
    return value


def _own_task() -> str:
    """The task of the activity that is running, none outside of one."""
    # Looked up, not imported: outside a worker the engine stays unloaded.
    activity = sys.modules.get("temporalio.activity")
    if activity is None or not activity.in_activity():
        return ""
    return str(activity.info().workflow_id or "").split(":")[0]
