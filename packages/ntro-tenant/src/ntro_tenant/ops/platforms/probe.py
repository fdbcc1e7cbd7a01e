"""A probe of a data platform: a connection test, or the names of its schemas and tables."""

import json
import time
from contextlib import AsyncExitStack
from typing import Any, Protocol

from ntro.workspace.commands import PlatformProbe, PlatformProbed
from ntro.workspace.sealing import SealError, unseal
from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.platforms.connection import PlatformError, Schemas, platform_http
from ntro_tenant.ops.platforms.databricks import Databricks
from ntro_tenant.ops.platforms.managed import ManagedPostgres
from ntro_tenant.ops.platforms.snowflake import Snowflake


class Platform(Protocol):
    """What a data platform can be asked."""

    async def test(self) -> str:
        """What was reached, in a sentence."""

    async def schemas(self) -> Schemas:
        """Names of schemas and tables."""


async def probe(cell: Cell, command: PlatformProbe) -> PlatformProbed:
    """The outcome of a probe; what keeps it from success is in its message."""
    started = time.perf_counter()
    tables: dict[str, list[str]] = {}
    try:
        async with AsyncExitStack() as stack:
            platform = await _platform(cell, command, stack)
            if command.wants_schemas:
                tables = (await platform.schemas()).tables
                message = f"{len(tables)} schemas were found."
            else:
                message = await platform.test()
    except PlatformError as error:
        return PlatformProbed(ok=False, message=str(error), latency_ms=_since(started))
    return PlatformProbed(ok=True, message=message, latency_ms=_since(started), schemas=tables)


async def _platform(cell: Cell, command: PlatformProbe, stack: AsyncExitStack) -> Platform:
    if command.provider == "managed-postgres":
        return ManagedPostgres(cell.pool)
    config = _with_secrets(cell, command)
    http = await stack.enter_async_context(platform_http())
    match command.provider:
        case "DATABRICKS":
            return Databricks(config, http)
        case "SNOWFLAKE":
            return Snowflake(config, http)
        case provider:
            raise PlatformError(f"This version does not connect to {provider}; Databricks and Snowflake can be tested.")


def _with_secrets(cell: Cell, command: PlatformProbe) -> dict[str, Any]:
    """The config with its secrets in their places."""
    config = json.loads(json.dumps(command.config))
    if command.sealed_secrets is None:
        return dict(config)
    settings = cell.settings
    try:
        opened = unseal(
            command.sealed_secrets,
            private_key=settings.sealing_private_key.get_secret_value(),
            tenant_id=settings.tenant_id,
        )
    except SealError as error:
        raise PlatformError("The secrets are sealed to another cell; enter them again.") from error
    for path, secret in json.loads(opened).items():
        *folders, name = path.split(".")[1:]
        place = config
        for folder in folders:
            place = place[folder]
        place[name] = secret
    return dict(config)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
