"""The name that `ntro.workflow.task` had; runbooks written then still import from here."""

from ntro.workflow.task import (
    PreviousTaskHandle,
    find_committed_document,
    find_committed_document_activity,
    load_previous_task_activity,
    previous,
)

load_previous_task = previous

__all__ = [
    "PreviousTaskHandle",
    "find_committed_document",
    "find_committed_document_activity",
    "load_previous_task",
    "load_previous_task_activity",
    "previous",
]
