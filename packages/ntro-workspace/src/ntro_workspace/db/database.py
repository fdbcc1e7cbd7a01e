"""The pool of the Workspace process and its unit of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from ntro_server.migrations import apply_migrations, migrations_of_package
from ntro_server.postgres import open_pool
from ntro_workspace.db import migrations

ORIGIN = "workspace"


class Database:
    """Hands out transactions. Only the api layer and background workers open one."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> "Database":
        """Connects, and brings the schema up to date."""
        pool = await open_pool(url, application="ntro-workspace", keeps_no_session=True)
        database = cls(pool)
        await database.migrate()
        return database

    async def migrate(self) -> list[str]:
        """Applies what is new and returns its names."""
        async with self._pool.acquire() as connection:
            return await apply_migrations(connection, ORIGIN, migrations_of_package(migrations.__name__))

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection in a transaction: committed when the block ends, rolled back when it raises."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection for reads: each statement is its own transaction and sees what is committed when it begins."""
        async with self._pool.acquire() as connection:
            yield connection
