"""For whom a tool works: the client with its key, the tenant that is meant, the task of the session."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from ntro.auth import session_task
from ntro.workspace.cell import CellClient
from ntro.workspace.client import Client
from ntro.workspace.config import resolve
from ntro.workspace.models import Task
from ntro_mcp.errors import ToolUsageError

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `tenant` is the connection's default; `session_task` the task an agent works on."""

    client: Client
    tenant: str | None = None
    session_task: str | None = None

    def tenant_of(self, given: str | None) -> str:
        """The tenant that is meant.

        Raises:
            ToolUsageError: neither the call nor the connection names one.
        """
        if found := given or self.tenant:
            return found
        raise ToolUsageError("Which tenant?", hint="Give tenant_id (id or slug); ntro_tenant_list shows them.")

    def task_of(self, given: str | None) -> str:
        """The task that is meant: the one named, else the task of the session.

        Raises:
            ToolUsageError: there is neither.
        """
        if found := given or self.session_task:
            return found
        raise ToolUsageError(
            "Which task?", hint="Give task_id, or start the session with NTRO_TASK_ID or the header Ntro-Task."
        )

    async def row_of(self, task: str) -> Task:
        """The task as Workspace knows it; a child run is found by its root."""
        return await self.client.tasks.get(root_of(task))

    async def cell_of(self, task: str) -> CellClient:
        """The cell in which `task` runs. A start that is still on its way there is waited for.

        Raises:
            WaitTimeoutError: the cell does not take the start within half a minute.
        """
        return await self.cell_with(await self.row_of(task))

    async def cell_with(self, row: Task) -> CellClient:
        """As `cell_of`, of a task that was read already."""
        cell = self.client.cell(row.tenantId)
        await cell.tasks.arrived(row, seconds=START_SECONDS)
        return cell


class Callers(Protocol):
    """Says who calls now."""

    async def current(self) -> Caller:
        """The caller of the running request.

        Raises:
            NtroError: there is none, or the configuration cannot be read.
        """


class ConfiguredCaller:
    """The one caller of a server that was started by a person: their connection, resolved at its first use."""

    def __init__(self, *, connection: str | None = None, host: str | None = None, api_key: str | None = None) -> None:
        self._connection = connection
        self._host = host
        self._api_key = api_key
        self._found: Caller | None = None

    async def current(self) -> Caller:
        if self._found is None:
            self._found = await asyncio.to_thread(self._resolve)
        return self._found

    async def aclose(self) -> None:
        """Closes the connections of the client, where there is one."""
        if self._found is not None:
            await self._found.client.aclose()

    def _resolve(self) -> Caller:
        named = resolve(connection=self._connection, host=self._host, api_key=self._api_key)
        client = Client(host=named.host, api_key=named.api_key)
        return Caller(client, named.default_tenant, session_task())


def root_of(task: str) -> str:
    """The task that a child run id belongs to."""
    return task.partition(":")[0]
