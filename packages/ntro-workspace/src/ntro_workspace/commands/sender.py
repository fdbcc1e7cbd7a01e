"""Sends what is in the outbox, in order, again and again until Temporal has taken it."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import structlog
from temporalio.service import RPCError

from ntro_workspace.commands import repository
from ntro_workspace.commands.service import DELETE_SCHEDULE, PUT_SCHEDULE
from ntro_workspace.commands.temporal import KeptSchedule, TemporalGateway
from ntro_workspace.db.database import Database
from ntro_workspace.db.rows import wire_value

BATCH = 50
FIRST_DELAY = timedelta(milliseconds=200)
MAX_DELAY = timedelta(seconds=5)
IDLE_SECONDS = 30.0

_log = structlog.get_logger(__name__)


class CommandSender:
    """One background task. A command is removed only after Temporal acknowledged it; its id makes repeats harmless."""

    def __init__(self, database: Database, temporal: TemporalGateway) -> None:
        self._database = database
        self._temporal = temporal
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Tells the sender that there may be something new."""
        self._awake.set()

    async def run(self) -> None:
        """Sends until it is cancelled."""
        while True:
            self._awake.clear()
            try:
                pause = await self._send_due()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("the outbox cannot be read", error_type=type(error).__name__)
                pause = FIRST_DELAY.total_seconds()
            try:
                async with asyncio.timeout(pause):
                    await self._awake.wait()
            except TimeoutError:
                continue

    async def _send_due(self) -> float:
        """Sends what is due; answers the seconds until it is worth looking again."""
        async with self._database.transaction() as connection:
            rows = await repository.due(connection, BATCH)
        for row in rows:
            sent = await self._send(row)
            async with self._database.transaction() as connection:
                if sent:
                    await repository.done(connection, row["id"])
                else:
                    await repository.postpone(connection, row["id"], _delay(row["attempts"]))
        async with self._database.transaction() as connection:
            pause = await repository.seconds_to_next(connection)
        return IDLE_SECONDS if pause is None else min(max(pause, 0.0), IDLE_SECONDS)

    async def _send(self, row: asyncpg.Record) -> bool:
        try:
            await self._dispatch(row)
        except (RPCError, RuntimeError, OSError) as error:
            _log.warning("command not sent", key=row["key"], command=row["command"], error_type=type(error).__name__)
            return False
        return True

    async def _dispatch(self, row: asyncpg.Record) -> None:
        tenant, value = row["tenant_slug"], wire_value(row["input"])
        match row["command"]:
            case command if command == PUT_SCHEDULE:
                await self._temporal.put_schedule(tenant, UUID(row["key"]), KeptSchedule(**value))
            case command if command == DELETE_SCHEDULE:
                await self._temporal.delete_schedule(tenant, UUID(row["key"]))
            case command:
                await self._temporal.start(tenant, command, row["key"], value)


def _delay(attempts: int) -> timedelta:
    return min(FIRST_DELAY * (1 << min(attempts, 10)), MAX_DELAY)
