"""The intake, decorated by the engine."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from ntro.workflow import NtroWorkflow, ui_step

from .activities import commit_document, extract_fields, parse_document
from .models import CommitInput, Committed, CorrectionEntry, RawDocument, StatementIntakeContext


@workflow.defn
class StatementIntakeWorkflow(NtroWorkflow):
    def __init__(self) -> None:
        super().__init__()
        self._submission: dict[str, Any] | None = None

    @workflow.signal
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self._submission = payload

    @workflow.query
    def submitted_ref(self) -> str | None:
        return None if self._submission is None else self._submission["document_ref"]

    @workflow.run
    async def run(self, ctx: StatementIntakeContext) -> dict[str, Any]:
        await self._await_document(ctx)
        document = await self._parse(ctx)
        extraction = await self._extract(ctx, document)
        approval = await self._approve(extraction)
        corrections = [CorrectionEntry.model_validate(item) for item in approval.get("corrections", [])]
        for entry in corrections:
            for item in extraction.line_items:
                if item.get("id") == entry.line_item_id:
                    item[entry.field] = entry.new_value
        committed = await self._commit(ctx, document, extraction, corrections)
        return committed.model_dump()

    @ui_step(name="await_document", title="Upload document", icon="Upload")
    async def _await_document(self, ctx: StatementIntakeContext) -> None:
        await self.await_signal_with_action(
            predicate=lambda: self._submission is not None,
            action={
                "kind": "submit_file",
                "reason": f"Upload {ctx.source}",
                "args": {
                    "source": ctx.source,
                    "schema_slug": ctx.schema_slug,
                    "signal_task_id": workflow.info().workflow_id,
                    "signal_name": "document_submitted",
                },
            },
            display_hint={"component": "FILE_UPLOAD", "config": {"source": ctx.source}},
            timeout=timedelta(hours=24),
        )

    async def _parse(self, ctx: StatementIntakeContext) -> RawDocument:
        assert self._submission is not None
        return await workflow.execute_activity(
            parse_document,
            args=[ctx, self._submission["document_ref"]],
            start_to_close_timeout=timedelta(minutes=5),
            retry_policy=RetryPolicy(maximum_attempts=3),
        )

    @ui_step(name="extract", title="Extract", icon="ScanText")
    async def _extract(self, ctx: StatementIntakeContext, document: RawDocument) -> Any:
        return await workflow.execute_activity(
            extract_fields, args=[ctx, document], start_to_close_timeout=timedelta(minutes=10)
        )

    @ui_step(name="approve_extraction", title="Approve extraction", icon="Check")
    async def _approve(self, extraction: Any) -> dict[str, Any]:
        return await self.wait_for_action(
            payload=extraction,
            display_hint={"component": "APPROVAL_FORM", "config": {"title": "Extraction"}},
            reason="Agree to what was read",
        )

    @ui_step(name="commit", title="Commit", icon="Save")
    async def _commit(
        self, ctx: StatementIntakeContext, document: RawDocument, extraction: Any, corrections: list[CorrectionEntry]
    ) -> Committed:
        given = CommitInput(context=ctx, document=document, extraction=extraction, corrections=corrections)
        return await workflow.execute_activity(commit_document, given, start_to_close_timeout=timedelta(minutes=5))
