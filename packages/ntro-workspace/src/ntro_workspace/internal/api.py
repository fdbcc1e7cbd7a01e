"""`/internal`: the doors for cells and for their host, never for people."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Path, Query, Response

from ntro.workspace.commands import RegistrySnapshot
from ntro.workspace.models import (
    AgentStanding,
    CellKey,
    NotificationCreate,
    NotificationTaken,
    ProvisioningList,
    PublicKey,
    Tenant,
    TenantProvision,
)
from ntro.workspace.wire import StatusAck, StatusBatch
from ntro_server.errors import Forbidden, NotFound
from ntro_workspace.agents import repository as agents
from ntro_workspace.api.context import Caller, PartsOf, Transaction
from ntro_workspace.commands import service as commands
from ntro_workspace.internal import service
from ntro_workspace.internal.public_key import public_half
from ntro_workspace.keys.types import Principal
from ntro_workspace.notifications import service as notifications
from ntro_workspace.runbooks import repository as runbooks
from ntro_workspace.tasks import service as tasks
from ntro_workspace.tenants import service as tenants

router = APIRouter(prefix="/internal", tags=["internal"])

Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
KeyId = Annotated[str, Query(alias="key", pattern=r"^[0-9A-Za-z]{4,32}$")]


@router.post("/status")
async def take_status(body: StatusBatch, connection: Transaction, caller: Caller) -> StatusAck:
    """Takes over what a cell reports of its tasks. Reports seen before change nothing and count as accepted."""
    await tasks.apply_reports(connection, _cell(caller), body)
    return StatusAck(accepted=len(body.reports), at=datetime.now(UTC))


@router.post("/notify", status_code=202)
async def take_notification(body: NotificationCreate, connection: Transaction, caller: Caller) -> NotificationTaken:
    """Keeps what a cell tells of a task as it happens. The body is closed: nothing of what is in a task fits."""
    return await notifications.take(connection, _cell(caller), body)


@router.get("/artifacts/{sha256}", response_class=Response)
async def get_artifact(sha256: Sha256, connection: Transaction, caller: Caller) -> Response:
    """A bundle that was deployed for the cell's tenant."""
    content = await runbooks.artifact_of_tenant(connection, sha256, _cell(caller))
    if content is None:
        raise NotFound("There is no such artifact.")
    return Response(content, media_type="application/zip", headers={"ETag": f'"{sha256}"'})


@router.get("/registry")
async def get_registry(connection: Transaction, caller: Caller) -> RegistrySnapshot:
    """All that the cell has to know of the registry."""
    return await commands.snapshot(connection, _cell(caller))


@router.get("/agents/{agent_id}/standing")
async def get_agent_standing(agent_id: UUID, key_id: KeyId, connection: Transaction, caller: Caller) -> AgentStanding:
    """Whether the agent's key counts now. Cells ask before they open a door to a token that was given for the key."""
    return AgentStanding(valid=await agents.has_valid_key(connection, agent_id, key_id, _cell(caller)))


@router.get("/provisioning")
async def list_provisioning(connection: Transaction, caller: Caller) -> ProvisioningList:
    """Every tenant that has, or is to get, a cell."""
    caller.require("provision")
    return await service.provisioning(connection)


@router.post("/provisioning/{tenant}/cell-key")
async def mint_cell_key(tenant: str, connection: Transaction, caller: Caller, context: PartsOf) -> CellKey:
    """A new key for the tenant's cell; earlier ones are revoked."""
    return await service.new_cell_key(connection, await _hosted(connection, tenant, caller), context.pepper)


@router.put("/provisioning/{tenant}")
async def set_provisioning(
    tenant: str, body: TenantProvision, connection: Transaction, caller: Caller, context: PartsOf
) -> Tenant:
    """Notes the state, the addresses and the sealing key of the tenant's cell."""
    return await service.set_state(connection, await _hosted(connection, tenant, caller), body, context.vault)


@router.get("/public-key")
async def get_public_key(_caller: Caller, context: PartsOf) -> PublicKey:
    """The key that verifies Workspace's tokens."""
    return PublicKey(publicKey=public_half(context.settings.signing_key.get_secret_value()))


def _cell(caller: Principal) -> UUID:
    caller.require("internal")
    if caller.tenant_id is None:
        raise Forbidden("This door is for cells.")
    return caller.tenant_id


async def _hosted(connection: asyncpg.Connection, tenant: str, caller: Principal) -> asyncpg.Record:
    caller.require("provision")
    return await tenants.resolve(connection, tenant, caller)
