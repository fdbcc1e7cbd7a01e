"""What is refused before any run is asked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

Check = Callable[[httpx2.Response, int], dict[str, Any]]


async def expense(books: Any, task: UUID, status: str = "NEEDS_ATTENTION", vendor: str | None = None) -> UUID:
    found: UUID = await books.connection.fetchval(
        """
        insert into ledgers.expenses (entity_id, period, task_id, status, event_id, vendor, amount_gross, currency)
        values ($1, '2026-03', $2, $3, gen_random_uuid(), $4, 10, 'GBP') returning id
        """,
        books.entity_id,
        task,
        status,
        vendor,
    )
    return found


def edit(row: UUID, field: str | None = "vendor", value: Any = "Acme", **more: Any) -> dict[str, Any]:
    said = {"ledger": "expenses", "action": "edit_cell", "rowId": str(row), "field": field, "value": value}
    return said | more


async def test_a_decision_while_temporal_is_away_is_503(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task(status="BLOCKED")
    await books.gate(task, str(task))
    assert check_problem(await anna.post(f"/tasks/{task}/action", json={"type": "approved"}), 503)["hint"]


async def test_a_decision_where_nothing_or_too_much_waits_is_409(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check
):
    task = await books.task(status="BLOCKED")
    path, body = f"/tasks/{task}/action", {"type": "approved"}
    check_problem(await anna.post(path, json=body), 409)
    gate = await books.file_gate(task, str(task), "tb")
    check_problem(await anna.post(path, json=body), 409)
    check_problem(await anna.post(path, json=body | {"gateId": gate}), 409)
    await books.gate(task, str(task))
    await books.gate(task, await books.run(task, f"{task}:collect:document-ingest:tb"))
    check_problem(await anna.post(path, json=body), 409)


async def test_a_gate_of_another_task_is_409(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task, other = await books.task(), await books.task()
    gate = await books.gate(other, str(other))
    check_problem(await anna.post(f"/tasks/{task}/action", json={"type": "approved", "gateId": gate}), 409)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "approve"},
        {"type": "approved", "comments": 3},
        {"type": "approved", "comments": "x" * 4001},
        {"type": "approved", "payloadHash": "abc"},
        {"type": "approved", "corrections": "all"},
        [],
        None,
    ],
)
async def test_a_decision_that_is_not_valid_is_422(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, body: Any
):
    task = await books.task()
    check_problem(await anna.post(f"/tasks/{task}/action", json=body), 422)


async def test_a_repaired_row_waits_for_approval_and_keeps_a_signal(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    gate = await books.gate(task, str(task))
    row = await expense(books, task)
    assert (await anna.post(f"/tasks/{task}/row-action", json=edit(row))).json() == {"ok": True}
    assert await books.connection.fetchval("select status from ledgers.expenses") == "PENDING"
    signal = (await books.signals())[0]
    assert signal["signal"] == "user_action"
    assert (signal["payload"]["kind"], signal["payload"]["gate_id"]) == ("row_action", gate)
    assert await books.event_types() == ["row.action"]


async def test_a_row_that_needs_attention_can_be_rejected_and_again(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    await books.gate(task, str(task))
    row = await expense(books, task)
    body = {"ledger": "expenses", "action": "reject_row", "rowId": str(row)}
    for _ in range(2):
        assert (await anna.post(f"/tasks/{task}/row-action", json=body)).status_code == 200
    assert await books.connection.fetchval("select status from ledgers.expenses") == "REJECTED"


async def test_a_row_in_another_status_is_409_and_says_which(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check
):
    task = await books.task()
    await books.gate(task, str(task))
    row = await expense(books, task, "POSTED", "Acme")
    reject = {"ledger": "expenses", "action": "reject_row", "rowId": str(row)}
    for body in (reject, edit(row)):
        found = check_problem(await anna.post(f"/tasks/{task}/row-action", json=body), 409)
        assert found["currentStatus"] == "POSTED"


async def test_rows_that_are_not_there_or_anothers_are_404(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task, other = await books.task(), await books.task()
    await books.gate(task, str(task))
    for row in (uuid4(), await expense(books, other)):
        check_problem(await anna.post(f"/tasks/{task}/row-action", json=edit(row)), 404)


async def test_a_row_action_without_an_open_review_is_409(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task()
    check_problem(await anna.post(f"/tasks/{task}/row-action", json=edit(await expense(books, task))), 409)


async def test_edits_that_do_not_fit_are_422_and_change_nothing(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check
):
    task = await books.task()
    await books.gate(task, str(task))
    row = await expense(books, task, "PENDING", "Acme")
    bodies = [
        edit(row, "status", "APPROVED"),
        edit(row, None),
        edit(row, "vendor", ""),
        edit(row, "vat_amount", "11"),
        edit(row, "amount_gross", "-1"),
        edit(row, ledger="journals"),
        edit(row, rowId="1"),
        edit(row, action="delete"),
    ]
    for body in bodies:
        check_problem(await anna.post(f"/tasks/{task}/row-action", json=body), 422)
    assert await books.connection.fetchval("select vendor from ledgers.expenses") == "Acme"
    assert await books.signals() == []
