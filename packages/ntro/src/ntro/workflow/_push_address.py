"""Where an agent outside the engine reports: at a cell, with a token that its own key is exchanged for at Workspace."""

import asyncio
import re
from urllib.parse import urlsplit

import httpx2

from ntro.auth import AuthConfig
from ntro.workspace._portal import Portal
from ntro.workspace._resources.identity import IdentityResource
from ntro.workspace._resources.tenants import TenantsResource
from ntro.workspace._transport import Address, FixedLocator, Transport
from ntro.workspace.cell import TokenLocator
from ntro.workspace.errors import ConfigError, NotFoundError

_KEY = re.compile(r"^ntro_[a-z]{2,10}_")
_API = "/v1"
_AGENT = "agent"


def is_key(text: str) -> bool:
    """Whether `text` is a key, which Workspace exchanges, and not an access token."""
    return _KEY.match(text) is not None


def base_of(url: str) -> str:
    """The API's address: `url`, with `/v1` where it names a server alone."""
    return url + _API if urlsplit(url).path in ("", "/") else url


class PushAddress:
    """Finds the cell of an agent's task: by the token it was given, or by one that Workspace gives and renews.

    Args:
        config: the address and the key or token; `task_id` is set.
        connect: how connections are made; over the network when not given.
    """

    def __init__(self, config: AuthConfig, *, connect: httpx2.AsyncBaseTransport | None = None) -> None:
        self._here = Address(base_of(config.api_url), config.api_key)
        self._task_id = str(config.task_id).partition(":")[0]
        self._workspace = Transport(FixedLocator(self._here), connect=connect) if is_key(config.api_key) else None
        self._tokens: TokenLocator | None = None
        self._one_at_a_time = asyncio.Lock()

    async def locate(self) -> Address:
        """The cell's address and a token that is good for another minute.

        Raises:
            ConfigError: the address is not Workspace's, or the key is of no one tenant.
            ntro.workspace.errors.NtroError: Workspace does not take the key, or does not answer.
        """
        if self._workspace is None:
            return self._here
        async with self._one_at_a_time:
            if self._tokens is None:
                self._tokens = await self._exchange(self._workspace)
            return await self._tokens.locate()

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        if self._workspace is not None:
            await self._workspace.aclose()

    async def _exchange(self, workspace: Transport) -> TokenLocator:
        portal = Portal()  # starts nothing until a blocking twin is called, which none is here
        try:
            owner = await IdentityResource(workspace, portal).whoami()
        except NotFoundError as error:
            raise ConfigError(
                f"{self._here.url} is not Workspace, which exchanges the key in NTRO_API_KEY.",
                hint="Set NTRO_API_URL to Workspace's address.",
            ) from error
        if owner.tenantId is None:
            raise ConfigError(
                "The key in NTRO_API_KEY belongs to no one tenant.", hint="Use the key that the agent got when made."
            )
        task_id = self._task_id if owner.kind == _AGENT else None
        return TokenLocator(TenantsResource(workspace, portal), owner.tenantId, task_id=task_id)
