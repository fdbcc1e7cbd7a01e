"""Who may call the cell's API, and how a browser signs in."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from ntro.workspace.tokens import Purpose

Check = Callable[[httpx2.Response, int], dict[str, Any]]


async def test_health_answers_without_a_key_while_temporal_is_away(anonymous: httpx2.AsyncClient):
    for path in ("/health", "/v1/health"):
        answer = await anonymous.get(path)
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok"}
        assert answer.headers["x-request-id"]


@pytest.mark.parametrize("header", [None, "Bearer garbage", "Bearer ", "Basic YTpi", "Bearer a.b.c"])
async def test_a_call_without_a_valid_token_is_401(
    anonymous: httpx2.AsyncClient, check_problem: Check, header: str | None
):
    headers = {} if header is None else {"Authorization": header}
    answer = await anonymous.get("/v1/tasks", headers=headers)
    assert check_problem(answer, 401)["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_of_another_tenant_is_401(
    anonymous: httpx2.AsyncClient, token: Callable[..., str], check_problem: Check
):
    bearer = token("accountant", tenant_id=uuid4())
    check_problem(await anonymous.get("/v1/tasks", headers={"Authorization": f"Bearer {bearer}"}), 401)


async def test_an_expired_token_is_401(anonymous: httpx2.AsyncClient, token: Callable[..., str], check_problem: Check):
    bearer = token("accountant", age=16)
    check_problem(await anonymous.get("/v1/tasks", headers={"Authorization": f"Bearer {bearer}"}), 401)


async def test_a_sign_in_token_is_no_access_token(
    anonymous: httpx2.AsyncClient, token: Callable[..., str], check_problem: Check
):
    bearer = token("accountant", purpose=Purpose.SIGN_IN)
    check_problem(await anonymous.get("/v1/tasks", headers={"Authorization": f"Bearer {bearer}"}), 401)


async def test_an_access_token_opens_no_session(
    anonymous: httpx2.AsyncClient, token: Callable[..., str], check_problem: Check
):
    check_problem(await anonymous.get("/sign-in", params={"token": token("accountant")}), 401)


async def test_a_sign_in_link_opens_a_session_once(
    anonymous: httpx2.AsyncClient, token: Callable[..., str], books: Any, check_problem: Check
):
    link = token("accountant", purpose=Purpose.SIGN_IN)
    answer = await anonymous.get("/sign-in", params={"token": link})
    assert answer.status_code == 200
    session = next(item for item in answer.headers.get_list("set-cookie") if item.startswith("ntro_session_acme="))
    assert "HttpOnly" in session
    assert "SameSite=strict" in session
    assert (await anonymous.get("/v1/tasks")).status_code == 200
    check_problem(await anonymous.get("/sign-in", params={"token": link}), 401)
    assert await books.event_types() == ["person.signed_in"]


async def test_a_write_of_a_session_needs_its_csrf_token(
    anonymous: httpx2.AsyncClient, token: Callable[..., str], books: Any, check_problem: Check
):
    await anonymous.get("/sign-in", params={"token": token("accountant", purpose=Purpose.SIGN_IN)})
    task = await books.task()
    path = f"/v1/tasks/{task}/events"
    body = {"type": "completed"}
    assert check_problem(await anonymous.post(path, json=body), 403)["code"] == "csrf"
    check_problem(await anonymous.post(path, json=body, headers={"X-CSRF-Token": "other"}), 403)
    right = {"X-CSRF-Token": anonymous.cookies["ntro_csrf_acme"]}
    assert (await anonymous.post(path, json=body, headers=right)).status_code == 201


async def test_a_session_refuses_requests_that_other_sites_made(
    anonymous: httpx2.AsyncClient, token: Callable[..., str], check_problem: Check
):
    await anonymous.get("/sign-in", params={"token": token("accountant", purpose=Purpose.SIGN_IN)})
    check_problem(await anonymous.get("/v1/tasks", headers={"Origin": "http://evil.test"}), 403)
    assert (await anonymous.get("/v1/tasks", headers={"Origin": "http://cell.test"})).status_code == 200


async def test_a_cookie_that_was_kept_is_worth_nothing_after_sign_out(
    anonymous: httpx2.AsyncClient, token: Callable[..., str], check_problem: Check
):
    await anonymous.get("/sign-in", params={"token": token("accountant", purpose=Purpose.SIGN_IN)})
    kept = dict(anonymous.cookies)
    out = await anonymous.post("/sign-out", headers={"X-CSRF-Token": kept["ntro_csrf_acme"]})
    assert out.status_code == 204
    assert "ntro_session_acme" not in anonymous.cookies
    cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
    check_problem(await anonymous.get("/v1/tasks", headers={"Cookie": cookie}), 401)


async def test_an_altered_cookie_is_401(anonymous: httpx2.AsyncClient, token: Callable[..., str], check_problem: Check):
    await anonymous.get("/sign-in", params={"token": token("accountant", purpose=Purpose.SIGN_IN)})
    value = anonymous.cookies["ntro_session_acme"]
    cookie = f"ntro_session_acme={value[:-4]}AAAA"
    anonymous.cookies.clear()
    check_problem(await anonymous.get("/v1/tasks", headers={"Cookie": cookie}), 401)


@pytest.mark.parametrize("roles", [("auditor",), ()])
async def test_an_auditor_reads_and_writes_nothing(
    person_with: Callable[..., httpx2.AsyncClient], books: Any, check_problem: Check, roles: tuple[str, ...]
):
    task = await books.task()
    await books.gate(task, str(task))
    async with person_with(*roles) as client:
        assert (await client.get(f"/tasks/{task}")).status_code == 200
        writes = [
            client.post(f"/tasks/{task}/action", json={"type": "approved"}),
            client.post(f"/tasks/{task}/files?filename=a.csv", content=b"a,b\n1,2\n"),
            client.post(f"/tasks/{task}/events", json={"type": "completed"}),
            client.post(f"/entities/{books.entity_id}/tasks", json={"workflowId": "nav"}),
        ]
        for write in writes:
            check_problem(await write, 403)


async def test_an_agent_decides_no_gate(
    person_with: Callable[..., httpx2.AsyncClient], books: Any, check_problem: Check
):
    task = await books.task()
    await books.gate(task, str(task))
    async with person_with("agent", "accountant") as client:
        check_problem(await client.post(f"/tasks/{task}/action", json={"type": "approved"}), 403)


async def test_an_unknown_address_is_404_in_the_envelope(anna: httpx2.AsyncClient, check_problem: Check):
    check_problem(await anna.get("/nothing"), 404)


async def test_a_database_that_is_away_is_503_and_health_still_answers(
    app: FastAPI, anna: httpx2.AsyncClient, anonymous: httpx2.AsyncClient, check_problem: Check
):
    await app.state.cell.pool.close()
    assert check_problem(await anna.get("/entities"), 503)["hint"]
    assert (await anonymous.get("/health")).status_code == 200
