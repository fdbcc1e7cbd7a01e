"""The client of a tenant's cell: `CellClient`, got by `client.cell(tenant)`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ntro.workspace._cell.corrections import CellCorrections
from ntro.workspace._cell.files import CellFiles
from ntro.workspace._cell.models import (
    ActionTaken,
    CellEvent,
    CellFile,
    CellNextStep,
    CellStep,
    CellTask,
    Correction,
    CorrectionPage,
    DataSubmitted,
    Gate,
    TaskView,
)
from ntro.workspace._cell.reports import CellReports
from ntro.workspace._cell.tasks import CellTasks
from ntro.workspace._portal import Portal
from ntro.workspace._resources.tenants import TenantsResource
from ntro.workspace._retry import RetryPolicy
from ntro.workspace._transport import DEFAULT_TIMEOUT, Address, Transport
from ntro.workspace.errors import NtroConnectionError, UnexpectedAnswerError

__all__ = [
    "ActionTaken",
    "CellClient",
    "CellEvent",
    "CellFile",
    "CellNextStep",
    "CellStep",
    "CellTask",
    "Correction",
    "CorrectionPage",
    "DataSubmitted",
    "Gate",
    "TaskView",
]

_MARGIN = timedelta(minutes=1)


class TokenLocator:
    """Finds a cell by an access token of Workspace, kept until a minute before it expires.

    `task_id` binds the token of an agent to one task.
    """

    def __init__(
        self,
        tenants: TenantsResource,
        tenant: str,
        roles: Sequence[str] | None = None,
        *,
        task_id: str | None = None,
    ) -> None:
        self._tenants = tenants
        self._tenant = tenant
        self._roles = roles
        self._task_id = task_id
        self._address: Address | None = None
        self._renew_at = datetime.min.replace(tzinfo=UTC)

    async def locate(self) -> Address:
        """The cell's address and a token that is good for another minute.

        Raises:
            NtroConnectionError: the tenant has no cell yet.
        """
        if self._address is None or datetime.now(UTC) >= self._renew_at:
            given = await self._tenants.access_token(self._tenant, roles=self._roles, task_id=self._task_id)
            if not given.url:
                raise NtroConnectionError(
                    f"Tenant {self._tenant} has no cell yet.", code="no_cell", hint=f"ntro tenant info {self._tenant}"
                )
            self._renew_at = _instant(given.expiresAt) - _MARGIN
            self._address = Address(given.url.rstrip("/"), given.token)
        return self._address


class CellClient:
    """Talks to one tenant's cell directly: what has a payload never passes through Workspace."""

    def __init__(
        self,
        tenants: TenantsResource,
        tenant: str,
        *,
        portal: Portal,
        roles: Sequence[str] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        retries: RetryPolicy | None = None,
    ) -> None:
        self.tenant = tenant
        self._transport = Transport(TokenLocator(tenants, tenant, roles), timeout=timeout, retries=retries)
        self.tasks = CellTasks(self._transport, portal)
        self.files = CellFiles(self._transport, portal)
        self.reports = CellReports(self._transport, portal)
        self.corrections = CellCorrections(self._transport, portal)

    async def close_pool(self) -> None:
        """Closes the connections of the running event loop."""
        await self._transport.aclose()


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnexpectedAnswerError(f"The token's expiry {text} is no ISO 8601 time.") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
