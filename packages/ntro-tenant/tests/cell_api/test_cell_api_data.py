"""Data submitted to a task: kept once, exactly, and told to the run that takes it."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from ntro_tenant.core import data_submissions

Check = Callable[[httpx2.Response, int], dict[str, Any]]
EXPENSE = {"kind": "expense", "sourceRef": {"kind": "mail", "id": "m-1"}, "data": {"vendor": "Cab", "amount": "12.50"}}


async def records(books: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await books.connection.fetch("select * from ingest.submitted_records")]


async def test_data_is_kept_before_the_run_is_told(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    answer = await anna.post(f"/tasks/{task}/data/ingest", json=EXPENSE)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["ok"], body["runId"], body["kind"]) == (True, str(task), "expense")
    (record,) = await records(books)
    assert (str(record["id"]), record["task_id"], record["entity_id"], record["entity_slug"]) == (
        body["eventId"],
        str(task),
        books.entity_id,
        "spv-1",
    )
    (signal,) = await books.signals()
    assert (signal["workflow_id"], signal["signal"]) == (str(task), "data_submitted")
    received = signal["payload"].pop("received_at")
    assert signal["payload"] == {
        "event_id": body["eventId"],
        "kind": "expense",
        "tenant_slug": "acme",
        "entity_slug": "spv-1",
        "source_ref": EXPENSE["sourceRef"],
        "data": EXPENSE["data"],
    }
    assert received.startswith(str(record["received_at"].date()))
    assert await books.event_types() == ["data.submitted"]


async def test_numbers_are_kept_in_their_own_digits(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    text = b'{"data": {"amount": 1234567890123456.10, "n": 3, "of": [0.1, true, null]}}'
    assert (
        await anna.post(f"/tasks/{task}/data/ingest", content=text, headers={"Content-Type": "application/json"})
    ).status_code == 201
    (record,) = await records(books)
    assert record["data"] == {"amount": "1234567890123456.10", "n": 3, "of": ["0.1", True, None]}
    assert Decimal(record["data"]["amount"]) == Decimal("1234567890123456.10")
    assert record["source_ref"] is None


@pytest.mark.parametrize("by_key", [True, False])
async def test_the_same_submission_again_is_the_same_record(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, by_key: bool
):
    task, path = await books.task(), "/tasks/{}/data/ingest"
    headers = {"Idempotency-Key": "mail-1"} if by_key else {}
    body: dict[str, Any] = EXPENSE if by_key else EXPENSE | {"eventId": str(uuid4())}
    answers = [await anna.post(path.format(task), json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert len(await records(books)) == len(await books.signals()) == 1
    other = body | {"data": {"vendor": "Other"}}
    check_problem(await anna.post(path.format(task), json=other, headers=headers), 409)
    another = await books.task()
    status = (await anna.post(path.format(another), json=body, headers=headers)).status_code
    assert status == (201 if by_key else 409)


async def test_without_a_key_equal_data_is_submitted_twice(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    for _ in range(2):
        assert (await anna.post(f"/tasks/{task}/data/ingest", json=EXPENSE)).status_code == 201
    assert len(await records(books)) == len(await books.signals()) == 2


async def test_the_run_whose_gate_waits_for_data_is_told(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    child = await books.run(task, f"{task}:collect:expense-processor")
    args = {"signal_task_id": child, "signal_name": "data_submitted"}
    await books.gate(task, child, kind="submit_data", args=args)
    assert (await anna.post(f"/tasks/{task}/data/ingest", json=EXPENSE)).json()["runId"] == child
    sibling = await books.run(task, f"{task}:collect:other")
    answer = await anna.post(f"/tasks/{sibling}/data/ingest", json=EXPENSE)
    assert answer.json()["runId"] == sibling
    assert [signal["workflow_id"] for signal in await books.signals()] == [child, sibling]


async def test_a_run_that_has_ended_takes_no_data(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task()
    child = await books.run(task, f"{task}:collect:expense-processor", status="COMPLETED")
    check_problem(await anna.post(f"/tasks/{child}/data/ingest", json=EXPENSE), 409)
    check_problem(await anna.post(f"/tasks/{uuid4()}/data/ingest", json=EXPENSE), 404)
    assert await records(books) == []


async def test_data_above_its_limit_is_413(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    path = f"/tasks/{await books.task()}/data/ingest"
    room = data_submissions.MAX_DATA_BYTES - len(json.dumps([{"text": ""}, None]))
    assert (await anna.post(path, json={"data": {"text": "x" * room}})).status_code == 201
    check_problem(await anna.post(path, json={"data": {"text": "x" * (room + 1)}}), 413)
    check_problem(await anna.post(path, json={"data": {"text": "x" * 1024 * 1024}}), 413)


@pytest.mark.parametrize(
    "body", [{}, {"data": []}, {"data": {}, "kind": "two words"}, {"data": {}, "eventId": "1"}, {"data": {"a": "\x00"}}]
)
async def test_data_that_is_not_valid_is_422(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, body: dict[str, Any]
):
    check_problem(await anna.post(f"/tasks/{await books.task()}/data/ingest", json=body), 422)


async def test_whoever_may_write_submits_data_and_auditors_do_not(
    person_with: Callable[..., httpx2.AsyncClient], books: Any, check_problem: Check
):
    path = f"/tasks/{await books.task()}/data/ingest"
    async with person_with("engineer") as engineer, person_with("auditor") as auditor:
        assert (await engineer.post(path, json=EXPENSE)).status_code == 201
        check_problem(await auditor.post(path, json=EXPENSE), 403)
