"""What a host of cells may do to tenants."""

import asyncpg

from ntro.workspace.models import CellKey, ProvisioningItem, ProvisioningList, Tenant, TenantProvision
from ntro_server.errors import Conflict, Invalid
from ntro_workspace.commands import service as commands
from ntro_workspace.crypto import Vault
from ntro_workspace.db.rows import to_answer
from ntro_workspace.integrations.secrets import hand_over
from ntro_workspace.keys import repository as key_repository
from ntro_workspace.keys import service as keys
from ntro_workspace.tenants import repository
from ntro_workspace.tenants.service import to_tenant


async def provisioning(connection: asyncpg.Connection) -> ProvisioningList:
    rows = await repository.list_living(connection)
    return ProvisioningList(items=[to_answer(ProvisioningItem, row) for row in rows])


async def new_cell_key(connection: asyncpg.Connection, tenant: asyncpg.Record, pepper: bytes) -> CellKey:
    """A new key for the tenant's cell; earlier ones are revoked."""
    await key_repository.revoke_cell_keys(connection, tenant["id"])
    minted = await keys.mint(connection, pepper, kind="cell", name=f"cell {tenant['slug']}", tenant_id=tenant["id"])
    return CellKey(apiKey=minted.text)


async def set_state(
    connection: asyncpg.Connection, tenant: asyncpg.Record, body: TenantProvision, vault: Vault
) -> Tenant:
    """Notes how far the tenant's cell is. A cell that has become active is told its registry.

    Raises:
        Conflict: the tenant is decommissioned.
        Invalid: an active cell needs its addresses and its sealing key.
    """
    if tenant["status"] == "DECOMMISSIONED" and body.status != "DECOMMISSIONED":
        raise Conflict("The tenant is decommissioned; that is final.", hint="Create a new tenant.")
    known = {
        "url": body.url or tenant["url"],
        "uiUrl": body.uiUrl or tenant["ui_url"],
        "sealingPublicKey": body.sealingPublicKey or tenant["sealing_public_key"],
    }
    missing = [name for name, value in known.items() if value is None]
    if body.status == "ACTIVE" and missing:
        raise Invalid(f"{', '.join(missing)}: an active cell has it.")
    await repository.provision(
        connection,
        tenant["id"],
        status=body.status,
        url=body.url,
        ui_url=body.uiUrl,
        sealing_public_key=body.sealingPublicKey,
    )
    if body.status == "DECOMMISSIONED":
        await key_repository.revoke_tenant_keys(connection, tenant["id"])
    if body.status == "ACTIVE" and tenant["status"] != "ACTIVE":
        await commands.registry_changed(connection, tenant["id"])
        if tenant["data_platform_config_id"] is not None:
            await hand_over(connection, tenant["data_platform_config_id"], vault)
    row = await repository.find(connection, tenant["id"])
    assert row is not None
    return to_tenant(row)
