"""Connection tests and discovery: carried out by the cell of a bound tenant, which alone can open the secrets."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from ntro.workspace.commands import PlatformProbe, PlatformProbed
from ntro.workspace.models import ConnectionTest, PlatformSchema
from ntro_server.errors import Conflict, NotFound, Unavailable
from ntro_workspace.commands.temporal import TemporalGateway
from ntro_workspace.crypto import Vault
from ntro_workspace.db.rows import wire_value
from ntro_workspace.integrations import repository, secrets, service
from ntro_workspace.keys.types import Principal
from ntro_workspace.tenants import service as tenants

WAIT_SECONDS = 20.0
"""Below the 30 seconds after which published clients give up."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A probe and the tenant whose cell makes it; no tenant where none can."""

    tenant_slug: str | None
    probe: PlatformProbe


async def prepare(
    connection: asyncpg.Connection, reference: str, caller: Principal, vault: Vault, *, wants_schemas: bool
) -> Prepared:
    """The probe of a data platform, or of the managed database of a tenant named by id or slug.

    Raises:
        NotFound: there is no such platform that the key may see.
    """
    try:
        platform = await service.get_platform(connection, reference, caller)
    except NotFound:
        return await _managed(connection, reference, caller, wants_schemas=wants_schemas)
    await secrets.hand_over(connection, platform["id"], vault)
    cell = await repository.active_cell(connection, platform["id"], caller.tenant_id)
    probe = PlatformProbe(
        provider=platform["provider"],
        config=wire_value(platform["config"]),
        sealed_secrets=None if cell is None else cell["sealed"],
        wants_schemas=wants_schemas,
    )
    return Prepared(None if cell is None else cell["slug"], probe)


async def test(prepared: Prepared, gateway: TemporalGateway, key: UUID) -> ConnectionTest:
    """The outcome of a test; whatever keeps it from success is in its message."""
    if prepared.tenant_slug is None:
        return ConnectionTest(success=False, message=_NO_CELL)
    try:
        found = await _probed(prepared.tenant_slug, prepared.probe, gateway, key)
    except Unavailable as error:
        return ConnectionTest(success=False, message=error.message)
    return ConnectionTest(success=found.ok, message=found.message, latencyMs=found.latency_ms)


async def discover(prepared: Prepared, gateway: TemporalGateway, key: UUID) -> list[PlatformSchema]:
    """Schemas and their tables by name; none where no tenant with a running cell is bound to the platform.

    Raises:
        Unavailable: the cell or the platform does not answer, or cannot be asked.
    """
    if prepared.tenant_slug is None:
        return []
    found = await _probed(prepared.tenant_slug, prepared.probe, gateway, key)
    if not found.ok:
        raise Unavailable(found.message, hint="POST the platform's test until it succeeds.")
    return [PlatformSchema(name=name, tables=tables) for name, tables in sorted(found.schemas.items())]


_NO_CELL = "No tenant with a running cell is bound to this platform; the connection is made by a tenant's cell."


async def _managed(
    connection: asyncpg.Connection, reference: str, caller: Principal, *, wants_schemas: bool
) -> Prepared:
    try:
        tenant = await tenants.resolve(connection, reference, caller)
    except NotFound:
        raise NotFound("There is no such data platform.", hint="GET /v1/workspace/data lists them.") from None
    if tenant["data_platform"] != tenants.MANAGED:
        raise Conflict("This tenant has a platform of its own.", hint="Name the platform by its id.")
    slug = tenant["slug"] if tenant["status"] == "ACTIVE" else None
    return Prepared(slug, PlatformProbe(provider=tenants.MANAGED, wants_schemas=wants_schemas))


async def _probed(slug: str, probe: PlatformProbe, gateway: TemporalGateway, key: UUID) -> PlatformProbed:
    try:
        return await gateway.probe(slug, f"ops:probe:{key}", probe, WAIT_SECONDS)
    except (RPCError, WorkflowFailureError, RuntimeError, OSError) as error:
        raise Unavailable("The tenant's cell does not answer.", hint="Try again when the cell is up.") from error
