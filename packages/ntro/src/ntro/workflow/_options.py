"""What may be said of one call of an activity; the engine's names and meanings."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypedDict

from temporalio.common import Priority, RetryPolicy
from temporalio.workflow import ActivityCancellationType


class ActivityOptions(TypedDict, total=False):
    """Options of one call of an activity; those of the engine."""

    task_queue: str | None
    result_type: type | None
    schedule_to_close_timeout: timedelta | None
    schedule_to_start_timeout: timedelta | None
    start_to_close_timeout: timedelta | None
    heartbeat_timeout: timedelta | None
    retry_policy: RetryPolicy | None
    cancellation_type: ActivityCancellationType
    activity_id: str | None
    local_retry_threshold: timedelta | None
    summary: str | None
    priority: Priority
    local: bool


class LocalActivityOptions(TypedDict, total=False):
    """Options of one call of an activity in the workflow's own worker; those of the engine."""

    args: Sequence[Any] | None
    result_type: type | None
    schedule_to_close_timeout: timedelta | None
    schedule_to_start_timeout: timedelta | None
    start_to_close_timeout: timedelta | None
    retry_policy: RetryPolicy | None
    local_retry_threshold: timedelta | None
    cancellation_type: ActivityCancellationType
    activity_id: str | None
    summary: str | None
