"""The data plane: one tenant's database, through a pool or bound to one open transaction."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import asyncpg

ACQUIRE_SECONDS = 10.0


class DataPlaneError(RuntimeError):
    """The tenant's database cannot be used; the message says what is missing."""

    code = "data_plane_unavailable"


class WrongTenantError(DataPlaneError):
    """A runbook asked for the database of a tenant that this worker does not serve."""

    code = "wrong_tenant"


@runtime_checkable
class DataPlane(Protocol):
    """A tenant's database. Parameters are positional (`$1`); JSON columns are read as Python values.

    A `str` for a JSON parameter is taken as JSON text, everything else is encoded (decimals, dates, ids included).
    `date`, `timestamptz` and `numeric` parameters also take text; a time without a zone is UTC.
    """

    async def fetch(self, query: str, *args: Any) -> list[dict[str, Any]]:
        """All rows of `query`."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> dict[str, Any] | None:
        """The first row of `query`, `None` without one."""
        ...

    async def execute(self, query: str, *args: Any) -> str:
        """Runs `query` and returns its status tag, for example `UPDATE 5`."""
        ...

    def transaction(self) -> "AbstractAsyncContextManager[DataPlane]":
        """A data plane whose statements take effect together, or not at all when the block raises."""
        ...

    async def close(self) -> None:
        """Releases the connections."""
        ...


class ConnectionPlane:
    """A data plane bound to one connection; inside it, `transaction` is a savepoint."""

    def __init__(self, connection: "asyncpg.Connection") -> None:
        self._connection = connection

    async def fetch(self, query: str, *args: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._connection.fetch(query, *args)]

    async def fetchrow(self, query: str, *args: Any) -> dict[str, Any] | None:
        row = await self._connection.fetchrow(query, *args)
        return None if row is None else dict(row)

    async def execute(self, query: str, *args: Any) -> str:
        return str(await self._connection.execute(query, *args))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[DataPlane]:
        async with self._connection.transaction():
            yield self

    async def close(self) -> None:
        """Does nothing: the connection belongs to whoever opened the transaction."""


class PoolPlane:
    """A data plane over a pool: each call takes a connection for itself, waiting ten seconds at most."""

    def __init__(self, pool: "asyncpg.Pool") -> None:
        self._pool = pool

    async def fetch(self, query: str, *args: Any) -> list[dict[str, Any]]:
        async with self._connection() as plane:
            return await plane.fetch(query, *args)

    async def fetchrow(self, query: str, *args: Any) -> dict[str, Any] | None:
        async with self._connection() as plane:
            return await plane.fetchrow(query, *args)

    async def execute(self, query: str, *args: Any) -> str:
        async with self._connection() as plane:
            return await plane.execute(query, *args)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[DataPlane]:
        async with self._connection() as plane, plane.transaction() as bound:
            yield bound

    async def close(self) -> None:
        await self._pool.close()

    def terminate(self) -> None:
        """Drops the connections at once, without waiting for those in use."""
        self._pool.terminate()

    @property
    def is_closed(self) -> bool:
        """Whether `close` or `terminate` was called."""
        return bool(self._pool.is_closing())

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[ConnectionPlane]:
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            yield ConnectionPlane(connection)
