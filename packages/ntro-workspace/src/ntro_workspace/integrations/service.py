"""Data platforms and e-mail integrations. Secrets are encrypted at rest and never answered."""

import base64
import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from ntro.workspace.models import ConnectionTest, DataPlatform, DataPlatformCreate, EmailIntegration
from ntro_server.errors import NotFound
from ntro_workspace.crypto import Vault
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import to_answer
from ntro_workspace.integrations import repository
from ntro_workspace.keys.types import Principal
from ntro_workspace.tenants.secrets import is_secret

MASK = "***"


async def create_platform(
    connection: asyncpg.Connection, body: DataPlatformCreate, caller: Principal, vault: Vault
) -> DataPlatform:
    """A data platform of the workspace; what is secret in its config is set apart and encrypted."""
    caller.require_workspace()
    platform_id = uuid4()
    secrets: dict[str, str] = {}
    shown = _split(body.config, secrets, "config")
    closed = vault.close(json.dumps(secrets).encode(), place=f"data_platforms|{platform_id}") if secrets else None
    await repository.insert_platform(
        connection,
        platform_id=platform_id,
        name=body.name,
        provider=body.provider,
        ownership=body.ownership,
        region=body.region,
    )
    text = None if closed is None else base64.b64encode(closed).decode()
    await repository.set_platform_config(connection, platform_id, shown, text)
    return to_answer(DataPlatform, await get_platform(connection, str(platform_id), caller))


async def get_platform(connection: asyncpg.Connection, reference: str, caller: Principal) -> asyncpg.Record:
    """The platform of an id.

    Raises:
        NotFound: there is none that the key may see.
    """
    platform_id = as_uuid(reference)
    for row in await repository.list_platforms(connection, caller.tenant_id):
        if row["id"] == platform_id:
            return row
    raise NotFound("There is no such data platform.", hint="GET /v1/workspace/data lists them.")


def connection_test(platform: asyncpg.Record) -> ConnectionTest:
    """Workspace holds no way into a data platform; the answer says where the test belongs."""
    return ConnectionTest(
        success=False,
        message=f"Workspace does not connect to {platform['provider']}; the connection is made by a tenant's cell.",
    )


async def create_email(
    connection: asyncpg.Connection, tenant_id: UUID, provider: str, address: str | None
) -> EmailIntegration:
    row = await repository.insert_email(connection, tenant_id=tenant_id, provider=provider, address=address)
    return to_answer(EmailIntegration, row)


def _split(config: dict[str, Any], secrets: dict[str, str], path: str) -> dict[str, Any]:
    """`config` with its secrets masked; the secrets go to `secrets` under their path."""
    shown: dict[str, Any] = {}
    for name, value in config.items():
        place = f"{path}.{name}"
        if is_secret(name, value):
            secrets[place] = value
            shown[name] = MASK
        else:
            shown[name] = _split(value, secrets, place) if isinstance(value, dict) else value
    return shown
