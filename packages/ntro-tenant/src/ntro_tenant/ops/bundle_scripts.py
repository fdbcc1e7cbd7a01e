"""Migrations of bundles: run as a role that reaches the ledgers only, and whose tables keep their history.

The role is `<user of the cell>_bundles`; whoever makes the cell's database makes it too. What a bundle's code does
when it runs is another matter: that is the cell's own user.
"""

from collections.abc import Sequence

import asyncpg

from ntro_server.migrations import Migration, MigrationError, apply_migrations

_FUNCTION = "ledgers.run_bundle_script(text)"
_MAX_NAME = 63


async def run_bundle_scripts(connection: asyncpg.Connection, slug: str, migrations: Sequence[Migration]) -> list[str]:
    """Applies what the bundle has not applied yet and returns the names of what was applied.

    Raises:
        MigrationError: a script fails, reaches beyond the ledgers or was changed, or the database lacks the role.
    """
    if migrations:
        await _prepare(connection)
    return await apply_migrations(connection, f"bundle:{slug}", migrations, run=_run)


async def _run(connection: asyncpg.Connection, script: str) -> None:
    await connection.execute("select ledgers.run_bundle_script($1)", script)
    await connection.execute("select ledgers.keep_row_changes()")


async def _prepare(connection: asyncpg.Connection) -> None:
    """Makes the role the owner of the function that runs scripts, with rights to the ledgers and to nothing else."""
    user = await connection.fetchval("select current_user")
    role = f"{user}_bundles"[:_MAX_NAME]
    await _ensure_role(connection, role, user)
    quoted = _quoted(role)
    async with connection.transaction():
        # One deployment at a time; grants to one role at once are refused by the database.
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", role)
        await connection.execute(f"grant usage, create on schema ledgers to {quoted}")
        await connection.execute(f"grant select, references on all tables in schema ledgers to {quoted}")
        owner = await connection.fetchval(
            "select proowner::regrole::text from pg_proc where oid = $1::regprocedure", _FUNCTION
        )
        if owner.strip('"') != role:
            await connection.execute(f"alter function {_FUNCTION} owner to {quoted}")


async def _ensure_role(connection: asyncpg.Connection, role: str, user: str) -> None:
    if await connection.fetchval("select pg_has_role($1, oid, 'MEMBER') from pg_roles where rolname = $2", user, role):
        return
    try:
        async with connection.transaction():
            await connection.execute(f"create role {_quoted(role)} nologin")
            await connection.execute(f"grant {_quoted(role)} to {_quoted(user)}")
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        return  # another deployment was faster
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"The database has no role {role} for scripts of bundles; its administrator makes it with: "
            f"create role {role} nologin; grant {role} to {user}"
        ) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
