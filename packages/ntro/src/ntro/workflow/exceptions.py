"""Errors that runbooks raise and catch."""

from typing import Any

from temporalio.exceptions import ActivityError, ApplicationError

__all__ = ["ActivityError", "ApplicationError", "WorkflowError"]


class WorkflowError(ApplicationError):
    """Fails the run with a message for people and a `type` for machines.

    Args:
        message: what, where and what to do next.
        type: the failure's code; the class name when not given.
        non_retryable: whether an activity that raises this is not tried again.
        **options: what `ApplicationError` takes beside, such as `next_retry_delay`.
    """

    def __init__(
        self,
        message: str,
        *,
        type: str | None = None,  # noqa: A002 - the published name of the argument
        non_retryable: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(message, type=type or self.__class__.__name__, non_retryable=non_retryable, **options)
