"""Tasks: starting, the sealed context, reports of a cell, history, schedule."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest

from ntro.workspace.sealing import unseal

SECRET = "Canary Lane 7 Holdings"


def report(task: dict, seq: int, **changes: Any) -> dict:
    now = datetime.now(UTC).isoformat()
    body = {
        "task_id": task["id"],
        "seq": seq,
        "workflow_id": task["workflowId"],
        "entity_id": task["entityId"],
        "runbook": "nav-monthly",
        "runbook_version": "0.1.0",
        "status": "IN_PROGRESS",
        "at": now,
        "started_at": now,
    }
    return body | changes


@pytest.fixture
async def task(api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any]) -> dict:
    context = {"period": "2026-03", "priority": "HIGH", "dry_run": True, "note": SECRET}
    body = {"tenantId": cell.slug, "workflowId": "Spv1 Nav", "entityId": "spv1", "context": context}
    answer = await api.post("/workspace/tasks", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def as_cell(connect: Any, tenant: Any):
    async with connect(tenant.cell_key) as client:
        yield client


async def test_a_task_answers_ids_and_the_plain_part_of_its_context(
    cell: Any, binding: dict[str, Any], task: dict[str, Any], entity: dict[str, Any]
):
    assert UUID(task["id"])
    assert task["status"] == "READY"
    assert (task["tenantId"], task["entityId"], task["workflowId"]) == (cell.id, entity["id"], binding["id"])
    assert task["context"] == {"period": "2026-03", "priority": "HIGH", "dry_run": True}
    assert task["workflowSlug"] == "nav-monthly"
    assert task["links"]["workflow_ui"].endswith(f"/tasks/{task['id']}")


async def test_the_cell_gets_the_command_with_the_rest_sealed(cell: Any, task: dict[str, Any], eventually: Any):
    command = await eventually(cell.temporal.get_workflow_handle(f"ops:start:{task['id']}").result)
    assert command["context"] == {"period": "2026-03", "priority": "HIGH", "dry_run": True}
    assert command["workflow"]["name"] == "Spv1 Nav"
    assert command["entity"]["slug"] == "spv1"
    plain = unseal(command["sealed_context"], private_key=cell.private_key, tenant_id=UUID(cell.id))
    assert json.loads(plain) == {"note": SECRET}


async def test_nothing_of_the_rest_is_stored_in_plain(
    database_url: str, task: dict[str, Any], capsys: pytest.CaptureFixture[str]
):
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    stored = [await connection.fetch(f"select t::text from {row['tablename']} t") for row in tables]
    await connection.close()
    assert SECRET not in repr(stored)
    output = capsys.readouterr()
    assert SECRET not in output.out + output.err


@pytest.mark.parametrize(
    "context", [{"period": "March"}, {"period": "2026-13"}, {"priority": "URGENT"}, {"dry_run": "yes"}]
)
async def test_a_bad_context_is_422(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], context: dict[str, Any]
):
    body = {"tenantId": cell.id, "workflowId": binding["id"], "context": context}
    assert (await api.post("/workspace/tasks", json=body)).status_code == 422


async def test_a_task_needs_an_active_tenant_and_known_references(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], other_tenant: Any
):
    body = {"tenantId": cell.id, "workflowId": binding["id"], "context": {}}
    for changes in ({"tenantId": "none"}, {"workflowId": "none"}, {"entityId": "none"}, {"tenantId": other_tenant.id}):
        assert (await api.post("/workspace/tasks", json=body | changes)).status_code == 404
    await api.put(f"/internal/provisioning/{cell.id}", json={"status": "FAILED"})
    refused = await api.post("/workspace/tasks", json=body)
    assert refused.status_code == 409
    assert refused.json()["hint"]


async def test_reports_are_taken_once_in_order(
    api: httpx2.AsyncClient, as_cell: httpx2.AsyncClient, task: dict[str, Any]
):
    steps = [{"name": "open_period", "status": "COMPLETED"}, {"name": "review", "status": "BLOCKED"}]
    blocked = report(
        task, 3, status="BLOCKED", awaiting="interactive_review", steps=steps, open_gates=1, history_length=9
    )
    older = report(task, 2, status="IN_PROGRESS")
    for batch in ([blocked], [older], [blocked, older]):
        answer = await as_cell.post("/internal/status", json={"reports": batch})
        assert answer.status_code == 200, answer.text
        assert answer.json()["accepted"] == len(batch)
    found = (await api.get(f"/workspace/tasks/{task['id']}")).json()
    assert (found["status"], found["awaiting"], found["openGates"]) == ("BLOCKED", "interactive_review", 1)
    assert [(step["name"], step["status"]) for step in found["steps"]] == [
        ("open_period", "COMPLETED"),
        ("review", "BLOCKED"),
    ]
    assert found["execution"]["historyLength"] == 9
    assert [row["id"] for row in (await api.get("/workspace/tasks?status=BLOCKED")).json()] == [task["id"]]
    assert [row["id"] for row in (await api.get("/workspace/pending")).json()] == [task["id"]]
    assert (await api.get("/workspace/incoming")).json() == []
    assert (await api.get("/workspace/tasks?status=CANCELLED")).status_code == 422


async def test_a_failure_shows_its_type_and_step_only(
    api: httpx2.AsyncClient, as_cell: httpx2.AsyncClient, task: dict[str, Any]
):
    failed = report(task, 1, status="FAILED", failure={"type": "LedgerError", "step": "post"})
    await as_cell.post("/internal/status", json={"reports": [failed]})
    failure = (await api.get(f"/workspace/tasks/{task['id']}")).json()["failure"]
    assert (failure["type"], failure["activityName"]) == ("LedgerError", "post")


async def test_free_text_in_a_report_is_refused(as_cell: httpx2.AsyncClient, task: dict[str, Any]):
    for changes in ({"comment": "x"}, {"status": "CANCELLED"}, {"runbook": "Some words"}):
        answer = await as_cell.post("/internal/status", json={"reports": [report(task, 1, **changes)]})
        assert answer.status_code == 422


async def test_a_scheduled_start_makes_its_row(
    api: httpx2.AsyncClient, as_cell: httpx2.AsyncClient, task: dict[str, Any]
):
    scheduled = report(task, 1, task_id=str(uuid4()), scheduled=True, period="2026-04")
    await as_cell.post("/internal/status", json={"reports": [scheduled]})
    found = (await api.get(f"/workspace/tasks/{scheduled['task_id']}")).json()
    assert found["scheduled"] is True
    assert found["title"] == "nav-monthly 2026-04"


async def test_a_cell_reports_of_its_own_tenant_alone(
    api: httpx2.AsyncClient, connect: Any, other_tenant: Any, task: dict[str, Any]
):
    async with connect(other_tenant.cell_key) as stranger:
        foreign = report(task, 5, status="FAILED")
        assert (await stranger.post("/internal/status", json={"reports": [foreign]})).status_code == 200
    assert (await api.get(f"/workspace/tasks/{task['id']}")).json()["status"] == "READY"
    assert (await api.post("/internal/status", json={"reports": []})).status_code == 403


async def test_history_is_a_bare_array_with_slug_and_time(api: httpx2.AsyncClient, cell: Any, task: dict[str, Any]):
    rows = (await api.get(f"/workspace/tenants/{cell.slug}/entities/spv1/tasks")).json()
    assert isinstance(rows, list)
    assert rows[0]["workflowSlug"] == "nav-monthly"
    assert rows[0]["updatedAt"]
    assert rows[0]["context"]["period"] == "2026-03"
    for query in ("period=2026-03", "entityId=spv1", "workflowId=Spv1 Nav", f"tenantId={cell.slug}"):
        assert len((await api.get(f"/workspace/tasks?{query}")).json()) == 1, query
    assert (await api.get("/workspace/tasks?period=2026-04")).json() == []


async def test_the_schedule_shows_what_is_open_and_what_comes(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], task: dict[str, Any]
):
    await api.patch(f"/workspace/registry/workflows/{binding['id']}", json={"schedule": "0 8 5 * *"})
    active, coming = (await api.get(f"/workspace/schedule?workflowId={binding['id']}")).json()
    assert active["id"] == task["id"]
    assert coming["status"] == "PENDING"
    assert datetime.fromisoformat(coming["dueDate"]) > datetime.now(UTC) - timedelta(minutes=1)
    assert coming["scheduled"] is True


async def test_an_open_task_can_be_cancelled_and_an_ended_one_not(
    api: httpx2.AsyncClient, as_cell: httpx2.AsyncClient, cell: Any, task: dict[str, Any], eventually: Any
):
    assert (await api.post(f"/workspace/tasks/{task['id']}/cancel")).json()["id"] == task["id"]
    command = await eventually(cell.temporal.get_workflow_handle(f"ops:cancel:{task['id']}").result)
    assert command["task_id"] == task["id"]
    await as_cell.post("/internal/status", json={"reports": [report(task, 1, status="COMPLETED")]})
    assert (await api.post(f"/workspace/tasks/{task['id']}/cancel")).status_code == 409
