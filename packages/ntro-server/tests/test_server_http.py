"""The envelope of errors, request ids, and bodies that are too large."""

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel

from ntro_server.error_handlers import install_error_handlers
from ntro_server.errors import Conflict, NotFound
from ntro_server.http import BodyLimit, RequestContext
from ntro_server.outages import install_outage_handlers

LIMIT = 1000
OLD_CLIENTS_READ = {"statusCode", "message", "error"}


class Body(BaseModel):
    count: int


def application() -> FastAPI:
    app = FastAPI()
    install_error_handlers(app)
    install_outage_handlers(app)
    app.add_middleware(BodyLimit, limit=LIMIT)
    app.add_middleware(RequestContext)

    @app.get("/missing")
    async def missing() -> None:
        raise NotFound("There is no [such] thing.", hint="Look elsewhere.", extra={"currentStatus": "GONE"})

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("inner words")

    @app.get("/outage")
    async def outage() -> None:
        raise asyncpg.CannotConnectNowError("starting up")

    @app.post("/count")
    async def count(body: Body) -> int:
        return body.count

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return sum([len(piece) async for piece in request.stream()])

    return app


@pytest.fixture
def client() -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=application(), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://test")


async def test_an_error_carries_what_old_and_new_clients_read(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/missing", headers={"X-Request-Id": "mine-1"})
    body = answer.json()
    assert answer.status_code == 404
    assert set(body) >= OLD_CLIENTS_READ
    assert isinstance(body["message"], str)
    assert not set("[]") & set(body["message"])
    assert (body["code"], body["hint"], body["requestId"]) == ("not_found", "Look elsewhere.", "mine-1")
    assert body["currentStatus"] == "GONE"
    assert answer.headers["x-request-id"] == "mine-1"


async def test_an_unexpected_error_tells_nothing_of_the_inside(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "inner words" not in answer.text


async def test_a_database_that_is_away_is_told_as_an_outage(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/outage")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(("content", "status"), [("{", 400), ("{}", 422), ('{"count": "x"}', 422), ("[]", 422)])
async def test_a_bad_body_gets_one_message(client: httpx2.AsyncClient, content: str, status: int) -> None:
    answer = await client.post("/count", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert isinstance(answer.json()["message"], str)


async def test_unknown_addresses_and_methods_use_the_envelope(client: httpx2.AsyncClient) -> None:
    for answer in (await client.get("/nowhere"), await client.delete("/missing")):
        assert answer.status_code in {404, 405}
        assert set(answer.json()) >= OLD_CLIENTS_READ


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
async def test_a_body_is_taken_up_to_the_limit(client: httpx2.AsyncClient, size: int) -> None:
    declared = await client.post("/raw", content=b"x" * size)

    async def pieces():
        for _ in range(size):
            yield b"x"

    undeclared = await client.post("/raw", content=pieces())
    expected = 200 if size == LIMIT else 413
    assert (declared.status_code, undeclared.status_code) == (expected, expected)


async def test_a_malformed_request_id_is_replaced(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/missing", headers={"X-Request-Id": "a b" * 40})
    assert answer.headers["x-request-id"].isalnum()


def test_a_conflict_has_its_own_code() -> None:
    assert (Conflict("x").status, Conflict("x").code) == (409, "conflict")
