"""Names of those who signed in or acted."""

from collections.abc import Collection

import asyncpg


async def keep(connection: asyncpg.Connection, subject: str, name: str) -> None:
    """Enters the name of `subject`, or the one that it has by now."""
    await connection.execute(
        """
        insert into system.people (subject, name) values ($1, $2)
        on conflict (subject) do update set name = excluded.name, seen_at = now()
        """,
        subject,
        name,
    )


async def names(connection: asyncpg.Connection, subjects: Collection[str]) -> dict[str, str]:
    """The names of those of `subjects` that are known."""
    rows = await connection.fetch("select subject, name from system.people where subject = any($1::text[])", subjects)
    return {row["subject"]: row["name"] for row in rows}
