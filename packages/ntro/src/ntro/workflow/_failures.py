"""What went wrong, told by the cause and not by the wrapping of the engine."""

import asyncio
from dataclasses import dataclass

from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError, FailureError


@dataclass(frozen=True, slots=True)
class Failure:
    """The class name of the error that began it, and its message."""

    type: str
    message: str


def describe(error: BaseException) -> Failure:
    """The failure behind `error`: an activity's or a child's own error instead of the engine's wrapper."""
    cause = root_cause(error)
    if isinstance(cause, ApplicationError):
        return Failure(type=cause.type or type(cause).__name__, message=cause.message)
    if isinstance(cause, FailureError):
        return Failure(type=type(cause).__name__, message=cause.message)
    return Failure(type=type(cause).__name__, message=str(cause))


def root_cause(error: BaseException) -> BaseException:
    """`error` without the engine's wrappers around an activity's or a child's error."""
    cause = error
    while isinstance(cause, ActivityError | ChildWorkflowError) and cause.cause is not None:
        cause = cause.cause
    return cause


def as_run_failure(error: Exception) -> BaseException:
    """`error` as something that fails the run at once instead of being retried as a broken worker.

    A gate's expiry and the engine's own failures do so already.
    """
    if isinstance(error, FailureError | asyncio.TimeoutError):
        return error
    failure = describe(error)
    return ApplicationError(failure.message, type=failure.type, non_retryable=True)
