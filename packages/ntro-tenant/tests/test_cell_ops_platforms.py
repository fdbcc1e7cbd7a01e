"""Data platforms as a cell reaches them: local servers that speak the documented protocols, and the own database."""

import base64
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro.workspace.commands import PlatformProbe, PlatformProbed
from ntro.workspace.sealing import new_key_pair, seal
from ntro_tenant.ops.cell import Cell
from ntro_tenant.ops.platforms.probe import probe

TENANT = UUID(int=7)
PRIVATE, PUBLIC = new_key_pair()


@pytest.fixture
async def cell(database_url: str) -> AsyncIterator[Cell]:
    """The part of a cell that probes use."""
    pool = await asyncpg.create_pool(database_url, min_size=1, max_size=2)
    settings = SimpleNamespace(tenant_id=TENANT, sealing_private_key=SecretStr(PRIVATE))
    yield cast("Cell", SimpleNamespace(settings=settings, pool=pool))
    await pool.close()


def asked(provider: str, config: dict[str, Any], secrets: dict[str, str], *, wants_schemas: bool) -> PlatformProbe:
    sealed = seal(json.dumps(secrets).encode(), public_key=PUBLIC, tenant_id=TENANT)
    return PlatformProbe(provider=provider, config=config, sealed_secrets=sealed, wants_schemas=wants_schemas)


async def test_the_own_database_tells_its_schemas(cell: Cell):
    await cell.pool.execute("create schema ledgers; create table ledgers.expenses (id int); create schema empty")
    tested = await probe(cell, PlatformProbe(provider="managed-postgres"))
    assert tested.ok
    found = await probe(cell, PlatformProbe(provider="managed-postgres", wants_schemas=True))
    assert found.schemas == {"empty": [], "ledgers": ["expenses"], "public": []}


class DatabricksDoors:
    """OAuth for service principals and the Unity Catalog API, two schemas on two pages."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        server.expect_request("/oidc/v1/token", method="POST").respond_with_handler(self.token)
        server.expect_request("/api/2.1/unity-catalog/catalogs/main").respond_with_handler(self.catalog)
        server.expect_request("/api/2.1/unity-catalog/schemas").respond_with_handler(self.schemas)
        server.expect_request("/api/2.1/unity-catalog/tables").respond_with_handler(self.tables)

    def token(self, request: Request) -> Response:
        basic = base64.b64encode(b"client:s3cret").decode()
        good = request.headers["Authorization"] == f"Basic {basic}"
        good = good and request.form["grant_type"] == "client_credentials" and request.form["scope"] == "all-apis"
        return answer({"access_token": "t", "expires_in": 3600}) if good else Response("{}", 401)

    def catalog(self, request: Request) -> Response:
        return answer({"name": "main"}) if request.headers["Authorization"] == "Bearer t" else Response("{}", 401)

    def schemas(self, request: Request) -> Response:
        if "page_token" in request.args:
            return answer({"schemas": [{"name": "gold"}]})
        return answer({"schemas": [{"name": "silver"}], "next_page_token": "p2"})

    def tables(self, request: Request) -> Response:
        return answer({"tables": [{"name": "b"}, {"name": "a"}]} if request.args["schema_name"] == "gold" else {})


def answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


async def databricks(cell: Cell, url: str, secret: str, *, wants_schemas: bool) -> PlatformProbed:
    config = {"workspaceUrl": url, "catalog": "main", "clientId": "client", "clientSecret": "***"}
    command = asked("DATABRICKS", config, {"config.clientSecret": secret}, wants_schemas=wants_schemas)
    return await probe(cell, command)


async def test_databricks_is_tested_and_discovered_page_by_page(cell: Cell, httpserver: HTTPServer):
    doors = DatabricksDoors(httpserver)
    assert (await databricks(cell, doors.url, "s3cret", wants_schemas=False)).ok
    found = await databricks(cell, doors.url, "s3cret", wants_schemas=True)
    assert found.schemas == {"gold": ["a", "b"], "silver": []}


async def test_what_goes_wrong_is_told_without_the_secret(cell: Cell, httpserver: HTTPServer):
    doors = DatabricksDoors(httpserver)
    for url, secret in ((doors.url, "wrong-canary"), ("http://platform.example", "c"), ("http://127.0.0.1:9", "c")):
        found = await databricks(cell, url, secret, wants_schemas=True)
        assert not found.ok
        assert found.message
        assert "canary" not in found.message
    httpserver.clear()
    httpserver.expect_request("/oidc/v1/token").respond_with_data("<html>", 200)
    assert not (await databricks(cell, doors.url, "s3cret", wants_schemas=False)).ok
    httpserver.clear()
    httpserver.expect_request("/oidc/v1/token").respond_with_json({"error": "busy"}, 503)
    assert not (await databricks(cell, doors.url, "s3cret", wants_schemas=False)).ok


async def test_snowflake_is_tested_and_discovered_in_partitions(cell: Cell, httpserver: HTTPServer):
    def statements(request: Request) -> Response:
        kind = request.headers["X-Snowflake-Authorization-Token-Type"]
        if (kind, request.headers["Authorization"]) != ("PROGRAMMATIC_ACCESS_TOKEN", "Bearer pat"):
            return answer({"message": "no"}, 401)
        if request.get_json()["statement"] == "select 1":
            return answer({"data": [["1"]], "statementHandle": "h"})
        parts = {"partitionInfo": [{"rowCount": 2}, {"rowCount": 1}]}
        rows = [["GOLD", "A"], ["GOLD", "B"]]
        return answer({"data": rows, "resultSetMetaData": parts, "statementHandle": "h"})

    httpserver.expect_request("/api/v2/statements", method="POST").respond_with_handler(statements)
    httpserver.expect_request("/api/v2/statements/h", query_string="partition=1").respond_with_json(
        {"data": [["SILVER", None]]}
    )
    config = {"account": httpserver.url_for("").rstrip("/"), "token": "***", "database": "D"}
    for token, ok in (("pat", True), ("wrong", False)):
        tested = await probe(cell, asked("SNOWFLAKE", config, {"config.token": token}, wants_schemas=False))
        assert tested.ok is ok
    found = await probe(cell, asked("SNOWFLAKE", config, {"config.token": "pat"}, wants_schemas=True))
    assert found.schemas == {"GOLD": ["A", "B"], "SILVER": []}


async def test_what_this_version_does_not_reach_says_so(cell: Cell):
    for provider in ("MICROSOFT_FABRIC", "GCP_BIGQUERY"):
        assert not (await probe(cell, PlatformProbe(provider=provider))).ok
    assert not (await probe(cell, PlatformProbe(provider="DATABRICKS"))).ok
    foreign = PlatformProbe(provider="SNOWFLAKE", config={"account": "a"}, sealed_secrets="AQID")
    assert not (await probe(cell, foreign)).ok
