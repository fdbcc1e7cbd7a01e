"""The client of Workspace: `Client`."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from ntro.workspace import config
from ntro.workspace._portal import Portal
from ntro.workspace._resources.agents import AgentsResource
from ntro.workspace._resources.entities import EntitiesResource
from ntro.workspace._resources.identity import IdentityResource
from ntro.workspace._resources.integrations import IntegrationsResource
from ntro.workspace._resources.keys import KeysResource
from ntro.workspace._resources.notifications import NotificationsResource
from ntro.workspace._resources.runbooks import RunbooksResource
from ntro.workspace._resources.tasks import TasksResource
from ntro.workspace._resources.tenants import TenantsResource
from ntro.workspace._resources.users import AuditResource, UsersResource
from ntro.workspace._resources.workflows import WorkflowsResource
from ntro.workspace._retry import RetryPolicy
from ntro.workspace._transport import DEFAULT_TIMEOUT, Address, FixedLocator, Transport
from ntro.workspace.cell import CellClient
from ntro.workspace.errors import ConfigError


class Client:
    """Talks to one Workspace. Every asynchronous method has a blocking twin whose name ends in `_sync`.

    Connections are pooled; close the client, or use it in `with` or `async with`.

    Args:
        host: address of Workspace with its `/v1`; nothing else is consulted, neither file nor environment.
        api_key: the key; empty sends none.
        timeout: seconds for each phase of a request: connecting, writing, reading.
        retries: how often what may be repeated is tried.

    Raises:
        ConfigError: `host` is no http or https address.
    """

    def __init__(
        self,
        *,
        host: str = config.DEFAULT_HOST,
        api_key: str = "",
        timeout: float = DEFAULT_TIMEOUT,
        retries: RetryPolicy | None = None,
    ) -> None:
        if not host.startswith(("http://", "https://")):
            raise ConfigError(
                f"The host {host} is no http or https address.", hint=f"Write it in full, such as {config.LOCAL_HOST}"
            )
        self.host = host.rstrip("/")
        self._timeout = timeout
        self._retries = retries
        self._portal = Portal()
        self._transport = Transport(FixedLocator(Address(self.host, api_key)), timeout=timeout, retries=retries)
        self._cells: dict[tuple[str, tuple[str, ...] | None], CellClient] = {}
        self.identity = IdentityResource(self._transport, self._portal)
        self.integrations = IntegrationsResource(self._transport, self._portal)
        self.tenants = TenantsResource(self._transport, self._portal)
        self.entities = EntitiesResource(self._transport, self._portal)
        self.runbooks = RunbooksResource(self._transport, self._portal)
        self.workflows = WorkflowsResource(self._transport, self._portal)
        self.agents = AgentsResource(self._transport, self._portal)
        self.tasks = TasksResource(self._transport, self._portal)
        self.keys = KeysResource(self._transport, self._portal)
        self.users = UsersResource(self._transport, self._portal)
        self.audit = AuditResource(self._transport, self._portal)
        self.notifications = NotificationsResource(self._transport, self._portal)

    @classmethod
    def from_config(cls, connection: str | None = None) -> "Client":
        """A client of the named connection, else of the default one; the environment overrides its fields.

        Raises:
            ConfigError: there is no such connection, or the file cannot be read.
        """
        found = config.resolve(connection=connection)
        return cls(host=found.host, api_key=found.api_key)

    def cell(self, tenant: str, *, roles: Sequence[str] | None = None) -> CellClient:
        """The cell of a tenant (id or slug); it is asked directly, with a token that Workspace gives.

        With `roles` the token has these only; without, all that the key may give.
        """
        key = (tenant, None if roles is None else tuple(roles))
        if key not in self._cells:
            self._cells[key] = CellClient(
                self.tenants, tenant, portal=self._portal, roles=key[1], timeout=self._timeout, retries=self._retries
            )
        return self._cells[key]

    async def aclose(self) -> None:
        """Closes the connections of the running event loop, and everything of the blocking twins."""
        await self._close_pools()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Closes everything that the blocking twins opened."""
        if self._portal.is_running:
            self._portal.run(self._close_pools())
            self._portal.close()

    async def _close_pools(self) -> None:
        await self._transport.aclose()
        for cell in self._cells.values():
            await cell.close_pool()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
