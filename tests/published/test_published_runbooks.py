"""Runbooks written for the published SDK validate, load and run as they are, in both decorator styles."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from reportlab.pdfgen.canvas import Canvas

from ntro import data
from ntro.capabilities import config, storage
from ntro.ingest import insert_submitted_document
from ntro.runbook import validate_runbook
from ntro.runbook.bundle import load_bundle
from ntro.testing import HAPPY, REJECT_ALL, RunResult, Scenario, WorkflowHarness, load_runbook
from ntro.testing.local_run import LocalRun

HERE = Path(__file__).parent
SLUGS = ("spend-batch", "statement-intake")
ENTITY = str(uuid4())
BATCH = {"tenant_slug": "acme", "entity_id": ENTITY, "entity_slug": "spv", "period": "2026-03"}
ROWS = [
    {"vendor": "Rates Office", "amount": "1,200.00", "ccy": "gbp", "date": "2026-03-02"},
    {"supplier": "Locksmith", "total": "80.50", "date": "2026-03-03"},
    {"vendor": "", "amount": "12.00"},
]
LEDGER = {"provider": "internal", "options": {"accounts": {"accounts_payable": "2100"}}}
Begin = Callable[..., Awaitable[LocalRun]]


@pytest.mark.parametrize("slug", SLUGS)
def test_it_validates(slug: str) -> None:
    report = validate_runbook(HERE / slug)
    assert report.errors == ()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("scenario", [HAPPY, REJECT_ALL], ids=lambda scenario: scenario.name)
async def test_the_harness_runs_it_to_its_end(slug: str, scenario: Scenario) -> None:
    workflow_class, _ = load_runbook(HERE / slug)
    async with WorkflowHarness(workflow_class) as harness:
        result: RunResult = await harness.run(scenario=scenario)
    assert (result.status, result.error) == ("completed", None)


@pytest.fixture
async def db(cell_database_url: str, httpserver: HTTPServer, tmp_path: Path) -> AsyncIterator[data.DataPlane]:
    """The tenant's database, with a worker's configuration around it."""
    config.set(
        config.WorkerConfig(
            tenant_slug="acme",
            tenant_postgres_url=SecretStr(cell_database_url),
            artifacts_dir=str(tmp_path / "artifacts"),
            anthropic_api_key=SecretStr("sk-test"),
            anthropic_base_url=httpserver.url_for(""),
            tenant_api_url=httpserver.url_for("/v1"),
        )
    )
    try:
        yield await data.get_data_plane("acme")
    finally:
        await data.close_data_planes()
        config.reset()


@pytest.fixture
async def begin() -> AsyncIterator[Begin]:
    """Starts a published runbook in memory, with its own activities."""
    started: list[LocalRun] = []

    async def start(slug: str, context: dict[str, Any]) -> LocalRun:
        bundle = load_bundle(HERE / slug, slug=slug)
        run = await LocalRun.start(bundle.workflow_class, context, activities=bundle.activities)
        started.append(run)
        return run

    yield start
    for run in started:
        await run.aclose()


async def submit_rows(run: LocalRun) -> None:
    asked = await run.pending_action()
    assert (asked["kind"], asked["args"]["signal_task_id"]) == ("submit_file", run.id)
    event = {"event_id": str(uuid4()), "kind": "expense", "source_ref": None, "data": {"rows": ROWS}}
    await run.signal("data_submitted", event)


async def statuses(db: data.DataPlane) -> dict[str, int]:
    rows = await db.fetch("select status, count(*) as n from ledgers.expenses group by status")
    return {row["status"]: row["n"] for row in rows}


async def test_rows_by_api_are_reviewed_edited_and_approved_without_a_ledger(db: data.DataPlane, begin: Begin) -> None:
    run = await begin("spend-batch", BATCH)
    await submit_rows(run)
    shown = await reviewed(run)
    assert [column["key"] for column in shown["payload"]["columns"]]
    first = next(item for item in shown["payload"]["line_items"] if item["vendor"] == "Locksmith")
    edit = {"action": "edit_cell", "row_id": first["id"], "field": "vendor", "value": "Locksmith Ltd"}
    await run.signal("user_action", {"kind": "row_action", "payload": edit})
    state = await run.query("current_ui_state")
    assert "Locksmith Ltd" in json.dumps(state["pending_payload"])
    correction = {"line_item_id": first["id"], "field": "expense_date", "old_value": None, "new_value": "2026-03-14"}
    await run.signal("user_action", {"kind": "approve", "corrections": [correction]})
    assert (await run.handle.result())["status"] == "no_gl"
    assert await statuses(db) == {"APPROVED": 2, "NEEDS_ATTENTION": 1}
    dated = await db.fetchrow("select expense_date from ledgers.expenses where id = $1::uuid", first["id"])
    assert dated is not None
    assert dated["expense_date"].isoformat() == "2026-03-14"


async def test_a_rejected_batch_takes_the_path_that_logs_by_a_name_it_never_imported(
    db: data.DataPlane, begin: Begin
) -> None:
    run = await begin("spend-batch", BATCH)
    await submit_rows(run)
    await reviewed(run)
    await run.signal("user_action", {"type": "rejected", "comments": "twice"})
    assert await run.handle.result() == {"status": "rejected", "posted": 0}
    assert await statuses(db) == {"REJECTED": 3}


async def test_an_approved_batch_is_posted_once_to_the_connected_ledger(db: data.DataPlane, begin: Begin) -> None:
    run = await begin("spend-batch", BATCH | {"gl": LEDGER})
    await submit_rows(run)
    await reviewed(run)
    await run.signal("user_action", {"action": "approved", "payload": {}})
    result = await run.handle.result()
    assert (result["posted"], Decimal(result["total"])) == (2, Decimal("1280.50"))
    assert await statuses(db) == {"POSTED": 2, "NEEDS_ATTENTION": 1}


async def test_a_document_is_parsed_extracted_corrected_and_committed(
    db: data.DataPlane, begin: Begin, httpserver: HTTPServer, tmp_path: Path
) -> None:
    answer = {"fields": {"total": "950.00"}, "line_items": [{"unit": "1", "rent": "950.00"}], "confidence_scores": {}}
    httpserver.expect_request("/v1/messages", method="POST").respond_with_data(
        streamed(json.dumps(answer)), content_type="text/event-stream"
    )
    httpserver.expect_request("/v1/tasks").respond_with_json({})
    document = await insert_submitted_document(
        db,
        entity_slug="spv",
        period="2026-03",
        source="rent-roll",
        filename="roll.pdf",
        content_type="application/pdf",
        data_bytes=pdf_of("Unit 1 rent 950.00", tmp_path),
        task_id=str(uuid4()),
    )
    context = {
        "tenant_slug": "acme",
        "entity_slug": "spv",
        "period": "2026-03",
        "source": "rent-roll",
        "schema_slug": "rent-roll-zenko",
        "ai": {"provider": "ANTHROPIC", "models": {"extraction": "claude-test"}},
    }
    run = await begin("statement-intake", context)
    await run.pending_action()
    await run.signal("document_submitted", {"document_ref": document.id, "filename": "roll.pdf", "source": "rent-roll"})
    assert await run.query("submitted_ref") == document.id
    shown = await reviewed(run)
    [line] = shown["payload"]["line_items"]
    correction = {"line_item_id": line["id"], "field": "rent", "old_value": "950.00", "new_value": "960.00"}
    await run.signal("user_action", {"type": "corrected", "corrections": [correction]})
    committed = await run.handle.result()
    kept = await db.fetchrow(
        "select payload, corrections from ingest.extracted_payloads where id = $1::uuid", committed["record_id"]
    )
    assert kept is not None
    assert kept["payload"]["line_items"][0]["rent"] == "960.00"
    assert kept["corrections"][0]["new_value"] == "960.00"
    assert committed["record_id"] in committed["audit_path"]
    assert await storage.read(path=committed["audit_path"])


async def reviewed(run: LocalRun) -> dict[str, Any]:
    """The review once it is open."""
    while (shown := await run.pending_action())["kind"] != "interactive_review":
        pass
    return shown


def streamed(text: str) -> str:
    """An answer of a model as its server sends it, in pieces."""
    message = {"id": "m", "type": "message", "role": "assistant", "model": "claude-test", "content": []}
    usage = {"input_tokens": 10, "output_tokens": 10}
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    events = [
        {"type": "message_start", "message": message | {"stop_reason": None, "stop_sequence": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 10}},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def pdf_of(text: str, folder: Path) -> bytes:
    path = folder / "page.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(72, 720, text)
    canvas.save()
    return path.read_bytes()
