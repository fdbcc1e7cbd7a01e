"""Keys are rotated, runs cancelled and narrowed, and a part of a config is changed without losing what others did."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro.workspace import Client, NtroAPIError

TASK = {"id": "k", "tenantId": "t", "workflowId": "w"}
TENANT = {"id": "t", "name": "T", "slug": "t", "dataPlatform": "managed-postgres"}
KEY = {"id": "2", "name": "ci", "kind": "tenant", "prefix": "ntro_tenant_x", "apiKey": "ntro_new"}


class Shelf:
    """One thing with a config and a tag; somebody else writes it `quicker` times between reading and writing."""

    def __init__(self, *, quicker: int = 0) -> None:
        self.config: dict[str, Any] = {"note": "kept"}
        self.version = 1
        self.quicker = quicker
        self.writes = 0

    def __call__(self, request: Request) -> Response:
        if request.method == "PATCH":
            self._meanwhile()
            if request.headers["If-Match"] != f'"{self.version}"':
                return Response('{"message": "changed", "statusCode": 412}', 412)
            self.config = request.json["config"]
            self.writes += 1
        body = json.dumps(TENANT | {"tenantId": "t", "config": self.config})
        return Response(body, headers={"ETag": f'"{self.version}"'}, content_type="application/json")

    def _meanwhile(self) -> None:
        if self.quicker > 0:
            self.quicker -= 1
            self.version += 1
            self.config["other"] = self.version


def with_ai(config: Mapping[str, Any]) -> dict[str, Any]:
    return {**config, "ai": {"provider": "ANTHROPIC"}}


def test_changing_a_part_of_a_config_keeps_what_others_wrote_meanwhile(httpserver: HTTPServer) -> None:
    shelf = Shelf(quicker=2)
    httpserver.expect_request("/v1/workspace/tenants/acme").respond_with_handler(shelf)
    with Client(host=httpserver.url_for("/v1")) as client:
        changed = client.tenants.change_config_sync("acme", with_ai)
    assert changed.config == {"note": "kept", "other": 3, "ai": {"provider": "ANTHROPIC"}}
    assert shelf.writes == 1


def test_changing_a_config_gives_up_after_some_tries(httpserver: HTTPServer) -> None:
    shelf = Shelf(quicker=100)
    httpserver.expect_request("/v1/workspace/tenants/t/entities/e").respond_with_handler(shelf)
    with Client(host=httpserver.url_for("/v1")) as client, pytest.raises(NtroAPIError) as refused:
        client.entities.change_config_sync("t", "e", with_ai)
    assert (refused.value.status_code, shelf.writes, shelf.quicker) == (412, 0, 95)


def test_the_list_of_tasks_is_narrowed_by_all_that_is_given(httpserver: HTTPServer) -> None:
    asked = {"tenantId": "acme", "entityId": "spv", "workflowId": "nav", "period": "2026-03", "limit": "20"}
    page = {"items": [TASK], "nextCursor": None}
    httpserver.expect_request("/v1/workspace/tasks", query_string=asked).respond_with_json(page)
    with Client(host=httpserver.url_for("/v1")) as client:
        found = client.tasks.list_sync(tenant="acme", entity="spv", workflow="nav", period="2026-03", limit=20)
    assert [task.id for task in found] == ["k"]


def test_a_run_is_cancelled_and_a_key_rotated(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tasks/k/cancel", method="POST").respond_with_json(TASK)
    httpserver.expect_request(
        "/v1/workspace/keys/1/rotate", method="POST", json={"overlapSeconds": 60}
    ).respond_with_json(KEY)
    with Client(host=httpserver.url_for("/v1")) as client:
        assert client.tasks.cancel_sync("k").id == "k"
        assert client.keys.rotate_sync("1", overlap_seconds=60).apiKey == "ntro_new"


def test_the_relay_of_a_tenant_is_closed_without_touching_its_config(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tenants/t", json={"relay": False}).respond_with_json(TENANT)
    with Client(host=httpserver.url_for("/v1")) as client:
        assert client.tenants.update_sync("t", relay=False).slug == "t"
