"""Who is who in this cell: tokens carry names, the audit log carries subjects, people read names."""

from collections.abc import Iterable

import asyncpg

from ntro_tenant.core.people import Person
from ntro_tenant.db import people_repository


async def remember(connection: asyncpg.Connection, person: Person) -> None:
    """Keeps the person's name for those who read what they did, an agent's as an agent's; the newest name counts."""
    if name := person.name.strip():
        await people_repository.keep(connection, person.subject, f"{name} (agent)" if person.agent_id else name)


async def names_of(connection: asyncpg.Connection, subjects: Iterable[str | None]) -> dict[str, str]:
    """The names of `subjects`; who never came here by name is left out."""
    return await people_repository.names(connection, sorted({subject for subject in subjects if subject}))
