"""Child runs: where they run, what they are called, what their parent learns of them."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any, TypeVar, overload

from temporalio import workflow
from temporalio.exceptions import FailureError

from ntro.workflow._definitions import workflow_definition, workflow_type
from ntro.workflow._failures import describe
from ntro.workflow._gate import SUBMISSIONS, Gate
from ntro.workflow._sign_offs import SignOffs
from ntro.workflow._state import ChildHandle
from ntro.workflow.decisions import CHILD_PROGRESS_SIGNAL
from ntro.workflow.records import RECORDED_QUEUE_PREFIX
from ntro.workflow.registry import get_registered, workflow_type_of

R = TypeVar("R")


class Children(SignOffs):
    """Dispatching other runbooks."""

    @overload
    async def run_child_workflow(
        self, *, slug: str, input: Any, step_id: str | None = None, result_type: None = None
    ) -> Any: ...
    @overload
    async def run_child_workflow(
        self, *, slug: str, input: Any, step_id: str | None = None, result_type: type[R]
    ) -> R: ...
    async def run_child_workflow(
        self,
        *,
        slug: str,
        input: Any,  # noqa: A002 - the published name of the argument
        step_id: str | None = None,
        result_type: type | None = None,
    ) -> Any:
        """Run another runbook and return its result.

        Args:
            slug: the child's runbook.
            input: its context.
            step_id: the step that it belongs to; the current one when not given.
            result_type: read the result as this type; else as the child declares, else as plain JSON.

        Raises:
            RuntimeError: nothing runs that slug.
            temporalio.exceptions.ChildWorkflowError: the child failed.
        """
        step = self._child_step(step_id, slug)
        workflow_id = self._child_id(f"{workflow.info().workflow_id}:{step}:{slug}")
        return await self._run_child(workflow_id, slug=slug, step=step, given=input, result_type=result_type)

    @overload
    async def run_child_workflows(
        self, *, slug: str, inputs: Sequence[Any], step_id: str | None = None, result_type: None = None
    ) -> list[Any]: ...
    @overload
    async def run_child_workflows(
        self, *, slug: str, inputs: Sequence[Any], step_id: str | None = None, result_type: type[R]
    ) -> list[R]: ...
    async def run_child_workflows(
        self, *, slug: str, inputs: Sequence[Any], step_id: str | None = None, result_type: type | None = None
    ) -> list[Any]:
        """Run another runbook once for each input, all at once; the results are in the order of the inputs.

        Raises:
            temporalio.exceptions.ChildWorkflowError: one failed; raised after all have ended.
        """
        step = self._child_step(step_id, slug)
        base = f"{workflow.info().workflow_id}:{step}:{slug}"
        wanted = [base] if len(inputs) == 1 else [f"{base}:{index}" for index in range(len(inputs))]
        ids = [self._child_id(child_id) for child_id in wanted]
        return await all_results(
            [
                self._run_child(child_id, slug=slug, step=step, given=given, result_type=result_type)
                for child_id, given in zip(ids, inputs, strict=True)
            ]
        )

    def _child_step(self, step_id: str | None, slug: str) -> str:
        step = step_id or self._step_id_here() or slug
        if not self._step_stack:
            self._current_step_id = step
        return step

    def _child_id(self, wanted: str) -> str:
        """`wanted`, or `wanted:2` and so on where this run has dispatched a child of that id before."""
        numbered = (f"{wanted}:{number}" for number in itertools.count(2))
        child_id = next(name for name in itertools.chain([wanted], numbered) if name not in self._child_ids)
        self._child_ids.add(child_id)
        return child_id

    async def _run_child(
        self, workflow_id: str, *, slug: str, step: str, given: Any, result_type: type | None = None
    ) -> Any:
        running = await self._start_child(workflow_id, slug=slug, given=given, result_type=result_type)
        child = ChildHandle(
            workflow_id=workflow_id, run_id=running.first_execution_run_id or "", step_id=step, slug=slug
        )
        self._children_by_step_id.setdefault(step, []).append(child)
        self._recorder.add("child.started", workflow_id=workflow_id, step_id=step, slug=slug)
        try:
            child.result = await running
        except Exception as error:
            child.status, child.result = "failed", describe(error).message
            raise
        else:
            child.status = "completed"
        finally:
            if child.status != "running":
                status = child.status
                self._recorder.add("child.closed", workflow_id=workflow_id, step_id=step, slug=slug, status=status)
        return child.result

    async def _start_child(
        self, workflow_id: str, *, slug: str, given: Any, result_type: type | None
    ) -> workflow.ChildWorkflowHandle[Any, Any]:
        queue = None
        registered = get_registered(slug)
        if registered is not None:
            kind = workflow_type(registered)
            result_type = result_type or workflow_definition(registered).ret_type
        elif self._recorder.enabled or workflow.info().task_queue.startswith(RECORDED_QUEUE_PREFIX):
            kind, queue = workflow_type_of(slug), RECORDED_QUEUE_PREFIX + slug
        else:
            raise RuntimeError(f"nothing runs the runbook {slug}: register it or deploy it")
        return await workflow.start_child_workflow(
            kind,
            given,
            id=workflow_id,
            task_queue=queue,
            result_type=result_type,
            # A child of a run that ends early is told so and records it; terminated, it would look as if it still ran.
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
        )

    @workflow.signal(name=CHILD_PROGRESS_SIGNAL)
    def _child_progressed(self, progress: dict[str, Any]) -> None:
        self._child_progress_shown(progress["workflow_id"], progress["status"])
        for actor in progress["actors"]:
            self._note_actor(actor)
        self._reports_due = True

    def _child_progress_shown(self, workflow_id: str, status: str) -> None:
        """A child's progress has no place to be shown unless documents are being collected."""

    def _close_gate(self, gate: Gate, outcome: str) -> None:
        super()._close_gate(gate, outcome)
        if outcome in ("satisfied", "decided"):
            self._reports_due = True
            self._submitted = self._submitted or gate.kind in SUBMISSIONS

    async def _report_progress(self) -> None:
        """Tell the parent run, as long as this one runs, that a document arrived and who acted here."""
        info = workflow.info()
        parent = info.parent
        if parent is None or not info.workflow_id.startswith(f"{parent.workflow_id}:"):
            return
        handle = workflow.get_external_workflow_handle(parent.workflow_id, run_id=parent.run_id)
        while True:
            await workflow.wait_condition(lambda: self._reports_due)
            self._reports_due = False
            status = "processing" if self._submitted else "pending"
            progress = {"workflow_id": info.workflow_id, "status": status, "actors": sorted(self._actors)}
            try:
                await handle.signal(CHILD_PROGRESS_SIGNAL, progress)
            except FailureError as error:
                workflow.logger.info("the parent of %s has ended", info.workflow_id, exc_info=error)
                return


async def all_results(running: Sequence[Any]) -> list[Any]:
    """Results in order; waits for all, then raises the first failure in that order."""
    outcomes = await asyncio.gather(*running, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return list(outcomes)
