"""Keys verified within the last second, and when each was last used: what a request need not ask the database."""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import structlog

from ntro_server.errors import Unauthenticated
from ntro_workspace.db.database import Database
from ntro_workspace.db.shared_reads import SharedReads
from ntro_workspace.keys import repository, service
from ntro_workspace.keys.types import Principal

TRUSTED_SECONDS = 0.9
"""How long a verified key is believed. A key revoked by another process ends within a second, one by this at once."""

NOTE_SECONDS = 5.0
MAX_KNOWN = 10_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    until: float
    generation: int


class Keyring:
    """Authenticates callers. `run` writes down, every few seconds, when keys were last used."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._known: dict[bytes, _Known] = {}
        self._used: dict[str, datetime] = {}
        self._generation = 0
        self._renewing = SharedReads[Principal]()

    def recall(self, header: str | None) -> Principal | None:
        """The principal of an `Authorization` header that was verified within the last second."""
        known = self._known.get(_name(header))
        if known is None or known.generation != self._generation or known.until < time.monotonic():
            return None
        self._used[known.principal.key_id] = datetime.now(UTC)
        return known.principal

    async def authenticate(self, connection: asyncpg.Connection, header: str | None) -> Principal:
        """The principal of an `Authorization` header.

        Raises:
            Unauthenticated: there is no bearer key, or it is malformed, unknown, revoked or expired.
        """
        if (principal := self.recall(header)) is not None:
            return principal
        name, generation = _name(header), self._generation
        try:
            principal = await service.authenticate(connection, header, self._pepper)
        except Unauthenticated:
            self._known.pop(name, None)
            raise
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[name] = _Known(principal, time.monotonic() + TRUSTED_SECONDS, generation)
        self._used[principal.key_id] = datetime.now(UTC)
        return principal

    async def renew(self, database: Database, header: str | None) -> Principal | None:
        """As `recall`; a key that was good when last seen is verified again, once for all who ask with it now."""
        if (principal := self.recall(header)) is not None:
            return principal
        name = _name(header)
        if name not in self._known:
            return None

        async def verify() -> Principal:
            async with database.reading() as connection:
                return await self.authenticate(connection, header)

        try:
            return await self._renewing.get(name, verify)
        except Unauthenticated:
            return None

    def forget(self) -> None:
        """Believes nothing that was verified, or is being verified, before; called after each change."""
        self._generation += 1

    async def note_uses(self, connection: asyncpg.Connection) -> None:
        """Writes down when keys were last used."""
        used, self._used = self._used, {}
        if used:
            await repository.note_uses(connection, list(used), list(used.values()))

    async def run(self, database: Database) -> None:
        """Writes uses down until it is cancelled."""
        while True:
            await asyncio.sleep(NOTE_SECONDS)
            try:
                async with database.transaction() as connection:
                    await self.note_uses(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("uses of keys cannot be noted", error_type=type(error).__name__)


def _name(header: str | None) -> bytes:
    return hashlib.sha256((header or "").encode("utf-8", "surrogateescape")).digest()
