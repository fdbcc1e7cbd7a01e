"""The batch, in the facade's dialect; it logs by a name that it does not import, as published runbooks do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from ntro.subledger import review
from ntro.subledger.types.expenses import ExpenseRow
from ntro.workflow import IngestOutcome, NtroWorkflow, runbook, ui_step

from .activities import apply_corrections, load_rows, post_batch, settle_batch
from .models import PostResult, SpendBatchContext


@runbook.defn
class SpendBatchWorkflow(NtroWorkflow):
    def __init__(self) -> None:
        super().__init__()
        self._rows: list[dict[str, Any]] = []
        self._collected = False

    @runbook.signal
    def data_submitted(self, payload: dict[str, Any]) -> None:
        self._rows += payload["data"].get("rows", [payload["data"]])
        self._collected = True

    @runbook.signal(name="document_submitted")
    def document_submitted(self, payload: dict[str, Any]) -> None:
        self._rows.append({"vendor": payload.get("filename", "file"), "amount": "10.00"})
        self._collected = True

    @runbook.query(name="row_count")
    def row_count(self) -> int:
        return len(self._rows)

    @runbook.run
    async def run(self, ctx: SpendBatchContext) -> dict[str, Any]:
        self._task_id = str(UUID(runbook.info().workflow_id.split(":")[0]))
        self._params = {"context": ctx.model_dump(mode="json"), "task_id": self._task_id}
        await self.collect(ctx)
        approval = await self.review(ctx)
        if approval.get("kind", "approve") == "reject":
            workflow.logger.info("batch rejected")
            await runbook.execute_activity(
                settle_batch, args=[self._params, False], start_to_close_timeout=timedelta(seconds=30)
            )
            return {"status": "rejected", "posted": 0}
        return (await self.post(ctx, approval)).model_dump(mode="json")

    @runbook.step(name="collect", title="Collect", icon="Upload")
    async def collect(self, ctx: SpendBatchContext) -> int:
        await self.await_signal_with_action(
            predicate=lambda: self._collected,
            action={
                "kind": "submit_file",
                "reason": "Waiting for expenses",
                "args": {
                    "source": "expenses",
                    "schema_slug": "expenses",
                    "signal_task_id": runbook.info().workflow_id,
                    "signal_name": "document_submitted",
                },
                "display_hint": {"component": "FILE_UPLOAD", "config": {"accept": [".csv", ".xlsx"]}},
            },
            timeout=timedelta(hours=ctx.collect_timeout_hours),
        )
        loaded = await runbook.execute_activity(
            load_rows,
            args=[self._params | {"rows": self._rows}, self._task_id],
            start_to_close_timeout=timedelta(minutes=2),
        )
        self._shown = loaded.line_items
        self.set_user_feedback(
            kind="ingest",
            payload=IngestOutcome.from_counts(parsed_rows=len(self._rows), accepted_rows=loaded.accepted),
        )
        return loaded.accepted

    @ui_step(name="review", title="Review", icon="ListChecks")
    async def review(self, ctx: SpendBatchContext) -> dict[str, Any]:
        config = review.data_table_config(
            ExpenseRow,
            title=f"Expenses {ctx.period}",
            actions=[{"id": "approve", "label": "Approve", "kind": "approve"}],
        )
        return await self.wait_for_action(
            payload={"line_items": self._shown, "columns": config.get("columns", [])},
            display_hint={"component": "DATA_TABLE", "config": config},
            reason="Review the batch",
        )

    def on_row_action(self, action: dict[str, Any]) -> None:
        payload = action["payload"]
        for item in self._pending_payload["line_items"]:
            if item["id"] == payload["row_id"]:
                if payload["action"] == "reject_row":
                    item["status"] = "REJECTED"
                else:
                    item[payload["field"]] = payload["value"]

    @runbook.step(name="post", title="Post", icon="BookCheck")
    async def post(self, ctx: SpendBatchContext, approval: dict[str, Any]) -> PostResult:
        corrections = approval.get("corrections", [])
        if corrections:
            await runbook.execute_activity(
                apply_corrections, args=[self._params, corrections], start_to_close_timeout=timedelta(seconds=30)
            )
        await runbook.execute_activity(
            settle_batch, args=[self._params, True], start_to_close_timeout=timedelta(seconds=30)
        )
        if not ctx.gl:
            workflow.logger.info("no general ledger connected")
            return PostResult(status="no_gl")
        return await runbook.execute_activity(post_batch, self._params, start_to_close_timeout=timedelta(minutes=5))
