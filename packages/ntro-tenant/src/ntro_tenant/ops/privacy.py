"""Keeps the words of unexpected errors out of the ops queue, whose payloads whoever runs Temporal can read."""

from typing import Any

import structlog
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from ntro_tenant.ops.tasks import BadCommandError

_log = structlog.get_logger(__name__)


class QuietFailures(Interceptor):
    """Lets an activity fail with the error's class alone; the cell's log has its words."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        """Wraps the activities of the ops worker."""
        return _Quiet(next)


class _Quiet(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        try:
            return await self.next.execute_activity(input)
        except (ApplicationError, CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - each leaves here as a failure without its words
            kind = type(error).__name__
            _log.warning("command failed", command=input.fn.__name__, error_type=kind, exc_info=error)
            final = isinstance(error, BadCommandError)
            words = str(error) if final else f"{kind}; the cell's log has the reason."
            raise ApplicationError(words, type=kind, non_retryable=final) from None
