"""The tenant's own PostgreSQL database."""

import asyncpg

from ntro_tenant.ops.platforms.connection import MAX_TABLES, Schemas

_TABLES = f"""
select n.nspname as schema, c.relname as name from pg_namespace n
left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm')
where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
order by 1, 2 limit {MAX_TABLES}"""


class ManagedPostgres:
    """The database of the cell itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def test(self) -> str:
        """Asks for the server's version; answers what was reached."""
        version = await self._pool.fetchval("show server_version")
        return f"PostgreSQL {version} answers."

    async def schemas(self) -> Schemas:
        """Schemas and their tables."""
        found: dict[str, list[str]] = {}
        for row in await self._pool.fetch(_TABLES):
            found.setdefault(row["schema"], []).extend([row["name"]] if row["name"] is not None else [])
        return Schemas(found)
