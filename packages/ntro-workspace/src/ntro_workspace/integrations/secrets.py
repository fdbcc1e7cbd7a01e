"""Secrets of data platforms: sealed to the cell of each bound tenant as soon as there is one.

Until then they lie encrypted under Workspace's own key; once every bound tenant has its sealed copy that copy goes.
"""

import base64
import json
from uuid import UUID

import asyncpg

from ntro.workspace.sealing import seal
from ntro_workspace.crypto import Vault
from ntro_workspace.integrations import repository


def closed(secrets: dict[str, str], platform_id: UUID, vault: Vault) -> str | None:
    """The secrets as they are kept until there is a cell; none where there are none."""
    if not secrets:
        return None
    return base64.b64encode(vault.close(json.dumps(secrets).encode(), place=_place(platform_id))).decode()


async def hand_over(connection: asyncpg.Connection, platform_id: UUID, vault: Vault) -> None:
    """Seals what is still readable here to every bound cell, and forgets it once all have it."""
    kept = await repository.kept_secrets(connection, platform_id)
    if kept is None:
        return
    plain = vault.open(base64.b64decode(kept), place=_place(platform_id))
    bound = await repository.bound_cells(connection, platform_id)
    for tenant in bound:
        if tenant["sealing_public_key"] is not None:
            sealed = seal(plain, public_key=tenant["sealing_public_key"], tenant_id=tenant["id"])
            await repository.put_sealed(connection, platform_id, tenant["id"], sealed)
    if bound and all(tenant["sealing_public_key"] is not None for tenant in bound):
        await repository.forget_secrets(connection, platform_id)


def _place(platform_id: UUID) -> str:
    return f"data_platforms|{platform_id}"
