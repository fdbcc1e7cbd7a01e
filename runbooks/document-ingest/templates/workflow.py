"""Takes one document in: await, read, review, commit."""

from datetime import timedelta
from typing import Any

from ntro.workflow import NtroWorkflow, UserAction, runbook
from ntro.workflow.exceptions import ActivityError

from .activities import apply_corrections, commit_document, read_submission
from .models import (
    CommitInput,
    CorrectInput,
    DocumentIngestContext,
    IngestedDocument,
    Reading,
    ReadInput,
    Submission,
)

MAX_SUBMISSIONS = 3
READ_TIMEOUT = timedelta(minutes=5)
STORE_TIMEOUT = timedelta(minutes=2)


@runbook.defn
class DocumentIngestWorkflow(NtroWorkflow):
    """One document, from upload to committed figures."""

    def __init__(self) -> None:
        super().__init__()
        self._submissions: list[Submission] = []
        self._used = 0
        self._corrections: list[dict[str, Any]] = []
        self._reviewer: str | None = None

    @runbook.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        """A document was stored for this run. One that waits to be read already counts once."""
        submission = Submission.model_validate(payload)
        if all(known.document_ref != submission.document_ref for known in self._submissions[self._used :]):
            self._submissions.append(submission)

    @runbook.run
    async def run(self, context: DocumentIngestContext) -> IngestedDocument:
        if context.document_ref:
            self._submissions.append(Submission(document_ref=context.document_ref))
        rejected = 0
        while rejected < MAX_SUBMISSIONS:
            submission = await self.await_submission(context)
            reading = await self.read_file(context, submission)
            if reading.refused_code is not None:
                self.set_user_feedback(kind="ingest", level="error", payload=refusal(reading))
                continue
            reviewed = await self.review(context, submission, reading)
            if reviewed is not None:
                return await self.commit(context, submission, reviewed)
            rejected += 1
            self.set_user_feedback(kind="ingest", level="warning", payload=rejection(reading))
        return IngestedDocument(status="rejected", source=context.source, schema_slug=context.schema_slug)

    @runbook.step(name="await_document", title="Await document", icon="Upload")
    async def await_submission(self, context: DocumentIngestContext) -> Submission:
        """The next submission that was not looked at yet."""
        await self.await_signal_with_action(
            predicate=lambda: len(self._submissions) > self._used,
            action={
                "kind": "submit_file",
                "reason": context.title or f"Submit the {context.source} for {context.period}",
                "args": {
                    "source": context.source,
                    "schema_slug": context.schema_slug,
                    "signal_task_id": runbook.info().workflow_id,
                    "signal_name": "document_submitted",
                },
            },
            display_hint={
                "component": "FILE_UPLOAD",
                "config": {"title": context.title, "instructions": context.instructions, "accept": context.accept},
            },
            timeout=timedelta(hours=context.timeout_hours),
        )
        self._used += 1
        return self._submissions[self._used - 1]

    @runbook.step(name="read_document", title="Read document", icon="ScanText")
    async def read_file(self, context: DocumentIngestContext, submission: Submission) -> Reading:
        """The figures of the file, or its refusal."""
        reading: Reading = await runbook.execute_activity(
            read_submission,
            ReadInput(
                tenant_slug=context.tenant_slug,
                document_ref=submission.document_ref,
                schema_slug=context.schema_slug,
            ),
            start_to_close_timeout=READ_TIMEOUT,
        )
        return reading

    @runbook.step(name="review_document", title="Review", icon="ClipboardCheck")
    async def review(self, context: DocumentIngestContext, submission: Submission, reading: Reading) -> Reading | None:
        """The reading as a person approved it, or none where it was rejected."""
        self._corrections = []
        if context.review == "when_issues" and not reading.issues:
            return reading
        while True:
            answer = await self.wait_for_action(
                payload=shown(submission, reading),
                display_hint=review_hint(context, submission, reading),
                reason=f"Review {reading.filename}" + (f": {len(reading.issues)} to look at" if reading.issues else ""),
            )
            if answer.action == "rejected":
                return None
            self._reviewer = answer.actor
            if not answer.corrections:
                if answer.action == "approved":
                    return reading
                continue
            seen = reading.issues
            try:
                reading = await self.correct(reading, answer)
            except ActivityError as error:
                self.set_user_feedback(kind="correction", level="error", payload={"message": str(error.cause)})
                continue
            # What a correction broke nobody has seen yet, so nobody can have approved it.
            if answer.action == "approved" and all(issue in seen for issue in reading.issues):
                return reading

    async def correct(self, reading: Reading, answer: UserAction) -> Reading:
        """The reading with the answer's corrections, kept for the record."""
        corrected: Reading = await runbook.execute_activity(
            apply_corrections,
            CorrectInput(reading=reading, corrections=answer.corrections),
            start_to_close_timeout=STORE_TIMEOUT,
        )
        self._corrections.extend({**correction, "actor": answer.actor} for correction in answer.corrections)
        return corrected

    @runbook.step(name="commit_document", title="Commit", icon="DatabaseZap")
    async def commit(
        self, context: DocumentIngestContext, submission: Submission, reading: Reading
    ) -> IngestedDocument:
        """Stores what was reviewed."""
        committed: IngestedDocument = await runbook.execute_activity(
            commit_document,
            CommitInput(
                context=context,
                task_id=runbook.info().workflow_id.split(":", maxsplit=1)[0],
                document_ref=submission.document_ref,
                reading=reading,
                corrections=self._corrections,
                reviewed_by=self._reviewer,
            ),
            start_to_close_timeout=STORE_TIMEOUT,
        )
        return committed


def review_hint(context: DocumentIngestContext, submission: Submission, reading: Reading) -> dict[str, Any]:
    """How the review is shown."""
    return {
        "component": "DATA_TABLE",
        "config": {
            "type": "review_extraction",
            "schema_slug": reading.schema_slug,
            "title": context.title or context.source,
            "datasets": [{"key": "line_items", "data_key": "line_items", "label": "Lines"}],
            "document_ref": submission.document_ref,
        },
    }


def shown(submission: Submission, reading: Reading) -> dict[str, Any]:
    """What the reviewer sees."""
    return {
        "document_ref": submission.document_ref,
        "filename": reading.filename,
        "schema_slug": reading.schema_slug,
        "summary": reading.summary,
        "fields": reading.fields,
        "line_items": reading.line_items,
        "issues": reading.issues,
    }


def refusal(reading: Reading) -> dict[str, Any]:
    """Why a file was refused, for the upload gate that opens again."""
    return {
        "status": "failed",
        "code": reading.refused_code,
        "message": f"{reading.filename}: {reading.refused_message}",
    }


def rejection(reading: Reading) -> dict[str, Any]:
    """That a person said no, for the upload gate that opens again."""
    message = f"{reading.filename} was rejected; submit another document."
    return {"status": "failed", "code": "rejected", "message": message}
