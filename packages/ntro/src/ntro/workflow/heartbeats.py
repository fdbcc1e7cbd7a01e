"""Lets the engine notice within seconds that an activity's worker has died, however long the activity may take.

Every activity is given a heartbeat timeout where the runbook names none, and its worker beats for it. What the
activity itself reports in its heartbeats is kept: each beat repeats the last report.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

HEARTBEAT_TIMEOUT = timedelta(seconds=10)
"""How long a worker may be silent before its activity is given to another one."""

BEAT = timedelta(seconds=2)


class HeartbeatInterceptor(Interceptor):
    """Beats for every activity that has a heartbeat timeout."""

    def __init__(self, *, every: timedelta = BEAT) -> None:
        self._every = every

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the engine's name
        """The worker's side of one activity."""
        return _Beating(next, self._every)


class _Beating(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, every: timedelta) -> None:  # noqa: A002 - the engine's name
        super().__init__(next)
        self._every = every.total_seconds()
        self._reports: _LastReport | None = None

    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        self._reports = _LastReport(outbound)
        super().init(self._reports)

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the engine's name
        info = activity.info()
        if info.is_local or info.heartbeat_timeout is None or self._reports is None:
            return await super().execute_activity(input)
        self._reports.last = info.heartbeat_details
        beating = asyncio.create_task(self._beat(self._reports))
        try:
            return await super().execute_activity(input)
        finally:
            beating.cancel()

    async def _beat(self, reports: "_LastReport") -> None:
        while True:
            await asyncio.sleep(self._every)
            reports.heartbeat(*reports.last)


class _LastReport(ActivityOutboundInterceptor):
    """Remembers what the activity reported last."""

    last: Sequence[Any] = ()

    def heartbeat(self, *details: Any) -> None:
        self.last = details
        super().heartbeat(*details)
