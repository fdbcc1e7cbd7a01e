"""The pages as the server writes them: what each state of a task shows, and to whom."""

from collections.abc import Callable
from typing import Any

import asyncpg
import httpx2
import pytest

from ntro.workspace.tokens import Purpose
from ntro_tenant.core.known_people import names_of

HTML = {"Accept": "text/html"}
Token = Callable[..., str]


@pytest.fixture
async def browser(anonymous: httpx2.AsyncClient, token: Token) -> httpx2.AsyncClient:
    """An accountant's browser."""
    await anonymous.get("/sign-in", params={"token": token("accountant", purpose=Purpose.SIGN_IN)})
    anonymous.headers.update(HTML)
    anonymous.headers["X-CSRF-Token"] = anonymous.cookies["ntro_csrf_acme"]
    return anonymous


async def text(browser: httpx2.AsyncClient, address: str, status: int = 200) -> str:
    answer = await browser.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


async def test_a_cell_without_tasks_says_how_one_appears(browser: httpx2.AsyncClient, books: Any):
    assert "No tasks yet" in await text(browser, "/")


async def test_the_list_shows_where_somebody_is_waited_for(browser: httpx2.AsyncClient, books: Any):
    task = await books.task(status="BLOCKED")
    await books.gate(task, str(task))
    other = await books.task(status="COMPLETED")
    page = await text(browser, "/")
    assert page.index(f"task-{task}") < page.index(f"task-{other}")
    assert "Sign-off" in page
    chosen = await text(browser, "/?state=done")
    assert f"task-{task}" not in chosen
    assert f"task-{other}" in chosen
    assert f"task-{task}" not in await text(browser, "/fragments/tasks?period=1999-01")
    assert f"task-{task}" in await text(browser, f"/?entity={books.entity_id}&state=nonsense")


async def test_a_failed_run_says_what_failed_and_what_to_do(browser: httpx2.AsyncClient, books: Any):
    task = await books.task(status="FAILED")
    await books.step(str(task), "check_starting_tb", status="failed")
    failure = {"type": "StartingTrialBalanceInvalid", "message": "Debits are 10 off.", "step": "check_starting_tb"}
    await books.connection.execute("update system.tasks set failure = $2 where id = $1", task, failure)
    page = await text(browser, f"/tasks/{task}")
    assert "Debits are 10 off." in page
    assert "run the workflow again" in page


async def test_a_run_below_leads_back_to_its_task(browser: httpx2.AsyncClient, books: Any):
    task = await books.task()
    child = await books.run(task, f"{task}:collect:document-ingest:rent-roll", slug="document-ingest")
    page = await text(browser, f"/tasks/{child}")
    assert f'<a href="/tasks/{task}">SPV One 2026-03</a>' in page
    assert "Rent roll" in page


async def test_a_part_that_was_seen_already_is_not_sent_again(browser: httpx2.AsyncClient, books: Any):
    task = await books.task()
    page = await text(browser, f"/tasks/{task}")
    address = page.split('hx-get="', 1)[1].split('"', 1)[0]
    assert (await browser.get(address)).status_code == 204
    await books.gate(task, str(task))
    assert "data-gate" in await text(browser, address)


async def test_a_reader_finds_nothing_to_press(anonymous: httpx2.AsyncClient, token: Token, books: Any):
    await anonymous.get("/sign-in", params={"token": token("auditor", purpose=Purpose.SIGN_IN)})
    task = await books.task()
    await books.gate(task, str(task))
    await books.file_gate(task, str(task), "rent-roll")
    page = await text(anonymous, f"/tasks/{task}")
    assert "<textarea" not in page
    assert 'type="file"' not in page


async def test_who_acted_before_is_told_that_a_second_person_signs(browser: httpx2.AsyncClient, books: Any):
    task = await books.task()
    first = await books.gate(task, str(task))
    await books.close_gate(first, actor="u-anna")
    await books.gate(task, str(task), four_eyes=True, step_id="sign_off")
    page = await text(browser, f"/tasks/{task}")
    assert "Somebody else has to approve" in page
    assert 'approved</strong> by <span class="person" title="u-anna">Anna</span>' in page


async def test_a_decided_gate_stays_to_be_read(browser: httpx2.AsyncClient, books: Any):
    task = await books.task()
    gate = await books.gate(task, str(task), payload={"nav": "2364551.46"})
    assert (await browser.get(f"/gates/{gate}")).headers["location"] == f"/tasks/{task}"
    await books.close_gate(gate, actor="u-anna")
    page = await text(browser, f"/gates/{gate}")
    assert "2,364,551.46" in page
    assert "a" * 64 in page
    assert "<textarea" not in page
    assert "Not found" in await text(browser, f"/gates/{gate}9", 404)


async def test_what_a_file_or_a_person_is_called_is_never_markup(browser: httpx2.AsyncClient, books: Any):
    task = await books.task(title="<script>alert(1)</script>")
    await books.gate(task, str(task), payload={"<b>key": "<img src=x>"}, reason="</h2><script>")
    page = await text(browser, f"/tasks/{task}")
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "</h2><script>" not in page


async def decide(browser: httpx2.AsyncClient, task: Any, **form: str) -> str:
    answer = await browser.post(f"/tasks/{task}/decide", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def test_a_rejection_without_a_reason_is_refused_beside_the_form(browser: httpx2.AsyncClient, books: Any):
    task = await books.task()
    gate = await books.gate(task, str(task))
    page = await decide(browser, task, gate_id=gate, action="rejected", comments="  ")
    assert "Say why you reject" in page
    assert 'role="alert"' in page


async def test_saving_without_a_change_is_refused(browser: httpx2.AsyncClient, books: Any):
    task = await books.task()
    gate = await books.gate(task, str(task))
    assert "Nothing was changed" in await decide(browser, task, gate_id=gate, action="corrected")


async def test_a_decision_on_a_gate_that_closed_is_answered_with_the_page_as_it_is(
    browser: httpx2.AsyncClient, books: Any
):
    task = await books.task()
    gate = await books.gate(task, str(task))
    await books.close_gate(gate, actor="u-ruth")
    assert "not open" in await decide(browser, task, gate_id=gate, action="approved")


async def test_errors_are_pages_for_browsers_and_the_envelope_for_programs(
    anonymous: httpx2.AsyncClient, check_problem: Callable[..., Any]
):
    answer = await anonymous.get("/", headers=HTML)
    assert answer.status_code == 401
    assert "Please sign in" in answer.text
    check_problem(await anonymous.get("/"), 401)
    link = await anonymous.get("/sign-in", params={"token": "x"}, headers=HTML)
    assert link.status_code == 401
    assert "Please sign in" in link.text


async def test_what_pages_load_may_be_kept_while_its_address_says_what_it_is(anonymous: httpx2.AsyncClient):
    page = (await anonymous.get("/", headers=HTML)).text
    address = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    assert "immutable" in (await anonymous.get(address)).headers["cache-control"]
    assert "immutable" not in (await anonymous.get(address + "0")).headers["cache-control"]
    assert (await anonymous.get("/static/none.js")).status_code == 404
    assert (await anonymous.get("/favicon.ico")).headers["content-type"] == "image/svg+xml"


async def test_pages_run_no_inline_script_or_style(browser: httpx2.AsyncClient, books: Any):
    task = await books.task()
    await books.gate(task, str(task))
    answer = await browser.get(f"/tasks/{task}")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert " style=" not in answer.text
    assert "<style" not in answer.text
    assert answer.text.count("<script") == answer.text.count("<script src=")


async def test_the_newest_name_of_a_person_counts(
    anonymous: httpx2.AsyncClient, anna: httpx2.AsyncClient, token: Token, books: Any
):
    await anonymous.get("/sign-in", params={"token": token("accountant", purpose=Purpose.SIGN_IN)})
    connection: asyncpg.Connection = books.connection
    await connection.execute("update system.people set name = 'Anna before she married'")
    task = await books.task()
    await anna.post(f"/tasks/{task}/files?filename=a.csv", content=b"a,b\n1,2\n", headers={"Content-Type": "text/csv"})
    assert await names_of(connection, ["u-anna", "u-nobody", None]) == {"u-anna": "Anna"}


async def test_who_only_reads_is_not_kept(anna: httpx2.AsyncClient, books: Any):
    assert (await anna.get("/tasks")).status_code == 200
    assert await names_of(books.connection, ["u-anna"]) == {}
