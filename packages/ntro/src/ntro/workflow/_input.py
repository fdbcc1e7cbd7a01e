"""Leaves a run's input unread until the run has begun, so that one that cannot be read is a recorded failure."""

import dataclasses
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.worker import (
    ExecuteWorkflowInput,
    UnsandboxedWorkflowRunner,
    WorkflowInstance,
    WorkflowInstanceDetails,
)

from ntro.workflow._definitions import workflow_definition

_TAKES_INPUT_AT_ONCE = "__temporal_workflow_init"
"""The engine's mark of a constructor that is given the input: such a class cannot wait for it."""


class UnreadInputRunner(UnsandboxedWorkflowRunner):
    """Runs workflows, inside the sandbox or without it; their input is read by `read_input`."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A run."""
        return super().create_instance(_unread(det))


def read_input(given: ExecuteWorkflowInput) -> None:
    """Turn what is still unread into what the run declares; call it inside the run.

    Raises:
        temporalio.exceptions.ApplicationError: of type `InvalidInput`: it does not fit.
    """
    if not any(isinstance(arg, RawValue) for arg in given.args):
        return
    payloads = [arg.payload for arg in given.args]
    hints: list[type] = workflow_definition(given.type).arg_types
    given.args = workflow.payload_converter().from_payloads(payloads, hints)


def _unread(details: WorkflowInstanceDetails) -> WorkflowInstanceDetails:
    definition: Any = details.defn
    if not definition.arg_types or hasattr(definition.cls.__init__, _TAKES_INPUT_AT_ONCE):
        return details
    raw = dataclasses.replace(definition, arg_types=[RawValue] * len(definition.arg_types))
    return dataclasses.replace(details, defn=raw)
