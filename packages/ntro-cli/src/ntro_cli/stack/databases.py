"""A database for each part, owned by a login role of its own that may enter no other."""

import asyncpg


async def ensure_database(admin_url: str, name: str, password: str) -> None:
    """Makes the role `name` and its database `name` where they are missing; the role's password becomes `password`.

    Beside it stands a role `<name>_bundles` that nobody logs in as: scripts of bundles run as it. `name` is one of
    ours, never from outside.
    """
    connection = await asyncpg.connect(admin_url)
    try:
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", name):
            await connection.execute(f'create role "{name}" nosuperuser nocreatedb nocreaterole noreplication login')
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", f"{name}_bundles"):
            await connection.execute(f'create role "{name}_bundles" nologin')
        await connection.execute(f'grant "{name}_bundles" to "{name}"')
        await connection.execute(f"alter role \"{name}\" password '{_quoted(password)}'")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
            await connection.execute(f'create database "{name}" owner "{name}"')
        for database in (name, "postgres", "template1"):
            await connection.execute(f'revoke all on database "{database}" from public')
    finally:
        await connection.close()


async def applied_migrations(url: str) -> set[str]:
    """The SHA-256 of every migration that the database of `url` has had; none where it is new."""
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("select to_regclass('public.applied_migrations') is not null"):
            return set()
        return {row["sha256"] for row in await connection.fetch("select sha256 from public.applied_migrations")}
    finally:
        await connection.close()


def _quoted(password: str) -> str:
    return password.replace("'", "''")
