"""Notifications: ids, types and times reach Workspace, and nothing else."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx2
import pytest
from temporalio.testing import ActivityEnvironment

from ntro.capabilities import notify

TENANT, ENTITY, TASK, OTHER = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "1234")


@pytest.fixture
def workspace(configure: Any, httpserver: Any) -> Any:
    configure(
        workspace_api_url=httpserver.url_for("/v1/"), workspace_api_key="cell-key", tenant_id=TENANT, entity_id=ENTITY
    )
    return httpserver


def sent(workspace: Any) -> dict[str, Any]:
    body: dict[str, Any] = workspace.log[-1][0].get_json()
    return body


async def test_a_notification_is_ids_a_type_and_a_time_sent_with_the_workers_key(workspace: Any):
    workspace.expect_request("/v1/internal/notify", method="POST").respond_with_json({}, status=202)
    answer = await notify.send(type="workflow.step.blocked", step="review", task_id=f"{TASK}:review:child")
    assert answer == {"status": "accepted"}
    body = sent(workspace)
    assert datetime.fromisoformat(body.pop("timestamp")).tzinfo is not None
    assert body == {
        "type": "workflow.step.blocked",
        "tenantId": TENANT,
        "entityId": ENTITY,
        "taskId": f"{TASK}:review:child",
        "step": "review",
    }
    assert workspace.log[-1][0].headers["Authorization"] == "Bearer cell-key"


async def test_data_stays_in_the_tenant_and_the_answer_says_so(workspace: Any):
    workspace.expect_request("/v1/internal/notify").respond_with_json({})
    answer = await notify.send(type="workflow.completed", data={"nav": "canary"}, tenant_id=OTHER, entity_id=OTHER)
    assert answer == {"status": "accepted", "withheld": ["data"]}
    assert b"canary" not in workspace.log[-1][0].get_data()
    assert (sent(workspace)["tenantId"], sent(workspace)["entityId"]) == (OTHER, OTHER)


async def test_an_activity_notifies_of_its_own_task(workspace: Any):
    workspace.expect_request("/v1/internal/notify").respond_with_json({})
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=f"{TASK}:review:child")

    async def work() -> None:
        await notify.send(type="workflow.started")

    await environment.run(work)
    assert sent(workspace)["taskId"] == f"{TASK}:review:child"
    environment.info = replace(environment.info, workflow_id="local-try")
    await environment.run(work)
    assert sent(workspace)["taskId"] == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "workflow.celebrated"},
        {"step": "The NAV is 3"},
        {"task_id": "a b"},
        {"tenant_id": "a\n"},
        {"entity_id": "£5"},
        {"step": "x" * 65},
    ],
)
async def test_free_text_has_no_place_in_a_notification(workspace: Any, wrong: dict[str, Any]):
    given: dict[str, Any] = {"type": "workflow.started"}
    with pytest.raises(ValueError):
        await notify.send(**(given | wrong))
    assert workspace.log == []


async def test_a_refusal_is_answered_and_an_outage_raised(workspace: Any, configure: Any):
    workspace.expect_request("/v1/internal/notify").respond_with_data("no such door", status=404)
    answer = await notify.send(type="workflow.failed")
    assert answer == {"status": "error", "code": 404, "detail": "no such door"}
    configure(workspace_api_url="http://127.0.0.1:9/v1")
    with pytest.raises(httpx2.TransportError):
        await notify.send(type="workflow.failed")


async def test_without_a_key_none_is_sent(workspace: Any, configure: Any):
    configure(workspace_api_key="")
    workspace.expect_request("/v1/internal/notify").respond_with_json({})
    await notify.send(type="workflow.started")
    assert "Authorization" not in workspace.log[-1][0].headers
