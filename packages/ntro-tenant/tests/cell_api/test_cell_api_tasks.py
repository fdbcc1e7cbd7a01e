"""Tasks as people and clients see them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest

UNKNOWN = "3f0c6a2e-5d1b-4e57-9a3c-7b6f0d2e4c11"

Check = Callable[[httpx2.Response, int], dict[str, Any]]
PLAN = [{"id": "open", "title": "Open"}, {"id": "review", "title": "Review"}, {"id": "sign", "title": "Sign off"}]


async def test_tasks_are_listed_newest_first_with_what_they_wait_for(anna: httpx2.AsyncClient, books: Any):
    first = await books.task(title="first", status="BLOCKED")
    second = await books.task(title="second")
    await books.gate(first, str(first))
    rows = (await anna.get("/tasks")).json()
    assert [row["id"] for row in rows] == [str(second), str(first)]
    assert rows[1]["awaiting"] == "APPROVAL_FORM"
    assert rows[1]["awaitingKind"] == "interactive_review"
    assert rows[0]["awaiting"] is None
    assert rows[0]["entitySlug"] == "spv-1"


async def test_the_list_is_narrowed_by_status_entity_and_period(anna: httpx2.AsyncClient, books: Any):
    blocked = await books.task(status="BLOCKED")
    await books.task()
    assert [row["id"] for row in (await anna.get("/tasks?status=BLOCKED")).json()] == [str(blocked)]
    assert len((await anna.get(f"/tasks?entityId={books.entity_id}&period=2026-03")).json()) == 2
    assert (await anna.get(f"/tasks?entityId={uuid4()}")).json() == []
    assert (await anna.get("/tasks?period=2026-04")).json() == []


@pytest.mark.parametrize("query", ["status=CANCELLED", "entityId=spv-1", "period=march", "period=2026-03%00"])
async def test_a_filter_that_is_not_valid_is_422(anna: httpx2.AsyncClient, check_problem: Check, query: str):
    check_problem(await anna.get(f"/tasks?{query}"), 422)


@pytest.mark.parametrize(
    "task", [UNKNOWN, "spv-1", "%00", f"{UNKNOWN}:collect:document-ingest", f"{UNKNOWN}:%00", UNKNOWN.upper()]
)
async def test_unknown_and_malformed_ids_are_404_at_every_door(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, task: str
):
    for part in ("", "/ui", "/next-step", "/snapshots", "/files", "/events", "/events/stream", "/logs", "/history"):
        check_problem(await anna.get(f"/tasks/{task}{part}"), 404)
    check_problem(await anna.post(f"/tasks/{task}/action", json={"type": "approved"}), 404)
    check_problem(await anna.post(f"/tasks/{task}/files?filename=a.csv", content=b"a,b\n"), 404)
    check_problem(await anna.post(f"/tasks/{task}/events", json={"type": "completed"}), 404)


async def test_a_run_that_belongs_to_another_task_is_404(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task, other = await books.task(), await books.task()
    await books.run(task, f"{task}:collect:document-ingest:tb")
    check_problem(await anna.get(f"/tasks/{other}:collect:document-ingest:tb"), 404)


async def test_a_task_shows_steps_done_waiting_and_to_come(anna: httpx2.AsyncClient, books: Any):
    task = await books.task(status="BLOCKED", steps=PLAN)
    await books.step(str(task), "open", status="completed", position=1)
    await books.step(str(task), "review", status="active", position=2)
    gate = await books.gate(task, str(task))
    body = (await anna.get(f"/tasks/{task}")).json()
    assert [(step["id"], step["status"]) for step in body["steps"]] == [
        ("open", "COMPLETED"),
        ("review", "BLOCKED"),
        ("sign", "PENDING"),
    ]
    assert [item["id"] for item in body["openGates"]] == [gate]
    assert body["awaiting"] == "APPROVAL_FORM"
    assert body["runId"] == str(task)


async def test_the_screen_shows_the_gate_that_waits(anna: httpx2.AsyncClient, books: Any):
    task = await books.task(status="BLOCKED", steps=PLAN)
    gate = await books.gate(task, str(task))
    body = (await anna.get(f"/tasks/{task}/ui")).json()
    assert body["task"]["id"] == str(task)
    assert body["step"] == {
        "id": "review",
        "title": "Review",
        "displayHint": {"component": "APPROVAL_FORM", "config": {}},
        "args": {},
    }
    assert body["gates"][0]["id"] == gate
    assert body["gates"][0]["payloadHash"] == "a" * 64


async def test_a_task_whose_children_wait_answers_the_first_childs_gate(anna: httpx2.AsyncClient, books: Any):
    task = await books.task(status="BLOCKED")
    child = await books.run(task, f"{task}:collect:document-ingest:tb", slug="document-ingest")
    sibling = await books.run(task, f"{task}:collect:document-ingest:rent", slug="document-ingest")
    gate = await books.file_gate(task, child, "tb")
    other = await books.gate(task, sibling)
    step = (await anna.get(f"/tasks/{task}/next-step")).json()
    assert step["action"] == "submit_file"
    assert step["id"] == gate
    assert step["task_id"] == step["runId"] == child
    assert step["args"]["source"] == "tb"
    assert (await anna.get(f"/tasks/{sibling}/next-step")).json()["id"] == other


async def test_a_gate_for_files_steps_aside_once_its_runs_wait_for_reviews(anna: httpx2.AsyncClient, books: Any):
    task = await books.task(status="BLOCKED")
    child = await books.run(task, f"{task}:collect:document-ingest:tb", slug="document-ingest")
    await books.files_gate(task, ("tb", child))
    file_gate = await books.file_gate(task, child, "tb")
    assert (await anna.get(f"/tasks/{task}/next-step")).json()["kind"] == "submit_files"
    await books.close_gate(file_gate)
    review = await books.gate(task, child)
    assert (await anna.get(f"/tasks/{task}/next-step")).json()["id"] == review
    assert (await anna.get("/tasks")).json()[0]["awaitingKind"] == "interactive_review"


@pytest.mark.parametrize(
    ("status", "action"),
    [("PENDING", "wait"), ("IN_PROGRESS", "wait"), ("COMPLETED", "done"), ("FAILED", "error_terminal")],
)
async def test_the_next_step_of_a_task_that_waits_for_nobody(
    anna: httpx2.AsyncClient, books: Any, status: str, action: str
):
    task = await books.task(status=status)
    assert (await anna.get(f"/tasks/{task}/next-step")).json()["action"] == action


async def test_a_cancelled_run_below_a_task_reads_as_failed(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    child = await books.run(task, f"{task}:collect:document-ingest:tb", status="CANCELLED")
    assert (await anna.get(f"/tasks/{child}")).json()["status"] == "FAILED"
    assert (await anna.get(f"/tasks/{child}/next-step")).json()["action"] == "error_terminal"


async def test_snapshots_are_those_of_the_run(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    snapshot = {"display_hint": {"component": "SUMMARY"}, "payload": {"nav": "100.00"}}
    await books.step(str(task), "open", status="completed", snapshot=snapshot)
    assert (await anna.get(f"/tasks/{task}/snapshots")).json() == {"open": snapshot}
