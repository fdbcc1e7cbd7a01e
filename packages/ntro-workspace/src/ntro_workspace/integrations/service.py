"""Data platforms and e-mail integrations. Secrets go to the cells of bound tenants and are never answered."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from ntro.workspace.models import DataPlatform, DataPlatformCreate, DataPlatformUpdate, EmailIntegration
from ntro_server.errors import Invalid, NotFound
from ntro_workspace.crypto import Vault
from ntro_workspace.db.references import as_uuid
from ntro_workspace.db.rows import to_answer
from ntro_workspace.integrations import repository
from ntro_workspace.integrations.secrets import closed, hand_over
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
    await repository.insert_platform(
        connection,
        platform_id=platform_id,
        name=body.name,
        provider=body.provider,
        ownership=body.ownership,
        region=body.region,
    )
    await repository.set_platform_config(connection, platform_id, shown, closed(secrets, platform_id, vault))
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


async def update_platform(
    connection: asyncpg.Connection, before: asyncpg.Record, body: DataPlatformUpdate, vault: Vault
) -> asyncpg.Record:
    """Changes what is given; `config` replaces the whole. A secret that reads as its mask stays what it was.

    Raises:
        Invalid: the config holds a mask and another secret, so that one would be lost.
    """
    await repository.update_platform(connection, before["id"], name=body.name, region=body.region)
    if body.config is not None:
        secrets: dict[str, str] = {}
        shown = _split(body.config, secrets, "config")
        masked = sorted(path for path, secret in secrets.items() if secret == MASK)
        if masked and len(masked) < len(secrets):
            raise Invalid(f"{masked[0]}: enter every secret again, or none.", hint="A masked secret cannot be read.")
        kept = await repository.kept_secrets(connection, before["id"])
        text = kept if masked else closed(secrets, before["id"], vault)
        await repository.set_platform_config(connection, before["id"], shown, text)
        await hand_over(connection, before["id"], vault)
    return await repository.lock_platform(connection, before["id"])


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
