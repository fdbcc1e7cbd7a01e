"""Wraps every activity: errors that trying again cannot mend are final, observable results become events."""

from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from ntro.events import emit_observable
from ntro.workflow._failures import describe
from ntro.workflow.records import RECORD_ACTIVITY

_DETERMINISTIC = (ValueError, TypeError, KeyError)
"""Errors of the input; pydantic's `ValidationError` is a `ValueError`."""


class FinalErrors(ActivityInboundInterceptor):
    """The worker's side of an activity."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the engine's name
        """Run, emit what is observable in the result."""
        if activity.info().activity_type == RECORD_ACTIVITY:
            return await super().execute_activity(input)
        try:
            result = await super().execute_activity(input)
            await emit_observable(result)
        except FailureError:
            raise
        except Exception as error:
            if not _is_final(error):
                raise
            raise ApplicationError(describe(error).message, type=type(error).__name__, non_retryable=True) from error
        return result


def _is_final(error: Exception) -> bool:
    """What the error says of itself counts, else whether it is an error of the input."""
    retryable = getattr(error, "retryable", None)
    if isinstance(retryable, bool):
        return not retryable
    return isinstance(error, _DETERMINISTIC)
