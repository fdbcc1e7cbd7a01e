"""Commands to a cell: written in the transaction of the change they follow from."""

from datetime import datetime
from uuid import UUID

import asyncpg

from ntro.workspace.commands import (
    CANCEL_TASK,
    DEPLOY_RUNBOOK,
    START_SCHEDULED_TASK,
    START_TASK,
    SYNC_REGISTRY,
    Deployment,
    EntityEntry,
    RegistrySnapshot,
    TaskCancel,
    TaskStart,
    WorkflowEntry,
)
from ntro_workspace.commands import repository
from ntro_workspace.db.rows import wire_value

PUT_SCHEDULE = "schedule.put"
DELETE_SCHEDULE = "schedule.delete"


async def registry_changed(connection: asyncpg.Connection, tenant_id: UUID) -> None:
    """Counts the revision up and tells the cell all it has to know, once there is a cell."""
    tenant = await repository.next_revision(connection, tenant_id)
    if tenant["status"] != "ACTIVE":
        return
    await repository.drop_unsent(connection, tenant_id=tenant_id, command=SYNC_REGISTRY)
    value = (await snapshot(connection, tenant_id)).model_dump(mode="json")
    key = f"ops:sync:{tenant['revision']}"
    await repository.put(connection, tenant_id=tenant_id, command=SYNC_REGISTRY, key=key, value=value)


async def snapshot(connection: asyncpg.Connection, tenant_id: UUID) -> RegistrySnapshot:
    """The registry of a tenant as its cell sees it."""
    tenant = await repository.tenant_head(connection, tenant_id)
    entities, workflows = await repository.registry_rows(connection, tenant_id)
    return RegistrySnapshot(
        revision=tenant["revision"],
        tenant_name=tenant["name"],
        tenant_config=wire_value(tenant["config"]),
        entities=[entity_entry(row) for row in entities],
        workflows=[workflow_entry(row) for row in workflows],
    )


def entity_entry(row: asyncpg.Record) -> EntityEntry:
    """An entity as commands carry it."""
    return EntityEntry.model_validate({name: wire_value(row[name]) for name in EntityEntry.model_fields})


def workflow_entry(row: asyncpg.Record) -> WorkflowEntry:
    """A binding as commands carry it."""
    return WorkflowEntry.model_validate({name: wire_value(row[name]) for name in WorkflowEntry.model_fields})


async def deploy(connection: asyncpg.Connection, tenant_id: UUID, deployment: Deployment) -> None:
    key = deploy_key(deployment.deployment_id)
    value = deployment.model_dump(mode="json")
    await repository.put(connection, tenant_id=tenant_id, command=DEPLOY_RUNBOOK, key=key, value=value)


def deploy_key(deployment_id: UUID) -> str:
    """The id of the ops workflow that deploys."""
    return f"ops:deploy:{deployment_id}"


async def start_task(connection: asyncpg.Connection, tenant_id: UUID, start: TaskStart) -> None:
    key = f"ops:start:{start.task_id}"
    value = start.model_dump(mode="json")
    await repository.put(connection, tenant_id=tenant_id, command=START_TASK, key=key, value=value)


async def cancel_task(connection: asyncpg.Connection, tenant_id: UUID, cancel: TaskCancel) -> None:
    key = f"ops:cancel:{cancel.task_id}"
    value = cancel.model_dump(mode="json")
    await repository.put(connection, tenant_id=tenant_id, command=CANCEL_TASK, key=key, value=value)


async def start_scheduled(
    connection: asyncpg.Connection, tenant_id: UUID, workflow_id: UUID, moment: datetime, overlap: str
) -> None:
    """Starts the run of a time, as the schedule would have; the same time once more changes nothing."""
    value = {"workflow_id": str(workflow_id), "scheduled_at": moment.isoformat(), "overlap": overlap}
    key = f"ops:schedule:{workflow_id}:{moment.isoformat()}"
    await repository.put(connection, tenant_id=tenant_id, command=START_SCHEDULED_TASK, key=key, value=value)


async def set_schedule(connection: asyncpg.Connection, workflow: asyncpg.Record) -> None:
    """Puts the schedule of a binding into Temporal as it is now, or takes it away where there is none."""
    key, tenant_id = str(workflow["id"]), workflow["tenant_id"]
    for command in (PUT_SCHEDULE, DELETE_SCHEDULE):
        await repository.drop_unsent(connection, tenant_id=tenant_id, command=command, key=key)
    command = DELETE_SCHEDULE if workflow["schedule"] is None else PUT_SCHEDULE
    value = {
        "cron": workflow["schedule"],
        "timezone": workflow["timezone"] or "UTC",
        "paused": workflow["paused"],
        "overlap": workflow["overlap"],
    }
    await repository.put(connection, tenant_id=tenant_id, command=command, key=key, value=value)
