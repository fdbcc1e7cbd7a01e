"""Entities, what can be started for them, and starting it through Workspace."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from ntro_tenant.settings import CellSettings

Check = Callable[[httpx2.Response, int], dict[str, Any]]
SCHEMA = {
    "global": {
        "properties": {
            "period": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "description": "The month"},
            "dry_run": {"type": "boolean", "default": False},
        }
    }
}


async def test_entities_are_listed(anna: httpx2.AsyncClient, books: Any):
    assert (await anna.get("/entities")).json() == [
        {
            "id": str(books.entity_id),
            "tenantId": str(books.tenant_id),
            "slug": "spv-1",
            "name": "SPV One",
            "type": None,
            "jurisdiction": None,
            "currency": "GBP",
        }
    ]


async def test_the_tasks_of_an_entity_say_what_they_wait_for(anna: httpx2.AsyncClient, books: Any):
    task = await books.task(status="BLOCKED")
    await books.file_gate(task, str(task), "tb", display_hint={"component": "FILE_UPLOAD", "config": {}})
    row = (await anna.get(f"/entities/{books.entity_id}/tasks")).json()[0]
    assert (row["id"], row["awaiting"]) == (str(task), "FILE_UPLOAD")


@pytest.mark.parametrize("entity", ["3f0c6a2e-5d1b-4e57-9a3c-7b6f0d2e4c11", "spv-1", "%00"])
@pytest.mark.parametrize("part", ["tasks", "workflows"])
async def test_an_unknown_entity_is_404(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, entity: str, part: str
):
    check_problem(await anna.get(f"/entities/{entity}/{part}"), 404)


async def test_workflows_tell_their_start_parameters(anna: httpx2.AsyncClient, books: Any):
    await books.connection.execute(
        """
        insert into system.bundles (slug, version, sha256, workflow_class, activity_modules, config_schema, is_current)
        values ('nav-monthly', '1.0.0', 'x', 'NavMonthlyWorkflow', '["activities"]', $1, true)
        """,
        SCHEMA,
    )
    found = (await anna.get(f"/entities/{books.entity_id}/workflows")).json()[0]
    assert found["id"] == str(books.workflow_id)
    assert [(param["key"], param["type"], param["required"]) for param in found["startParams"]] == [
        ("period", "string", True),
        ("dry_run", "boolean", False),
    ]


async def test_a_workflow_whose_version_is_not_known_has_no_start_parameters(anna: httpx2.AsyncClient, books: Any):
    assert (await anna.get(f"/entities/{books.entity_id}/workflows")).json()[0]["startParams"] is None


class TestStarting:
    @pytest.fixture
    def settings(self, settings: CellSettings, httpserver: HTTPServer) -> CellSettings:
        return settings.model_copy(update={"workspace_url": httpserver.url_for("/v1")})

    @pytest.fixture
    def body(self) -> dict[str, Any]:
        return {"workflowId": "nav", "context": {"period": "2026-03"}}

    async def test_a_start_is_asked_of_workspace_with_the_cells_key(
        self, anna: httpx2.AsyncClient, books: Any, httpserver: HTTPServer, body: Any
    ):
        expected = {
            "tenantId": str(books.tenant_id),
            "entityId": str(books.entity_id),
            "workflowId": "nav",
            "context": {"period": "2026-03"},
        }
        httpserver.expect_request(
            "/v1/workspace/tasks",
            method="POST",
            json=expected,
            headers={"Authorization": "Bearer cell-key", "Idempotency-Key": "once"},
        ).respond_with_json({"id": "t-1"}, status=201)
        answer = await anna.post(f"/entities/{books.entity_id}/tasks", json=body, headers={"Idempotency-Key": "once"})
        assert (answer.status_code, answer.json()) == (201, {"id": "t-1"})
        httpserver.check_assertions()

    async def test_what_workspace_refuses_is_passed_on(
        self, anna: httpx2.AsyncClient, books: Any, httpserver: HTTPServer, body: Any
    ):
        refusal = {"statusCode": 404, "message": "No workflow nav", "error": "Not Found"}
        httpserver.expect_request("/v1/workspace/tasks").respond_with_json(refusal, status=404)
        answer = await anna.post(f"/entities/{books.entity_id}/tasks", json=body)
        assert (answer.status_code, answer.json()) == (404, refusal)

    async def test_an_unknown_entity_starts_nothing(
        self, anna: httpx2.AsyncClient, books: Any, httpserver: HTTPServer, body: Any, check_problem: Check
    ):
        check_problem(await anna.post(f"/entities/{uuid4()}/tasks", json=body), 404)
        assert httpserver.log == []

    async def test_a_body_without_workflow_is_422(self, anna: httpx2.AsyncClient, books: Any, check_problem: Check):
        check_problem(await anna.post(f"/entities/{books.entity_id}/tasks", json={}), 422)


async def test_a_start_while_workspace_is_away_is_503(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    check_problem(await anna.post(f"/entities/{books.entity_id}/tasks", json={"workflowId": "nav"}), 503)
