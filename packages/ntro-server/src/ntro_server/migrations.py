"""Numbered SQL migrations: `NNN_name.sql` files, each applied once, in one transaction, in order."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import asyncpg

_NAME = re.compile(r"^(\d{3,})_[a-z0-9_]+\.sql$")
_LOCK = 0x6E74726F  # "ntro": one migrator at a time per database
_LEDGER = """
create table if not exists public.applied_migrations (
    origin text not null, number integer not null, name text not null, sha256 text not null,
    applied_at timestamptz not null default now(), primary key (origin, number)
)"""


RunScript = Callable[[asyncpg.Connection, str], Awaitable[object]]
"""Carries out the text of a script."""


class MigrationError(RuntimeError):
    """A migration is misnamed, was changed after it was applied, or failed; the message names the file."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered script. `sha256` is of its text."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_of_package(package: str) -> list[Migration]:
    """The migrations that lie as `.sql` files in `package`, ordered by number."""
    return _ordered(
        (item.name, item.read_text("utf-8")) for item in files(package).iterdir() if item.name.endswith(".sql")
    )


def migrations_of_folder(folder: Path) -> list[Migration]:
    """The migrations of `folder` (none where it does not exist), ordered by number."""
    found = sorted(folder.glob("*.sql")) if folder.is_dir() else []
    return _ordered((path.name, path.read_text("utf-8")) for path in found)


async def apply_migrations(
    connection: asyncpg.Connection, origin: str, migrations: Iterable[Migration], *, run: RunScript | None = None
) -> list[str]:
    """Applies what `origin` has not applied yet and returns the names of what was applied.

    Args:
        connection: to the database.
        origin: whose scripts they are.
        migrations: scripts, ordered by number.
        run: carries out a script inside its transaction; on the connection itself where it is not given.

    Raises:
        MigrationError: an applied script has changed since, or a script fails (its transaction is rolled back).
    """
    applied: list[str] = []
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        await connection.execute(_LEDGER)
        known = {
            row["number"]: row["sha256"]
            for row in await connection.fetch(
                "select number, sha256 from public.applied_migrations where origin = $1", origin
            )
        }
        for migration in migrations:
            if (before := known.get(migration.number)) is None:
                await _apply(connection, origin, migration, run)
                applied.append(migration.name)
            elif before != migration.sha256:
                raise MigrationError(
                    f"Migration {migration.name} of {origin} was changed after it was applied; add a new one."
                )
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)
    return applied


async def _apply(connection: asyncpg.Connection, origin: str, migration: Migration, run: RunScript | None) -> None:
    try:
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '5s'")
            await (connection.execute(migration.sql) if run is None else run(connection, migration.sql))
            await connection.execute(
                "insert into public.applied_migrations (origin, number, name, sha256) values ($1, $2, $3, $4)",
                origin,
                migration.number,
                migration.name,
                migration.sha256,
            )
    except asyncpg.PostgresError as error:
        raise MigrationError(f"Migration {migration.name} of {origin} failed: {error}") from error


def _ordered(scripts: Iterable[tuple[str, str]]) -> list[Migration]:
    found: dict[int, Migration] = {}
    for name, sql in scripts:
        match = _NAME.match(name)
        if match is None:
            raise MigrationError(f"Migration {name} is misnamed; expected NNN_name.sql, lower case.")
        number = int(match[1])
        if number in found:
            raise MigrationError(f"Migrations {found[number].name} and {name} carry the same number.")
        found[number] = Migration(number, name, sql)
    return [found[number] for number in sorted(found)]
