"""Ships status reports to Workspace: in order, again until acknowledged, buffered in the outbox meanwhile."""

import asyncio

import asyncpg
import httpx2
import structlog

from ntro.workspace.wire import MAX_REPORTS, StatusAck, StatusBatch, TaskReport
from ntro_tenant.core.recording.reports import OUTBOX_CHANNEL
from ntro_tenant.ops.cell import Cell

IDLE_SECONDS = 5.0
_BACKOFF_FIRST = 0.2
_BACKOFF_MAX = 5.0
_PERMANENT = {400, 413, 422}
_log = structlog.get_logger(__name__)


class ListenerLostError(ConnectionError):
    """Nobody tells of new reports any more."""


class StatusShipper:
    """Empties `system.outbox`. A report that Workspace will never take is dropped with an error in the log."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._wake = asyncio.Event()
        self._lost = False

    async def run(self) -> None:
        """Ships until cancelled; waits longer each time while Workspace is down.

        Raises:
            ListenerLostError: the database has ended the connection that tells of new reports; call it again.
        """
        self._lost = False
        async with self._cell.pool.acquire() as listener:
            listener.add_termination_listener(self._lose)
            await listener.add_listener(OUTBOX_CHANNEL, self._woken)
            try:
                await self._ship_while_told()
            finally:
                if not self._lost:
                    listener.remove_termination_listener(self._lose)
                    await listener.remove_listener(OUTBOX_CHANNEL, self._woken)
        raise ListenerLostError("The database has ended the connection that tells of new status reports.")

    async def _ship_while_told(self) -> None:
        pause = _BACKOFF_FIRST
        while not self._lost:
            self._wake.clear()
            try:
                shipped = await self.ship_pending()
            except (httpx2.HTTPError, asyncpg.PostgresError, OSError, ValueError) as error:
                _log.warning("status not shipped", error=str(error), again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _BACKOFF_MAX)
            else:
                pause = _BACKOFF_FIRST
                if not shipped:
                    await self._idle()

    async def ship_pending(self) -> int:
        """Ships what lies in the outbox, at most one batch; how many reports left it.

        Raises:
            httpx2.HTTPError: Workspace does not answer, or not with an acknowledgement.
            ValueError: its answer is no acknowledgement.
        """
        rows = await self._cell.pool.fetch("select id, report from system.outbox order by id limit $1", MAX_REPORTS)
        if not rows:
            return 0
        try:
            await self._post(rows)
        except httpx2.HTTPStatusError as error:
            if error.response.status_code not in _PERMANENT:
                raise
            return await self._ship_singly(rows)
        await self._forget(rows)
        return len(rows)

    async def _ship_singly(self, rows: list[asyncpg.Record]) -> int:
        for row in rows:
            try:
                await self._post([row])
            except httpx2.HTTPStatusError as error:
                if error.response.status_code not in _PERMANENT:
                    raise
                _log.error("status report refused for good", outbox_id=row["id"], status=error.response.status_code)
            await self._forget([row])
        return len(rows)

    async def _post(self, rows: list[asyncpg.Record]) -> None:
        batch = StatusBatch(reports=[TaskReport.model_validate(row["report"]) for row in rows])
        response = await self._cell.http.post(
            "internal/status", content=batch.model_dump_json(), headers={"Content-Type": "application/json"}
        )
        response.raise_for_status()
        StatusAck.model_validate_json(response.content)

    async def _forget(self, rows: list[asyncpg.Record]) -> None:
        await self._cell.pool.execute("delete from system.outbox where id = any($1)", [row["id"] for row in rows])

    async def _idle(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return

    def _woken(self, *_notification: object) -> None:
        self._wake.set()

    def _lose(self, _connection: object) -> None:
        self._lost = True
        self._wake.set()
