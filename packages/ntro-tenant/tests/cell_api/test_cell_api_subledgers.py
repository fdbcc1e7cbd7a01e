"""Rows of subledgers at their doors: read, rejected, edited, and who did what to them."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

Check = Callable[[httpx2.Response, int], dict[str, Any]]
JSON = {"Content-Type": "application/json"}
LINES = '[{"account_code": "1", "debit": "5.00"}, {"account_code": "2", "credit": "5.00"}]'


async def expense(books: Any, task: UUID, status: str = "NEEDS_ATTENTION", vendor: str | None = None) -> UUID:
    found: UUID = await books.connection.fetchval(
        """
        insert into ledgers.expenses
            (entity_id, period, task_id, status, event_id, vendor, amount_gross, currency, validation_errors)
        values ($1, '2026-03', $2, $3, gen_random_uuid(), $4, 10, 'GBP', '[]') returning id
        """,
        books.entity_id,
        task,
        status,
        vendor,
    )
    return found


async def rent(books: Any, task: UUID, status: str = "PENDING", unit: str | None = "Flat 1") -> UUID:
    found: UUID = await books.connection.fetchval(
        """
        insert into ledgers.rental_statement (entity_id, period, task_id, status, unit, monthly_rent, rent_received)
        values ($1, '2026-03', $2, $3, $4, 950, 900.5) returning id
        """,
        books.entity_id,
        task,
        status,
        unit,
    )
    return found


@pytest.fixture
async def own_ledger(books: Any) -> AsyncIterator[str]:
    """A subledger that a runbook brought: the cell's API knows its table only."""
    await books.connection.execute(
        "create table ledgers.leases (like ledgers.expenses including all); select ledgers.keep_row_changes()"
    )
    yield "leases"
    await books.connection.execute("drop table ledgers.leases")


async def test_rows_are_listed_oldest_first_and_narrowed(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    first, second = await expense(books, task), await expense(books, task, "PENDING", "Cab")
    rows = (await anna.get("/subledgers/expenses")).json()
    assert [row["id"] for row in rows] == [str(first), str(second)]
    assert (rows[0]["amount_gross"], rows[0]["task_id"], rows[0]["validation_errors"]) == ("10.0000", str(task), [])
    for query, found in (
        ({"status": "PENDING"}, 1),
        ({"period": "2026-04"}, 0),
        ({"entityId": str(books.entity_id)}, 2),
        ({"entityId": str(uuid4())}, 0),
        ({"limit": 1, "offset": 1}, 1),
    ):
        assert len((await anna.get("/subledgers/expenses", params=query)).json()) == found


@pytest.mark.parametrize("ledger", ["none", "journals", "row_changes", "Expenses", 'x"; drop', "nav"])
async def test_what_is_no_subledger_is_404(anna: httpx2.AsyncClient, books: Any, check_problem: Check, ledger: str):
    check_problem(await anna.get(f"/subledgers/{ledger}"), 404)
    check_problem(await anna.get(f"/subledgers/{ledger}/{uuid4()}/history"), 404)
    check_problem(await anna.post(f"/subledgers/{ledger}/{uuid4()}/reject"), 404)


async def test_queries_that_do_not_fit_are_422(anna: httpx2.AsyncClient, check_problem: Check):
    for query in ({"status": "OPEN"}, {"period": "March"}, {"entityId": "spv"}, {"limit": 0}, {"limit": 1001}):
        check_problem(await anna.get("/subledgers/expenses", params=query), 422)


async def test_a_row_that_needs_attention_is_rejected_once(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    row = await expense(books, task)
    for _ in range(2):
        answer = await anna.post(f"/subledgers/expenses/{row}/reject")
        assert answer.json() == {"status": "OK", "rowId": str(row), "newStatus": "REJECTED"}
    changes = (await anna.get(f"/subledgers/expenses/{row}/history")).json()
    assert [change["operation"] for change in changes] == ["INSERT", "UPDATE"]
    assert (changes[1]["actor"], changes[1]["old"], changes[1]["new"]) == (
        "u-anna",
        {"status": "NEEDS_ATTENTION"},
        {"status": "REJECTED"},
    )
    assert await books.event_types() == ["ledger.row_rejected"]


async def test_a_status_that_forbids_the_change_is_400_and_says_which(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check
):
    task = await books.task()
    pending, posted = await expense(books, task, "PENDING", "Cab"), await rent(books, task, "POSTED")
    for path, status in ((f"expenses/{pending}", "PENDING"), (f"rental_statement/{posted}", "POSTED")):
        found = check_problem(await anna.post(f"/subledgers/{path}/reject"), 400)
        assert (found["code"], found["currentStatus"]) == ("invalid_transition", status)
    edit = {"field": "unit", "value": "Flat 2"}
    found = check_problem(await anna.patch(f"/subledgers/rental_statement/{posted}", json=edit), 400)
    assert found["currentStatus"] == "POSTED"


async def test_a_row_id_that_is_none_is_400_and_an_unknown_one_404(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check
):
    edit = {"field": "vendor", "value": "x"}
    assert check_problem(await anna.post("/subledgers/expenses/1/reject"), 400)["code"] == "bad_row_id"
    check_problem(await anna.patch("/subledgers/expenses/1", json=edit), 400)
    check_problem(await anna.get("/subledgers/expenses/1/history"), 400)
    check_problem(await anna.post(f"/subledgers/expenses/{uuid4()}/reject"), 404)
    check_problem(await anna.patch(f"/subledgers/expenses/{uuid4()}", json=edit), 404)
    check_problem(await anna.get(f"/subledgers/expenses/{uuid4()}/history"), 404)


async def test_a_cell_is_edited_exactly_and_the_edit_that_completes_a_row_lets_it_wait(
    anna: httpx2.AsyncClient, books: Any
):
    row = await expense(books, await books.task())
    path = f"/subledgers/expenses/{row}"
    answer = await anna.patch(path, content=b'{"field": "amount_gross", "value": 1234567890123.4500}', headers=JSON)
    assert answer.json() == {"status": "OK", "rowId": str(row), "field": "amount_gross", "value": "1234567890123.4500"}
    answer = await anna.patch(path, json={"field": "expense_date", "value": "2026-03-05"})
    assert answer.json()["value"] == "2026-03-05"
    assert (await anna.patch(path, json={"field": "vendor", "value": " Cab "})).json()["value"] == "Cab"
    (stored,) = (await anna.get("/subledgers/expenses")).json()
    assert (stored["status"], stored["validation_errors"], stored["amount_gross"]) == (
        "PENDING",
        None,
        "1234567890123.4500",
    )
    assert (await anna.patch(path, json={"field": "notes", "value": None})).json()["value"] is None
    changes = (await anna.get(f"{path}/history")).json()
    assert {change["actor"] for change in changes[1:]} == {"u-anna"}
    assert changes[3]["new"] == {"vendor": "Cab", "status": "PENDING", "validation_errors": None}


@pytest.mark.parametrize(
    "edit",
    [
        {"field": "status", "value": "POSTED"},
        {"field": "amount_gross", "value": "-1"},
        {"field": "amount_gross", "value": "ten"},
        {"field": "vendor", "value": ["x"]},
        {"field": "nothing", "value": "x"},
    ],
)
async def test_an_edit_that_does_not_fit_is_400_and_changes_nothing(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, edit: dict[str, Any]
):
    row = await expense(books, await books.task())
    assert check_problem(await anna.patch(f"/subledgers/expenses/{row}", json=edit), 400)["code"] == "invalid_field"
    assert len((await anna.get(f"/subledgers/expenses/{row}/history")).json()) == 1
    for body in ({"value": 1}, {"field": "vendor"}, {"field": "", "value": 1}):
        check_problem(await anna.patch(f"/subledgers/expenses/{row}", json=body), 422)


async def test_other_types_are_edited_by_the_rules_of_their_rows(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check
):
    task = await books.task()
    row, loose = await rent(books, task), await rent(books, task, "NEEDS_ATTENTION", unit=None)
    path = f"/subledgers/rental_statement/{row}"
    assert (await anna.patch(path, json={"field": "rent_received", "value": "950.00"})).json()["value"] == "950.00"
    for field, value in (("unit", None), ("monthly_rent", "-1"), ("posted_to_gl", True), ("entity_id", str(uuid4()))):
        check_problem(await anna.patch(path, json={"field": field, "value": value}), 400)
    await anna.patch(f"/subledgers/rental_statement/{loose}", json={"field": "unit", "value": "Flat 2"})
    rows = (await anna.get("/subledgers/rental_statement", params={"status": "PENDING"})).json()
    assert [item["unit"] for item in rows] == ["Flat 1", "Flat 2"]
    assert (await anna.post(f"{path}/reject")).json()["newStatus"] == "REJECTED"


async def test_the_lines_of_a_journal_are_edited_as_json(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task()
    row = await books.connection.fetchval(
        """insert into ledgers.journal_proposals (entity_id, period, task_id, status, lines)
           values ($1, '2026-03', $2, 'PENDING', $3) returning id""",
        books.entity_id,
        task,
        LINES,
    )
    path = f"/subledgers/journal_proposals/{row}"
    lines = [{"account_code": "1", "debit": "6.00"}, {"account_code": "2", "credit": "6.00"}]
    assert (await anna.patch(path, json={"field": "lines", "value": lines})).json()["value"] == lines
    check_problem(await anna.patch(path, json={"field": "lines", "value": []}), 400)
    (stored,) = (await anna.get("/subledgers/journal_proposals")).json()
    assert stored["lines"] == lines


async def test_a_subledger_of_a_runbook_is_read_and_rejected_but_edited_at_its_review(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, own_ledger: str
):
    row = await books.connection.fetchval(
        f"""insert into ledgers.{own_ledger} (entity_id, period, task_id, status, event_id)
            values ($1, '2026-03', $2, 'NEEDS_ATTENTION', gen_random_uuid()) returning id""",
        books.entity_id,
        await books.task(),
    )
    path = f"/subledgers/{own_ledger}/{row}"
    assert len((await anna.get(f"/subledgers/{own_ledger}")).json()) == 1
    found = check_problem(await anna.patch(path, json={"field": "vendor", "value": "x"}), 400)
    assert found["code"] == "invalid_field"
    assert (await anna.post(f"{path}/reject")).status_code == 200
    assert len((await anna.get(f"{path}/history")).json()) == 2


async def test_rows_are_read_by_all_and_changed_by_people_who_may_write(
    person_with: Callable[..., httpx2.AsyncClient], books: Any, check_problem: Check
):
    row = await expense(books, await books.task())
    for role in ("auditor", "agent"):
        async with person_with(role) as client:
            assert (await client.get("/subledgers/expenses")).status_code == (403 if role == "agent" else 200)
            check_problem(await client.post(f"/subledgers/expenses/{row}/reject"), 403)
            edit = {"field": "vendor", "value": "x"}
            check_problem(await client.patch(f"/subledgers/expenses/{row}", json=edit), 403)


async def test_a_row_action_at_a_review_is_in_the_history_under_its_person(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    await books.gate(task, str(task))
    row = await expense(books, task)
    edit = {"ledger": "expenses", "action": "edit_cell", "rowId": str(row), "field": "vendor", "value": "Acme"}
    await anna.post(f"/tasks/{task}/row-action", json=edit)
    changes = (await anna.get(f"/subledgers/expenses/{row}/history")).json()
    assert {change["actor"] for change in changes[1:]} == {"u-anna"}
