"""The connection to Temporal, made when it is first needed and again after it was lost."""

import asyncio

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from ntro_server.errors import Unavailable
from ntro_tenant.core import engine
from ntro_tenant.settings import CellSettings

CONNECT_SECONDS = 5.0
UNAVAILABLE_HINT = (
    "Nothing was lost. Try again in a moment; if it stays so, look at the Temporal server and the worker."
)

_log = structlog.get_logger(__name__)


class TemporalConnection:
    """One client for the process. The cell serves what needs no client while Temporal is away."""

    def __init__(self, settings: CellSettings, pool: asyncpg.Pool) -> None:
        self._settings = settings
        self._pool = pool
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    async def client(self) -> Client:
        """The client of the tenant's namespace.

        Raises:
            Unavailable: Temporal does not answer within five seconds.
        """
        async with self._connecting:
            if self._client is None:
                self._client = await self._connect()
            return self._client

    async def _connect(self) -> Client:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await engine.connect(self._settings, self._pool)
        except (RuntimeError, RPCError, OSError, TimeoutError) as error:
            _log.warning("temporal does not answer", address=self._settings.temporal_address, error=str(error))
            raise Unavailable("The workflow engine does not answer.", hint=UNAVAILABLE_HINT) from error
