"""What went wrong, told by the cause and not by the wrapping of the engine."""

from dataclasses import dataclass

from pydantic import ValidationError
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError, FailureError

from ntro.types.validation import in_words


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
    message = f"{cause.title}: {in_words(cause)}." if isinstance(cause, ValidationError) else str(cause)
    return Failure(type=type(cause).__name__, message=message)


def root_cause(error: BaseException) -> BaseException:
    """`error` without the engine's wrappers around an activity's or a child's error."""
    cause = error
    while isinstance(cause, ActivityError | ChildWorkflowError) and cause.cause is not None:
        cause = cause.cause
    return cause


def fails_the_run(error: Exception) -> bool:
    """Whether the engine takes `error` for the run's outcome: its own failures and a gate's expiry."""
    return isinstance(error, FailureError | TimeoutError)


def as_run_failure(error: Exception) -> ApplicationError:
    """`error` as something that fails the run at once instead of being retried as if the worker were broken."""
    failure = describe(error)
    return ApplicationError(failure.message, type=failure.type, non_retryable=True)
