"""What one API process of a cell holds open."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from ntro_server.postgres import open_pool
from ntro_tenant.core.agent_keys import AgentKeys
from ntro_tenant.core.attention import Attention
from ntro_tenant.core.live import LiveEvents
from ntro_tenant.core.signals import SignalDelivery
from ntro_tenant.core.temporal import TemporalConnection
from ntro_tenant.core.turnstile import Turnstile
from ntro_tenant.core.workspace_door import WorkspaceDoor
from ntro_tenant.settings import CellSettings


@dataclass(frozen=True, slots=True)
class Cell:
    """Open connections and the services that own them."""

    settings: CellSettings
    pool: asyncpg.Pool
    temporal: TemporalConnection
    signals: SignalDelivery
    live: LiveEvents
    workspace: WorkspaceDoor
    agent_keys: AgentKeys
    attention: Attention
    turnstile: Turnstile

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection with a transaction that commits when left without an error."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection


@asynccontextmanager
async def open_cell(settings: CellSettings) -> AsyncIterator[Cell]:
    """Opens what a cell's API needs; Temporal is not needed yet.

    Raises:
        OSError: PostgreSQL does not answer.
    """
    async with AsyncExitStack() as stack:
        url = settings.database_url.get_secret_value()
        pool = await stack.enter_async_context(await open_pool(url, application=f"ntro-api-{settings.tenant_slug}"))
        temporal = TemporalConnection(settings, pool)
        live = LiveEvents(url)
        await stack.enter_async_context(live.listening())
        workspace = WorkspaceDoor(settings.workspace_url, settings.cell_key)
        stack.push_async_callback(workspace.close)
        signals = SignalDelivery(pool, temporal)
        yield Cell(settings, pool, temporal, signals, live, workspace, AgentKeys(workspace), Attention(), Turnstile())
