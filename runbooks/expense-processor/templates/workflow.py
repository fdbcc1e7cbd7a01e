"""Takes a month's expenses in, has a person review them, and posts what was approved."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from ntro.ingest import IngestOutcome
from ntro.workflow import NtroWorkflow, UserAction, runbook
from ntro.workflow.exceptions import ActivityError

from .activities import (
    commit_expenses,
    correct_expenses,
    ingest_expenses,
    load_expenses,
    post_expenses,
    reject_expenses,
)
from .models import (
    CommitInput,
    Committed,
    CorrectInput,
    ExpenseBatch,
    ExpenseProcessorContext,
    Ingested,
    IngestInput,
    PeriodExpenses,
    Posted,
    ReviewRow,
    RowsInput,
    Submission,
)
from .review import after_action, review_hint, review_payload

INGEST_TIMEOUT = timedelta(minutes=5)
STORE_TIMEOUT = timedelta(minutes=2)


@runbook.defn
class ExpenseProcessorWorkflow(NtroWorkflow):
    """One batch of expenses, from submission to posted journals."""

    def __init__(self) -> None:
        super().__init__()
        self._submissions: list[Submission] = []
        self._used = 0
        self._row_ids: list[UUID] = []
        self._shown: list[ReviewRow] = []
        self._outcome = IngestOutcome(message="Nothing was submitted.")
        self._notice: str | None = None
        self._context: ExpenseProcessorContext | None = None

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        """A file was stored for this run."""
        self._take(payload, "document_ref")

    @runbook.signal
    def data_submitted(self, payload: dict[str, Any]) -> None:
        """Rows were submitted as data."""
        self._take(payload, "data")

    def _take(self, payload: dict[str, Any], needed: str) -> None:
        """Remembers a submission, each once; one that says nothing is told to whoever looks at the gate."""
        try:
            submission = Submission.model_validate(payload)
        except ValidationError:
            submission = Submission()
        if getattr(submission, needed) is None:
            said = IngestOutcome(status="failed", message=f"A submission came without a usable {needed}.")
            self.set_user_feedback(kind="ingest", level="error", payload=said)
        elif submission.identity is None or all(known.identity != submission.identity for known in self._submissions):
            self._submissions.append(submission)

    def on_row_action(self, action: dict[str, Any]) -> None:
        """Shows what the ledger made of an edit or a rejection of one row."""
        assert self._context is not None
        self._shown = after_action(self._shown, action.get("payload") or {})
        self._pending_payload.update(review_payload(self._context, self._shown, self._outcome))

    @runbook.run
    async def run(self, context: ExpenseProcessorContext) -> PeriodExpenses:
        self._context = context
        if context.document_ref:
            self._take({"document_ref": context.document_ref}, "document_ref")
        while not self._is_complete(context):
            if not await self.collect(context):
                break
            await self.ingest(context)
        if not self._row_ids:
            return outcome(context, "empty", reason=self._outcome.message)
        while True:
            answer = await self.review(context)
            if answer.action == "rejected":
                return await self.reject(context, answer)
            if self._used < len(self._submissions):
                await self.ingest(context)
                self._notice = "More rows came in while you decided; look at all of them."
                continue
            committed = await self.commit(context)
            if committed.status == "committed" and context.dry_run:
                return await self.rehearse(context, answer)
            if committed.status == "committed":
                return await self.post(context, answer)
            self._notice = notice_of(committed)

    def _is_complete(self, context: ExpenseProcessorContext) -> bool:
        """Whether enough came in: as many rows as are waited for, or one submission that could be read."""
        if self._used < len(self._submissions) or self._used == 0 or self._outcome.status == "failed":
            return False
        return len(self._row_ids) >= (context.target_rows or 0)

    @runbook.step(name="collect_expenses", title="Collect expenses", icon="Upload")
    async def collect(self, context: ExpenseProcessorContext) -> bool:
        """The next submission; false where none comes in time. What became of the one before is shown meanwhile."""
        if self._used:
            level = "error" if self._outcome.status == "failed" else "info"
            self.set_user_feedback(kind="ingest", level=level, payload=self._outcome)
        if self._used < len(self._submissions):
            return True
        try:
            await self.await_signal_with_action(
                predicate=lambda: len(self._submissions) > self._used,
                action={
                    "kind": "submit_file",
                    "reason": f"Submit the expenses of {context.period}",
                    "args": {
                        "source": context.source,
                        "schema_slug": "expenses",
                        "signal_task_id": runbook.info().workflow_id,
                        "signal_name": "document_submitted",
                    },
                },
                display_hint={
                    "component": "FILE_UPLOAD",
                    "config": {
                        "title": f"Expenses of {context.period}",
                        "instructions": "One row for each expense, with at least a vendor and an amount.",
                        "accept": [".csv", ".xlsx"],
                    },
                },
                timeout=timedelta(hours=context.collect_timeout_hours),
            )
        except TimeoutError:
            return False
        return True

    @runbook.step(name="ingest_expenses", title="Read expenses", icon="ScanText")
    async def ingest(self, context: ExpenseProcessorContext) -> IngestOutcome:
        """Everything that was submitted and not read yet, typed and kept row by row."""
        while self._used < len(self._submissions):
            submission = self._submissions[self._used]
            found: Ingested = await runbook.execute_activity(
                ingest_expenses,
                IngestInput(context=context, task_id=task_id(), submission=submission),
                start_to_close_timeout=INGEST_TIMEOUT,
            )
            self._used += 1
            self._row_ids += found.row_ids
            self._outcome = with_progress(found.outcome, len(self._row_ids), context.target_rows)
        return self._outcome

    @runbook.step(name="review_expenses", title="Review expenses", icon="ListChecks")
    async def review(self, context: ExpenseProcessorContext) -> UserAction:
        """A person's decision on the rows as they are in the ledger, with their corrections applied."""
        batch: ExpenseBatch = await runbook.execute_activity(
            load_expenses, self._rows(context), start_to_close_timeout=STORE_TIMEOUT
        )
        self._shown = batch.rows
        while True:
            if self._notice is not None:
                self.set_user_feedback(kind="review", level="warning", payload={"message": self._notice})
            answer = await self.wait_for_action(
                payload=review_payload(context, self._shown, self._outcome),
                display_hint=review_hint(context),
                reason=f"Review {len(self._shown)} expenses of {context.period}",
            )
            self._notice = None
            if answer.action == "rejected" or not answer.corrections:
                return answer
            if await self._corrected(context, answer) and answer.action == "approved":
                return answer

    async def _corrected(self, context: ExpenseProcessorContext, answer: UserAction) -> bool:
        """Applies the corrections of an answer; where they do not fit, the gate says why."""
        request = CorrectInput(**dict(self._rows(context)), corrections=answer.corrections)
        try:
            batch: ExpenseBatch = await runbook.execute_activity(
                correct_expenses, request, start_to_close_timeout=STORE_TIMEOUT
            )
        except ActivityError as error:
            self._notice = str(error.cause)
            return False
        self._shown = batch.rows
        return True

    @runbook.step(name="commit_expenses", title="Commit", icon="DatabaseZap")
    async def commit(self, context: ExpenseProcessorContext) -> Committed:
        """Approves exactly what was shown."""
        committed: Committed = await runbook.execute_activity(
            commit_expenses,
            CommitInput(context=context, task_id=task_id(), shown=self._shown),
            start_to_close_timeout=STORE_TIMEOUT,
        )
        return committed

    @runbook.step(name="post_expenses", title="Post", icon="BookCheck")
    async def post(self, context: ExpenseProcessorContext, answer: UserAction) -> PeriodExpenses:
        """Posts each approved row as a journal."""
        posted: Posted = await runbook.execute_activity(
            post_expenses, self._rows(context), start_to_close_timeout=STORE_TIMEOUT
        )
        return outcome(
            context,
            "posted" if posted.journal_ids else "empty",
            self._shown,
            posted_rows=len(posted.journal_ids),
            posted_total=posted.total,
            journal_ids=posted.journal_ids,
            approved_by=answer.actor,
            reason=answer.reason,
        )

    async def reject(self, context: ExpenseProcessorContext, answer: UserAction) -> PeriodExpenses:
        """Rejects every row: nothing is posted."""
        await runbook.execute_activity(reject_expenses, self._rows(context), start_to_close_timeout=STORE_TIMEOUT)
        counts = {"rejected_rows": len(self._shown), "needs_attention": 0}
        return outcome(context, "rejected", self._shown, **counts, reason=answer.reason)

    async def rehearse(self, context: ExpenseProcessorContext, answer: UserAction) -> PeriodExpenses:
        """Rejects every row of a rehearsal, so that the same expenses can be submitted again."""
        await runbook.execute_activity(reject_expenses, self._rows(context), start_to_close_timeout=STORE_TIMEOUT)
        return outcome(context, "rehearsed", self._shown, approved_by=answer.actor, reason=answer.reason)

    def _rows(self, context: ExpenseProcessorContext) -> RowsInput:
        return RowsInput(context=context, task_id=task_id(), row_ids=self._row_ids)


def task_id() -> UUID:
    """The task that this run, or the run above it, is."""
    return UUID(runbook.info().workflow_id.split(":", maxsplit=1)[0])


def with_progress(found: IngestOutcome, rows: int, target_rows: int | None) -> IngestOutcome:
    """An outcome with how far all submissions have come."""
    if target_rows is None:
        return found
    progress = {"accepted_rows": rows, "target_rows": target_rows}
    return IngestOutcome.model_validate(found.model_dump() | {"progress": progress})


def notice_of(committed: Committed) -> str:
    """Why an approval did not count, for whoever gave it."""
    if committed.status == "changed":
        return "Rows were changed while you decided; look again."
    return "These cannot be posted: " + "; ".join(committed.open_points)


def outcome(
    context: ExpenseProcessorContext, status: Any, rows: Sequence[ReviewRow] = (), **more: Any
) -> PeriodExpenses:
    """What the run leaves behind."""
    counts = {
        "submitted_rows": len(rows),
        "rejected_rows": sum(row.status == "REJECTED" for row in rows),
        "needs_attention": sum(row.status == "NEEDS_ATTENTION" for row in rows),
    }
    return PeriodExpenses(status=status, period=context.period, currency=context.books.currency, **counts | more)
