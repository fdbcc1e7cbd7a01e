"""One line for an answer: the route and never the address; none for what is asked several times a second."""

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx2
import pytest


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """The lines about requests since it was last called."""
    caplog.set_level(logging.INFO)

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"event": "request"' in line]

    return lines


async def test_a_line_names_the_whole_route_and_no_address(
    api: httpx2.AsyncClient, tenant: Any, logged: Callable[[], list[dict[str, Any]]]
):
    await api.get("/workspace/tasks")
    for address in (f"/workspace/tenants/{tenant.slug}", "/workspace/tasks", "/workspace/tasks?limit=0", "/nowhere"):
        await api.get(address, headers={"X-Request-Id": "r-1"})
    lines = logged()
    assert [(line["route"], line["status"]) for line in lines if line["request_id"] == "r-1"] == [
        ("/v1/workspace/tenants/{tenant}", 200),
        ("/v1/workspace/tasks", 200),
        ("/v1/workspace/tasks", 422),
        (None, 404),
    ]
    assert tenant.slug not in json.dumps(lines)


@pytest.mark.parametrize("address", ["/health", "/internal/provisioning"])
async def test_what_is_asked_again_and_again_leaves_a_line_only_where_it_fails(
    api: httpx2.AsyncClient, address: str, logged: Callable[[], list[dict[str, Any]]]
):
    assert (await api.get(address)).status_code == 200
    assert logged() == []
    assert (await api.post(address)).status_code == 405
    assert [line["status"] for line in logged()] == [405]
