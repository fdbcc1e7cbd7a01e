"""What an agent asks is answered in its task's page, by forms that need no script, and is history afterwards."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from ntro.workspace.tokens import Purpose

HTML = {"Accept": "text/html"}
SESSION = """
insert into system.agent_sessions
    (agent_id, kind, external_ref, task_id, run_id, call_id, input, input_sha256, session_id, state, deadline)
values ($1, 'claude_managed', 'a', $2, $3, $4, 'x', $5, 's', 'running', now() + interval '1 hour') returning id
"""
REQUEST = """
insert into system.agent_requests (id, agent_session_id, task_id, step_id, pending_action) values ($1, $2, $3, '', $4)
"""
APPROVAL = {
    "kind": "interactive_review",
    "payload": {"pages": 12, "nav": "2364551.46"},
    "display_hint": {
        "component": "APPROVAL_FORM",
        "config": {"title": "Send the handover", "approve_label": "Send it", "reject_label": "Keep it"},
    },
}
FILE = {
    "kind": "submit_file",
    "args": {"source": "bank", "schema_slug": "bank_statement"},
    "display_hint": {
        "component": "FILE_UPLOAD",
        "config": {"source": "bank", "instructions": "March alone", "accept": [".csv"], "max_size_mb": 1},
    },
}
CSV = ("march.csv", b"a,b\n1,2\n", "text/csv")


class Asking:
    """An agent that works on a task and asks."""

    def __init__(self, books: Any) -> None:
        self._books = books
        self.agent = uuid4()
        self.task = UUID(int=0)

    async def begin(self, run: str | None = None) -> "Asking":
        self.task = self.task if self.task.int else await self._books.task()
        self.session = await self._books.connection.fetchval(
            SESSION, self.agent, str(self.task), run or str(self.task), uuid4().hex, "a" * 64
        )
        return self

    async def ask(self, pending: dict[str, Any]) -> UUID:
        request = uuid4()
        await self._books.connection.execute(REQUEST, request, self.session, self.task, pending)
        return request

    async def answer(self, request: UUID) -> Any:
        return await self._books.connection.fetchval("select answer from system.agent_requests where id = $1", request)

    async def end(self) -> None:
        await self._books.connection.execute(
            "update system.agent_sessions set state = 'completed', closed_at = now() where id = $1", self.session
        )


@pytest.fixture
async def asking(books: Any) -> Asking:
    return await Asking(books).begin()


@pytest.fixture
def sign_in(anonymous: httpx2.AsyncClient, token: Callable[..., str]) -> Callable[..., Any]:
    async def enter(*roles: str) -> httpx2.AsyncClient:
        await anonymous.get("/sign-in", params={"token": token(*roles, purpose=Purpose.SIGN_IN)})
        anonymous.headers.update(HTML)
        return anonymous

    return enter


@pytest.fixture
async def browser(sign_in: Callable[..., Any]) -> httpx2.AsyncClient:
    """An accountant's browser that runs no scripts: it sends what is in the forms and nothing else."""
    opened: httpx2.AsyncClient = await sign_in("accountant")
    return opened


async def shown(browser: httpx2.AsyncClient, task: UUID | str) -> str:
    answer = await browser.get(f"/tasks/{task}")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def form_of(page: str, request: UUID) -> tuple[str, dict[str, str]]:
    """Where the form of a request goes, and its hidden fields."""
    form = page.split(f'id="answer-{request}"', 1)[1].split("</form>", 1)[0]
    action = re.search(r'action="([^"]+)"', form)
    assert action is not None
    return action[1], dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


async def send(browser: httpx2.AsyncClient, task: UUID, request: UUID, **fields: Any) -> httpx2.Response:
    """Sends the request's form as the page has it."""
    action, hidden = form_of(await shown(browser, task), request)
    files = {"file": fields.pop("file")} if "file" in fields else None
    answer: httpx2.Response = await browser.post(action, data=hidden | fields, files=files)
    return answer


async def test_an_approval_is_shown_with_all_that_the_agent_sent(browser: httpx2.AsyncClient, asking: Asking):
    nested = APPROVAL | {"payload": {"pages": 12, "letter": {"to": "the auditor"}}}
    await asking.ask(APPROVAL)
    await asking.ask(nested)
    page = await shown(browser, asking.task)
    assert "Send the handover" in page
    assert "2,364,551.46" in page
    assert "the auditor" in page
    assert "Approve: Send it" in page
    assert "Reject: Keep it" in page
    assert "Nothing to do for you" not in page


@pytest.mark.parametrize(("action", "comments"), [("approved", ""), ("approved", "fine"), ("rejected", "page 3")])
async def test_a_person_decides_and_the_request_becomes_history(
    browser: httpx2.AsyncClient, asking: Asking, action: str, comments: str
):
    request = await asking.ask(APPROVAL)
    answer = await send(browser, asking.task, request, action=action, comments=comments)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tasks/{asking.task}")
    assert await asking.answer(request) == {"action": action, "reason": comments or None, "actedBy": "u-anna"}
    page = await shown(browser, asking.task)
    assert f"answer-{request}" not in page
    history = page.split("Answers to agents", 1)[1]
    assert f"<strong>{action}</strong> by" in history
    assert comments in history


async def test_a_file_is_stored_with_the_task_and_named_to_the_agent(
    browser: httpx2.AsyncClient, asking: Asking, books: Any
):
    request = await asking.ask(FILE)
    page = await shown(browser, asking.task)
    assert "March alone" in page
    assert 'accept=".csv"' in page
    assert (await send(browser, asking.task, request, file=CSV)).status_code == 303
    answer = await asking.answer(request)
    assert (answer["filename"], answer["source"], answer["actedBy"]) == ("march.csv", "bank", "u-anna")
    page = await shown(browser, asking.task)
    assert f"/files/{answer['document_ref']}" in page.split("Answers to agents", 1)[1]
    assert await books.event_types() == ["person.signed_in", "document.uploaded", "input_resolved"]


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (("march.pdf", b"%PDF-1.4", "application/pdf"), 422),
        (("march.csv", b"", "text/csv"), 422),
        (("march.csv", b"a" * (1024 * 1024 + 1), "text/csv"), 413),
    ],
)
async def test_a_file_that_does_not_fit_is_refused_beside_the_form_and_not_kept(
    browser: httpx2.AsyncClient, asking: Asking, books: Any, file: Any, status: int
):
    request = await asking.ask(FILE)
    answer = await send(browser, asking.task, request, file=file)
    assert answer.status_code == status, answer.text
    assert 'role="alert"' in answer.text.split(f"request-{request}", 1)[1].split("</section>", 1)[0]
    assert await asking.answer(request) is None
    assert await books.connection.fetchval("select count(*) from ingest.submitted_documents") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "rejected", "comments": "  "},
        {"action": "nonsense"},
        {},
        {"action": "approved", "comments": "x" * 4001},
    ],
)
async def test_an_answer_that_says_too_little_or_too_much_is_refused(
    browser: httpx2.AsyncClient, asking: Asking, fields: dict[str, str]
):
    request = await asking.ask(APPROVAL)
    answer = await send(browser, asking.task, request, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await asking.answer(request) is None


async def test_a_request_is_answered_once(browser: httpx2.AsyncClient, asking: Asking):
    request = await asking.ask(APPROVAL)
    action, hidden = form_of(await shown(browser, asking.task), request)
    assert (await browser.post(action, data=hidden | {"action": "approved"})).status_code == 303
    again = await browser.post(action, data=hidden | {"action": "rejected", "comments": "no"})
    assert again.status_code == 409
    assert 'role="alert"' in again.text
    assert (await asking.answer(request))["action"] == "approved"


async def test_a_file_for_an_approval_leaves_neither_answer_nor_file(
    browser: httpx2.AsyncClient, asking: Asking, books: Any
):
    request = await asking.ask(APPROVAL)
    action, hidden = form_of(await shown(browser, asking.task), request)
    answer = await browser.post(action.replace("/answer", "/files"), data=hidden, files={"file": CSV})
    assert answer.status_code == 422
    assert await books.connection.fetchval("select count(*) from ingest.submitted_documents") == 0


async def test_who_only_reads_sees_the_request_and_cannot_answer(
    sign_in: Callable[..., Any], asking: Asking, anonymous: httpx2.AsyncClient
):
    request = await asking.ask(APPROVAL)
    auditor = await sign_in("auditor")
    page = await shown(auditor, asking.task)
    assert "Send the handover" in page
    assert "answer-" not in page
    data = {"csrf_token": anonymous.cookies["ntro_csrf_acme"], "action": "approved"}
    assert (await auditor.post(f"/tasks/{asking.task}/requests/{request}/answer", data=data)).status_code == 403
    assert await asking.answer(request) is None


@pytest.mark.parametrize("given", [None, "", "another"])
async def test_a_form_without_the_sessions_token_is_refused(
    browser: httpx2.AsyncClient, asking: Asking, given: str | None
):
    request = await asking.ask(APPROVAL)
    data = {"action": "approved"} | ({} if given is None else {"csrf_token": given})
    answer = await browser.post(f"/tasks/{asking.task}/requests/{request}/answer", data=data)
    assert answer.status_code == 403
    assert await asking.answer(request) is None


async def test_a_form_that_another_site_made_the_browser_send_is_refused(browser: httpx2.AsyncClient, asking: Asking):
    request = await asking.ask(APPROVAL)
    action, hidden = form_of(await shown(browser, asking.task), request)
    answer = await browser.post(action, data=hidden | {"action": "approved"}, headers={"Origin": "https://evil.test"})
    assert answer.status_code == 403
    assert await asking.answer(request) is None


async def test_nobody_answers_without_signing_in(anonymous: httpx2.AsyncClient, asking: Asking):
    request = await asking.ask(APPROVAL)
    answer = await anonymous.post(f"/tasks/{asking.task}/requests/{request}/answer", data={"action": "approved"})
    assert answer.status_code == 401


async def test_a_request_of_another_task_is_not_found(browser: httpx2.AsyncClient, asking: Asking, books: Any):
    request = await asking.ask(APPROVAL)
    other = await books.task()
    _, hidden = form_of(await shown(browser, asking.task), request)
    for task, number in ((other, request), (asking.task, uuid4()), (asking.task, "nonsense"), (uuid4(), request)):
        for door, files in (("answer", None), ("files", {"file": CSV})):
            answer = await browser.post(
                f"/tasks/{task}/requests/{number}/{door}", data=hidden | {"action": "approved"}, files=files
            )
            assert answer.status_code == 404, (task, number, door)
    assert await asking.answer(request) is None
    assert "Send the handover" not in await shown(browser, other)


async def test_a_run_below_shows_what_its_own_agents_ask_and_the_task_shows_all(
    browser: httpx2.AsyncClient, asking: Asking, books: Any
):
    child = await books.run(asking.task, f"{asking.task}:collect:document-ingest:rent-roll", slug="document-ingest")
    await asking.ask(APPROVAL)
    below = Asking(books)
    below.task = asking.task
    await (await below.begin(child)).ask(FILE)
    page = await shown(browser, child)
    assert "March alone" in page
    assert "Send the handover" not in page
    assert "March alone" in await shown(browser, asking.task)


async def test_what_nobody_answered_before_the_agent_ended_is_history_that_takes_no_answer(
    browser: httpx2.AsyncClient, anna: httpx2.AsyncClient, asking: Asking, check_problem: Any
):
    request = await asking.ask(APPROVAL)
    action, hidden = form_of(await shown(browser, asking.task), request)
    await asking.end()
    page = await shown(browser, asking.task)
    assert f"answer-{request}" not in page
    assert "unanswered" in page.split("Answers to agents", 1)[1]
    assert (await browser.post(action, data=hidden | {"action": "approved"})).status_code == 409
    assert (await anna.get(f"/tasks/{asking.task}/requests")).json() == []
    path = f"/tasks/{asking.task}/requests/{request}/answer"
    check_problem(await anna.post(path, json={"action": "approved"}), 409)


async def test_the_page_changes_by_itself_when_an_agent_asks(browser: httpx2.AsyncClient, asking: Asking):
    page = await shown(browser, asking.task)
    address = page.split('hx-get="', 1)[1].split('"', 1)[0]
    assert (await browser.get(address)).status_code == 204
    await asking.ask(APPROVAL)
    fragment = await browser.get(address)
    assert "Send the handover" in fragment.text


async def test_the_list_of_tasks_says_where_an_agent_waits_for_somebody(browser: httpx2.AsyncClient, asking: Asking):
    async def needed() -> bool:
        return f"task-{asking.task}" in (await browser.get("/?state=needs")).text

    assert not await needed()
    await asking.ask(APPROVAL)
    assert await needed()
    assert "Answer for an agent" in (await browser.get("/")).text
    await asking.end()
    assert not await needed()


@pytest.mark.parametrize(
    "pending",
    [
        {"kind": "submit_file", "display_hint": {"config": {"accept": "all", "max_size_mb": -3, "instructions": 7}}},
        {"kind": "submit_file", "args": {"source": "../../etc"}},
        {"kind": "interactive_review", "payload": ["a", {"b": 1}], "display_hint": {"config": {"title": "x" * 5000}}},
        {"kind": "interactive_review", "payload": "</pre><script>alert(1)</script>"},
        {"kind": "interactive_review", "payload": {"<b>": "</h2><script>"}, "display_hint": {"component": "X"}},
    ],
)
async def test_whatever_an_agent_writes_is_text_of_a_bounded_length(
    browser: httpx2.AsyncClient, asking: Asking, pending: dict[str, Any]
):
    request = await asking.ask(pending)
    page = await shown(browser, asking.task)
    assert f"answer-{request}" in page
    assert "<script>" not in page
    assert "x" * 301 not in page
    if pending["kind"] == "submit_file":
        assert (await send(browser, asking.task, request, file=CSV)).status_code == 303
        assert (await asking.answer(request))["source"] == "agent_request"


async def test_a_document_for_an_agent_goes_to_no_gate_by_chance(
    browser: httpx2.AsyncClient, asking: Asking, books: Any
):
    await books.file_gate(asking.task, str(asking.task), "rent-roll")
    request = await asking.ask({"kind": "submit_file"})
    assert (await send(browser, asking.task, request, file=CSV)).status_code == 303
    assert await books.signals() == []
