"""Events that activities emit, as rows of the audit log."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import BaseModel
from temporalio import activity

from ntro_tenant.core.recording.audit import SOURCE_RUNBOOK, business_payload
from ntro_tenant.core.recording.json_values import digest
from ntro_tenant.core.recording.log import append_event


class RecordingEmitter:
    """An `ntro.events` emitter for activities. A retried activity that emits the same again changes nothing."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def emit(self, event_type: str, payload: BaseModel | dict[str, Any] | None = None) -> None:
        """Appends the event to the log of the activity's task."""
        info = activity.info()
        if info.workflow_id is None:
            return
        values = payload.model_dump(mode="json") if isinstance(payload, BaseModel) else payload
        key = f"{info.workflow_id}:{info.workflow_run_id}:{info.activity_id}:{event_type}:{digest(values)}"
        async with self._pool.acquire() as connection, connection.transaction():
            await append_event(
                connection,
                task_id=UUID(info.workflow_id.split(":")[0]),
                workflow_id=info.workflow_id,
                type=event_type,
                source=SOURCE_RUNBOOK,
                payload=business_payload(values),
                at=datetime.now(UTC),
                record_key=key,
            )
