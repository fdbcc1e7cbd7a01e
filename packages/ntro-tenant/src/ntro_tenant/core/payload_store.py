"""Large payloads of runs in `system.payloads`, as they were encrypted."""

import asyncpg


class PostgresPayloadStore:
    """A `PayloadStore` on the tenant's database."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def put(self, sha256: str, data: bytes) -> None:
        """Stores `data`; the same digest again changes nothing."""
        await self._pool.execute(
            "insert into system.payloads (sha256, data_bytes) values ($1, $2) on conflict do nothing", sha256, data
        )

    async def get(self, sha256: str) -> bytes | None:
        """The bytes stored under `sha256`, or None."""
        found: bytes | None = await self._pool.fetchval(
            "select data_bytes from system.payloads where sha256 = $1", sha256
        )
        return found
