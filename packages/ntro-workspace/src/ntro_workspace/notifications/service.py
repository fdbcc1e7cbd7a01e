"""Notifications: taken from cells, read by people and scripts."""

from uuid import UUID

import asyncpg

from ntro.workspace.models import Notification, NotificationCreate, NotificationTaken, Page
from ntro_server.errors import NotFound
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import to_answer
from ntro_workspace.keys.types import Principal
from ntro_workspace.notifications import repository
from ntro_workspace.pages import PageRequest, encode, moment_of


async def take(connection: asyncpg.Connection, tenant_id: UUID, body: NotificationCreate) -> NotificationTaken:
    """Keeps what the tenant's cell tells, for ninety days.

    Raises:
        NotFound: it speaks of another tenant.
    """
    if body.tenantId and as_uuid(body.tenantId) != tenant_id:
        raise NotFound("There is no such tenant.", hint="A cell speaks of its own tenant.")
    await repository.forget_old(connection, tenant_id)
    notification_id = await repository.insert(
        connection,
        tenant_id=tenant_id,
        entity_id=as_uuid(body.entityId),
        task_id=as_uuid(body.taskId.partition(":")[0]),
        run_id=body.taskId if ":" in body.taskId else None,
        type_=body.type,
        step=body.step or None,
        at=body.timestamp,
    )
    return NotificationTaken(id=str(notification_id))


async def list_page(
    connection: asyncpg.Connection, tenant_id: UUID | None, wanted: PageRequest, *, unread: bool
) -> Page[Notification]:
    """A page of notifications, newest first."""
    rows = await repository.newest(
        connection, tenant_id=tenant_id, unread=unread, before=moment_of(wanted.cursor), limit=wanted.size + 1
    )
    shown = rows[: wanted.size]
    cursor = encode([shown[-1]["created_at"].isoformat(), shown[-1]["id"]]) if len(rows) > wanted.size else None
    return Page(items=[to_answer(Notification, row) for row in shown], nextCursor=cursor)


async def mark_read(connection: asyncpg.Connection, reference: str, caller: Principal) -> Notification:
    """Notes that it was read; the first time stays.

    Raises:
        NotFound: there is none that the key may see.
    """
    notification_id = as_uuid(reference)
    row = None if notification_id is None else await repository.find(connection, notification_id)
    if row is None:
        raise NotFound("There is no such notification.", hint="GET /v1/workspace/notifications lists them.")
    caller.check_tenant(row["tenant_id"], what="notification")
    return to_answer(Notification, await repository.mark_read(connection, row["id"]))
