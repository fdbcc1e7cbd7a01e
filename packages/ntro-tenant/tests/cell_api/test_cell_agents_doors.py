"""What an agent may do in a cell with its own token: a few doors of the task that it works on, while it does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI

from ntro.auth import AuthConfig
from ntro.workflow._push import Push
from ntro.workflow.steps import Step, plan, transition
from ntro.workspace.tokens import Purpose, claims_for, sign
from ntro_tenant.api.agent_doors import DOORS
from ntro_tenant.core import agent_reports
from ntro_tenant.settings import CellSettings

Check = Callable[[httpx2.Response, int], dict[str, Any]]
STEPS = [{"id": "draft_auditor_handover", "title": "Draft auditor handover", "icon": "FileText"}]


@dataclass
class Working:
    """An agent whose session works on `task`."""

    agent: UUID
    task: UUID
    session: UUID
    key: str
    bearer: str


@pytest.fixture
def settings(settings: CellSettings, workspace: Any) -> CellSettings:
    """The cell of a tenant that a real Workspace has: it says which keys of agents count."""
    beside: CellSettings = workspace.beside(settings)
    return beside


@pytest.fixture
def forged_token(settings: CellSettings, signing_keys: Any) -> Callable[..., str]:
    """Signs what Workspace would not sign, with its key."""

    def issue(agent: UUID | str, *, task: UUID, tenant: UUID | None = None, key: str | None = None) -> str:
        claims = claims_for(
            tenant or settings.tenant_id,
            subject=f"agent:{agent}",
            name="audit-handover",
            roles=["agent"],
            purpose=Purpose.ACCESS,
            task_id=task,
            key_id=key,
        )
        return sign(claims, signing_keys.private)

    return issue


async def enter_session(books: Any, agent: UUID, task: UUID) -> UUID:
    """What the runbook's worker enters when a step invokes an agent."""
    session: UUID = await books.connection.fetchval(
        """
        insert into system.agent_sessions
            (agent_id, kind, external_ref, task_id, run_id, step_id, call_id, input, input_sha256, session_id, state,
             deadline)
        values ($1, 'claude_managed', 'anthropic://agents/a', $2, $2, 'draft_auditor_handover', $3, 'x', $4, 's',
                'running', now() + interval '1 hour')
        returning id
        """,
        agent,
        str(task),
        uuid4().hex,
        "a" * 64,
    )
    return session


@pytest.fixture
async def working(books: Any, workspace: Any) -> Working:
    task = await books.task(steps=STEPS)
    agent = await workspace.agent()
    session = await enter_session(books, UUID(agent["id"]), task)
    bearer = await workspace.token(agent["apiKey"], task)
    return Working(UUID(agent["id"]), task, session, agent["apiKey"], bearer)


def caller(app: FastAPI, bearer: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {bearer}"}
    return httpx2.AsyncClient(transport=transport, base_url="http://cell.test/v1", headers=headers)


@pytest.fixture
async def agent(app: FastAPI, working: Working) -> AsyncIterator[httpx2.AsyncClient]:
    async with caller(app, working.bearer) as client:
        yield client


@pytest.fixture
async def push(app: FastAPI, working: Working) -> AsyncIterator[Push]:
    config = AuthConfig(api_key=working.bearer, api_url="http://cell.test/v1", task_id=str(working.task))
    connection = Push(config, connect=httpx2.ASGITransport(app), look_again_s=0.01)
    yield connection
    await connection.aclose()


async def steps_below(anna: httpx2.AsyncClient, task: UUID) -> list[dict[str, Any]]:
    (step,) = (await anna.get(f"/tasks/{task}")).json()["steps"]
    found: list[dict[str, Any]] = step["agentSteps"]
    return found


async def asked(anna: httpx2.AsyncClient, task: UUID) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while not (found := (await anna.get(f"/tasks/{task}/requests")).json()):  # noqa: ASYNC110 - it asks a server
            await asyncio.sleep(0.01)
    request: dict[str, Any] = found[0]
    return request


async def test_an_agents_steps_appear_below_the_step_that_invoked_it(
    anna: httpx2.AsyncClient, push: Push, working: Working
):
    await plan([Step("read", "Read the month", "FileText"), Step("write", "Write")], push=push)
    async with transition("read", push=push) as step:
        step.progress("page 3")
    with pytest.raises(LookupError):
        async with transition("write", push=push):
            raise LookupError("no template")
    shown = await steps_below(anna, working.task)
    told = [(item["id"], item["title"], item["status"], item["progress"], item["failure"]) for item in shown]
    assert told == [
        ("read", "Read the month", "COMPLETED", "page 3", None),
        ("write", "Write", "FAILED", None, "LookupError: no template"),
    ]
    events = (await anna.get(f"/tasks/{working.task}/events")).json()
    assert {event["actor"] for event in events} == {f"agent:{working.agent}"}
    assert {event["payload"]["underStep"] for event in events} == {"draft_auditor_handover"}
    page = await anna.get(f"http://cell.test/tasks/{working.task}")
    assert "Read the month" in page.text


async def test_an_agent_reads_its_tasks_period_and_not_what_it_was_not_given(
    agent: httpx2.AsyncClient, working: Working, books: Any
):
    await books.connection.execute("update system.tasks set context = $1", {"secret": "canary"})
    answer = await agent.get(f"/tasks/{working.task}")
    assert answer.json()["period"] == "2026-03"
    assert "canary" not in answer.text
    assert (await agent.get(f"/tasks/{working.task}/events")).status_code == 200
    assert (await agent.get(f"/tasks/{working.task}/files")).json() == []


async def test_a_person_approves_what_an_agent_asks_and_the_agent_goes_on(
    anna: httpx2.AsyncClient, push: Push, working: Working, check_problem: Check
):
    async with transition("write", push=push) as step:
        asking = asyncio.create_task(step.request_approval(payload={"pages": 3}, title="Handover", timeout_s=20))
        request = await asked(anna, working.task)
        assert request["pendingAction"]["payload"] == {"pages": 3}
        assert [item["status"] for item in await steps_below(anna, working.task)] == ["BLOCKED"]
        path = f"/tasks/{working.task}/requests/{request['id']}/answer"
        check_problem(await anna.post(path, json={}), 422)
        assert (await anna.post(path, json={"action": "approved", "reason": "fine"})).status_code == 201
        assert await asking == {"action": "approved", "reason": "fine", "actedBy": "u-anna"}
        check_problem(await anna.post(path, json={"action": "rejected"}), 409)
    assert (await anna.get(f"/tasks/{working.task}/requests")).json() == []


async def test_a_person_hands_in_the_file_that_an_agent_asks_for(
    anna: httpx2.AsyncClient, push: Push, working: Working, check_problem: Check
):
    async with transition("read", push=push) as step:
        asking = asyncio.create_task(step.request_file(source="bank", schema="bank_statement", timeout_s=20))
        request = await asked(anna, working.task)
        path = f"/tasks/{working.task}/requests/{request['id']}/answer"
        check_problem(await anna.post(path, json={"action": "approved"}), 422)
        check_problem(await anna.post(path, json={"documentId": str(uuid4())}), 404)
        sent = await anna.post(f"/tasks/{working.task}/files?filename=a.csv&source=bank", content=b"a,b\n1,2\n")
        document = sent.json()["id"]
        assert (await anna.post(path, json={"documentId": document})).status_code == 201
        assert (await asking)["document_ref"] == document


async def test_an_agent_answers_no_request_and_decides_nothing(
    agent: httpx2.AsyncClient, working: Working, check_problem: Check
):
    forged = {"type": "input_resolved", "payload": {"request_id": str(uuid4()), "result": {"action": "approved"}}}
    check_problem(await agent.post(f"/tasks/{working.task}/events", json=forged), 403)
    path = f"/tasks/{working.task}/requests/{uuid4()}/answer"
    check_problem(await agent.post(path, json={"action": "approved"}), 403)


@pytest.mark.parametrize(
    "payload",
    [
        {"steps": "none"},
        {"steps": [{"title": "no id"}]},
        {"steps": ["text"]},
        {"steps": [{"id": str(number), "title": "x"} for number in range(agent_reports.MAX_STEPS + 1)]},
    ],
)
async def test_a_plan_that_does_not_fit_is_refused(
    agent: httpx2.AsyncClient, working: Working, check_problem: Check, payload: dict[str, Any]
):
    body = {"type": "plan_declared", "payload": payload}
    check_problem(await agent.post(f"/tasks/{working.task}/events", json=body), 422)


async def test_an_agent_asks_people_for_nothing_else_and_not_without_end(
    agent: httpx2.AsyncClient, working: Working, check_problem: Check
):
    path = f"/tasks/{working.task}/events"

    def request(kind: str) -> dict[str, Any]:
        said = {"step_id": "a", "request_id": str(uuid4()), "pending_action": {"kind": kind}}
        return {"type": "requires_input", "payload": said}

    check_problem(await agent.post(path, json=request("drill_down")), 422)
    for _ in range(agent_reports.MAX_REQUESTS):
        assert (await agent.post(path, json=request("interactive_review"))).status_code == 201
    check_problem(await agent.post(path, json=request("interactive_review")), 409)


async def test_an_agents_token_is_worth_nothing_once_its_session_has_ended(
    app: FastAPI, agent: httpx2.AsyncClient, working: Working, books: Any, check_problem: Check
):
    assert (await agent.get(f"/tasks/{working.task}")).status_code == 200
    await books.connection.execute("update system.agent_sessions set state = 'completed', closed_at = now()")
    check_problem(await agent.get(f"/tasks/{working.task}"), 404)


def doors_of(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and address of the API and of the pages."""
    found = [(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods]
    return [*found, ("GET", "/"), ("GET", "/tasks/{run_id}"), ("GET", "/fragments/tasks"), ("GET", "/gates/{gate_id}")]


OPEN_TO_ALL = {("GET", "/health"), ("GET", "/v1/health"), ("GET", "/sign-in"), ("POST", "/sign-out")}


async def test_every_door_is_closed_to_agents_of_other_tasks_and_tenants_and_to_leaked_tokens(
    app: FastAPI, books: Any, working: Working, workspace: Any, forged_token: Callable[..., str]
):
    """Every door, by every token that is not of the agent that works on the task; and all other doors by its own."""
    other_task = await books.task(title="another")
    other, idle = await workspace.agent(), await workspace.agent()
    await enter_session(books, UUID(other["id"]), other_task)
    key = working.key.split("_")[2]
    strangers = {
        "an agent of another task": await workspace.token(other["apiKey"]),
        "the agent, with a token for another task": await workspace.token(working.key, other_task),
        "an agent that works on nothing": await workspace.token(idle["apiKey"], working.task),
        "the agent, with a token for no key": forged_token(working.agent, task=working.task),
        "the agent, with a token for another's key": forged_token(
            working.agent, task=working.task, key=idle["apiKey"].split("_")[2]
        ),
        "an agent of another tenant": forged_token(working.agent, task=working.task, tenant=uuid4(), key=key),
        "an agent without an id": forged_token("somebody", task=working.task, key=key),
    }
    values = {"task": str(working.task), "run_id": str(working.task), "document_id": str(uuid4())}
    tried = 0
    for method, address in doors_of(app):
        if (method, address) in OPEN_TO_ALL:
            continue
        path = "http://cell.test" + address.format_map(_Any(values))
        own = (method, address) in DOORS
        for name, bearer in {**strangers, **({} if own else {"the agent itself": working.bearer})}.items():
            async with caller(app, bearer) as client:
                answer = await client.request(method, path, json={})
            assert answer.status_code in (401, 403, 404), (method, address, name, answer.status_code)
            tried += 1
    assert tried > 5 * len(DOORS)
    assert await books.event_types() == []


async def test_the_listed_doors_are_those_of_the_api(app: FastAPI):
    assert set(doors_of(app)) >= DOORS


class _Any(dict[str, str]):
    """Any id for the parts of an address that are not named."""

    def __missing__(self, key: str) -> str:
        return str(uuid4())
