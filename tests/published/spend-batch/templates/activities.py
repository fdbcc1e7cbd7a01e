"""Activities of the batch: rows into the subledger, decisions, posting."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from ntro.capabilities import gl
from ntro.capabilities.gl import errors as gl_errors
from ntro.data import get_data_plane
from ntro.ingest import insert_submitted_record
from ntro.subledger import SubledgerStatus
from ntro.subledger import open as open_subledger
from ntro.subledger.types.expenses import ExpenseRow, canonicalize_tabular_expense_rows
from ntro.workflow import activity
from ntro.workflow.task import find_committed_document_activity, load_previous_task_activity

from .models import LoadResult, PostResult, SpendBatchContext

__all__ = [
    "apply_corrections",
    "find_committed_document_activity",
    "load_previous_task_activity",
    "load_rows",
    "post_batch",
    "settle_batch",
]


def ledger(ctx: SpendBatchContext, task_id: str):
    return open_subledger(
        name="expenses", entity_id=UUID(ctx.entity_id), task_id=UUID(task_id), tenant_slug=ctx.tenant_slug
    )


@activity.defn(name="spend_batch.load_rows")
async def load_rows(params: dict[str, Any], task_id: str) -> LoadResult:
    ctx = SpendBatchContext.model_validate(params["context"])
    db = await get_data_plane(ctx.tenant_slug)
    accepted, rejected = canonicalize_tabular_expense_rows(params["rows"])
    handle = ledger(ctx, task_id)
    for number, data in enumerate(accepted):
        record = await insert_submitted_record(
            db,
            id=None,
            entity_slug=ctx.entity_slug,
            task_id=task_id,
            kind="expense",
            source_ref={"kind": "expense_tabular_row", "row_index": number},
            data=data,
        )
        row = handle.row(
            period=ctx.period,
            event_id=UUID(record.id),
            vendor=data["vendor"],
            amount_gross=Decimal(str(data["amount"])),
            currency=data["currency"],
            expense_date=data.get("date"),
            category="5000",
            category_source="vendor_lookup",
            source_ref=f"event:{record.id}",
        )
        await handle.insert(row)
    for bad in rejected:
        record = await insert_submitted_record(
            db, id=None, entity_slug=ctx.entity_slug, task_id=task_id, kind="expense", source_ref=None, data=bad["raw"]
        )
        await handle.insert_needs_attention(
            period=ctx.period,
            raw_payload=bad["raw"],
            validation_errors=bad["errors"],
            type_specific_fields={"event_id": UUID(record.id)},
        )
    activity.logger.info("loaded %s rows", len(accepted))
    found = await handle.query(period=ctx.period)
    return LoadResult(
        accepted=len(accepted),
        needs_attention=len(rejected),
        line_items=[json.loads(row.model_dump_json()) for row in found],
    )


@activity.defn(name="spend_batch.apply_corrections")
async def apply_corrections(params: dict[str, Any], corrections: list[dict[str, Any]]) -> int:
    ctx = SpendBatchContext.model_validate(params["context"])
    db = await get_data_plane(ctx.tenant_slug)
    changed = 0
    for item in corrections:
        row_id = item.get("line_item_id") or item.get("expense_id") or item.get("id")
        if item["field"] == "expense_date":
            tag = await db.execute(
                "UPDATE ledgers.expenses SET expense_date = $2 WHERE id = $1::uuid", row_id, item["new_value"]
            )
        else:
            tag = await db.execute(
                "UPDATE ledgers.expenses SET notes = $2, raw_payload = $3::jsonb WHERE id = $1::uuid",
                row_id,
                str(item["new_value"]),
                json.dumps({"corrected": item["field"]}),
            )
        changed += int(tag.split()[-1])
    return changed


@activity.defn(name="spend_batch.settle_batch")
async def settle_batch(params: dict[str, Any], approved: bool) -> int:
    ctx = SpendBatchContext.model_validate(params["context"])
    handle = ledger(ctx, params["task_id"])
    rows = await handle.query(period=ctx.period)
    if approved:
        return await handle.mark_approved(ids=[row.id for row in rows if row.status == SubledgerStatus.PENDING])
    return await handle.mark_rejected(ids=[row.id for row in rows])


@activity.defn(name="spend_batch.post_batch")
async def post_batch(params: dict[str, Any]) -> PostResult:
    ctx = SpendBatchContext.model_validate(params["context"])
    handle = ledger(ctx, params["task_id"])
    rows = await handle.query(period=ctx.period, status=SubledgerStatus.APPROVED)
    if not rows:
        return PostResult(status="empty")
    provider = await gl.for_entity(UUID(ctx.entity_id), tenant_config={"gl": ctx.gl})
    posted: dict[UUID, str] = {}
    for bill in ExpenseRow.propose_for_gl(rows, task_id=UUID(params["task_id"])):
        try:
            created = await provider.bills.create(bill, external_id=bill.idempotency_key)
        except gl_errors.ValidationFailedError as error:
            activity.logger.warning("bill refused: %s", error)
            continue
        posted[bill.source_row_ids[0]] = str(getattr(created, "item_id", None) or created.id)
    await handle.mark_posted(gl_external_ids=posted)
    return PostResult(posted=len(posted), total=sum((row.amount_gross for row in rows), Decimal(0)))
