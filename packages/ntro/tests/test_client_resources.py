"""Each accessor calls the endpoint of the contract, and its blocking twin does the same."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import ntro
import ntro.workspace
from ntro.workspace import Client, errors
from ntro.workspace.models import Acknowledgement, Task

ENTITY = {"id": "e", "name": "E", "slug": "e", "tenantId": "t"}
WORKFLOW = {"id": "w", "runbookSlug": "nav", "entityId": "e"}
TASK = {"id": "k", "tenantId": "t", "workflowId": "w"}
PLATFORM = {"id": "p", "name": "P", "provider": "SNOWFLAKE"}
AGENT = {"id": "a", "tenantId": "t", "name": "A", "kind": "claude_managed", "externalRef": "x"}
KEY = {"id": "1", "name": "ci", "kind": "tenant", "prefix": "ntro_tenant_x"}
TENANT = {"id": "t", "name": "T", "slug": "t", "dataPlatform": "managed-postgres"}
TOKEN = {"token": "x", "expiresAt": "2999-01-01T00:00:00Z", "url": "http://127.0.0.1:1/v1"}
HEAD = {"id": "r", "slug": "nav", "name": "NAV", "version": "1", "state": "ACTIVE"}
DEPLOYED = {"workflowId": "o", "taskQueue": "runbook:nav", "runbook": "nav", "version": "1", "result": {}}

USER = {"id": "u", "email": "a@b.example", "name": "A", "roles": ["auditor"]}
CODE = {"code": "x", "expiresAt": "2999-01-01T00:00:00Z"}
SESSION = {"apiKey": "x", "expiresAt": "2999-01-01T00:00:00Z", "user": USER}
MOMENT = "2026-01-01T00:00:00Z"
NOTIFICATION = {"id": "n", "type": "workflow.started", "tenantId": "t", "at": MOMENT, "createdAt": MOMENT}
RUNS = {"workflowId": "w", "times": [MOMENT]}

Call = Callable[[Client], object]
CALLS: list[tuple[str, str, object, Call]] = [
    ("GET", "/me", {"id": "1", "email": "", "name": "n", "orgId": "o"}, lambda c: c.identity.whoami_sync()),
    ("POST", "/workspace/data", PLATFORM, lambda c: c.integrations.create_data_platform_sync("P", "SNOWFLAKE")),
    ("GET", "/workspace/data", [PLATFORM], lambda c: c.integrations.list_data_platforms_sync()),
    ("GET", "/workspace/data/p", PLATFORM, lambda c: c.integrations.get_data_platform_sync("p")),
    (
        "POST",
        "/workspace/data/p/test",
        {"success": False, "message": "no"},
        lambda c: c.integrations.test_connection_sync("p"),
    ),
    ("GET", "/workspace/data/p/schemas", [{"name": "s"}], lambda c: c.integrations.discover_schemas_sync("p")),
    ("PATCH", "/workspace/data/p", PLATFORM, lambda c: c.integrations.update_data_platform_sync("p", name="P")),
    ("POST", "/workspace/users", USER, lambda c: c.users.create_sync("a@b.example", "A", roles=["auditor"])),
    ("GET", "/workspace/users", [USER], lambda c: c.users.list_sync()),
    ("GET", "/workspace/users/u", USER, lambda c: c.users.get_sync("u")),
    ("PATCH", "/workspace/users/u", USER, lambda c: c.users.update_sync("u", disabled=True)),
    ("POST", "/workspace/users/u/sign-in-code", CODE, lambda c: c.users.sign_in_code_sync("u")),
    ("POST", "/sign-in", SESSION, lambda c: c.users.sign_in_sync("x")),
    ("GET", "/workspace/audit", {"items": []}, lambda c: c.audit.page_sync(limit=5)),
    ("GET", "/workspace/notifications", {"items": []}, lambda c: c.notifications.page_sync(unread=True)),
    ("POST", "/workspace/notifications/n/read", NOTIFICATION, lambda c: c.notifications.mark_read_sync("n")),
    ("POST", "/workspace/registry/workflows/w/pause", WORKFLOW, lambda c: c.workflows.pause_sync("w")),
    ("POST", "/workspace/registry/workflows/w/resume", WORKFLOW, lambda c: c.workflows.resume_sync("w")),
    ("POST", "/workspace/registry/workflows/w/run-now", RUNS, lambda c: c.workflows.run_now_sync("w")),
    (
        "POST",
        "/workspace/registry/workflows/w/backfill",
        RUNS,
        lambda c: c.workflows.backfill_sync("w", since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime.now(UTC)),
    ),
    ("GET", "/workspace/data/p/tenants", [], lambda c: c.integrations.platform_tenants_sync("p")),
    (
        "POST",
        "/workspace/integrations/email",
        {"id": "1", "tenantId": "t", "provider": "microsoft-graph"},
        lambda c: c.integrations.create_email_sync("t"),
    ),
    ("GET", "/workspace/integrations", [], lambda c: c.integrations.list_sync()),
    ("GET", "/workspace/tenants/t", TENANT, lambda c: c.tenants.get_sync("t")),
    ("PATCH", "/workspace/tenants/t", TENANT, lambda c: c.tenants.update_sync("t", config={})),
    ("DELETE", "/workspace/tenants/t", TENANT, lambda c: c.tenants.delete_sync("t")),
    ("POST", "/workspace/tenants/t/access-token", TOKEN, lambda c: c.tenants.access_token_sync("t")),
    (
        "POST",
        "/workspace/tenants/t/sign-in-link",
        {"url": "http://x", "expiresAt": "2999-01-01T00:00:00Z"},
        lambda c: c.tenants.sign_in_link_sync("t", roles=["reviewer"]),
    ),
    ("POST", "/workspace/tenants/t/entities", ENTITY, lambda c: c.entities.create_sync("t", "E", "e")),
    ("GET", "/workspace/tenants/t/entities", [ENTITY], lambda c: c.entities.list_sync("t")),
    ("GET", "/workspace/entities", [ENTITY], lambda c: c.entities.list_sync()),
    ("GET", "/workspace/tenants/t/entities/e", ENTITY, lambda c: c.entities.get_sync("t", "e")),
    ("PATCH", "/workspace/tenants/t/entities/e", ENTITY, lambda c: c.entities.update_sync("t", "e", config={})),
    ("GET", "/workspace/tenants/t/entities/e/tasks", [TASK], lambda c: c.entities.tasks_sync("t", "e")),
    ("GET", "/runbooks", [{**HEAD, "stepCount": 1, "templateCount": 1}], lambda c: c.runbooks.list_sync(tags=["a"])),
    ("GET", "/runbooks/nav", HEAD, lambda c: c.runbooks.get_sync("nav")),
    ("GET", "/runbooks/nav/templates", {"slug": "nav"}, lambda c: c.runbooks.templates_sync("nav")),
    (
        "POST",
        "/runbooks/nav/feedback",
        {"id": "1", "runbookSlug": "nav", "feedback": "x"},
        lambda c: c.runbooks.feedback_sync("nav", "x"),
    ),
    (
        "POST",
        "/runbooks/nav/deploy",
        DEPLOYED,
        lambda c: c.runbooks.deploy_sync("nav", tenant="t", version="1", workflow_class="N", files={"a": "b"}),
    ),
    ("POST", "/workspace/registry/workflows", WORKFLOW, lambda c: c.workflows.create_sync("nav", "e")),
    ("GET", "/workspace/registry/workflows", [WORKFLOW], lambda c: c.workflows.list_sync()),
    ("GET", "/workspace/registry/workflows/w", WORKFLOW, lambda c: c.workflows.get_sync("w")),
    (
        "POST",
        "/workspace/registry/agents",
        AGENT | {"apiKey": "k"},
        lambda c: c.agents.create_sync("t", "A", kind="claude_managed", external_ref="x"),
    ),
    ("GET", "/workspace/registry/agents", [AGENT], lambda c: c.agents.list_sync(tenant_id="t")),
    ("GET", "/workspace/registry/agents/a", AGENT, lambda c: c.agents.get_sync("a")),
    ("DELETE", "/workspace/registry/agents/a", None, lambda c: c.agents.delete_sync("a")),
    (
        "POST",
        "/workspace/registry/agents/a/versions",
        {"id": "v", "agentId": "a", "version": 1},
        lambda c: c.agents.create_version_sync("a"),
    ),
    ("POST", "/workspace/tasks", TASK, lambda c: c.tasks.create_sync("t", "w")),
    ("GET", "/workspace/tasks", [TASK], lambda c: c.tasks.list_sync(status="READY")),
    ("GET", "/workspace/tasks/k", TASK, lambda c: c.tasks.get_sync("k")),
    ("GET", "/workspace/tasks/k/next-step", {"action": "wait"}, lambda c: c.tasks.next_step_sync("k")),
    ("GET", "/workspace/tasks/k/logs", [{"id": "1", "type": "x"}], lambda c: c.tasks.logs_sync("k")),
    ("GET", "/workspace/schedule", [TASK], lambda c: c.tasks.schedule_sync(workflow="w")),
    (
        "POST",
        "/workspace/keys",
        KEY | {"apiKey": "ntro_x"},
        lambda c: c.keys.create_sync("ci", tenant="t", expires_at=datetime(2999, 1, 1, tzinfo=UTC)),
    ),
    ("GET", "/workspace/keys", [KEY], lambda c: c.keys.list_sync()),
    ("DELETE", "/workspace/keys/1", None, lambda c: c.keys.revoke_sync("1")),
]


@pytest.mark.parametrize(("method", "path", "answer", "call"), CALLS, ids=[f"{m} {p}" for m, p, _, _ in CALLS])
def test_the_endpoint_of_the_contract_is_called(
    httpserver: HTTPServer, method: str, path: str, answer: object, call: Call
) -> None:
    body = "" if answer is None else json.dumps(answer)
    status = 204 if answer is None else 200
    httpserver.expect_oneshot_request(f"/v1{path}", method=method).respond_with_data(
        body, status=status, content_type="application/json"
    )
    with Client(host=httpserver.url_for("/v1")) as client:
        call(client)
    httpserver.check_assertions()
    assert [(request.method, request.path) for request, _ in httpserver.log] == [(method, f"/v1{path}")]


def test_every_asynchronous_method_has_a_blocking_twin() -> None:
    client = Client(host="http://127.0.0.1:1/v1")
    cell = client.cell("acme")
    accessors = [*vars(client).values(), cell.tasks, cell.files]
    for accessor in (one for one in accessors if hasattr(one, "portal")):
        public = {name for name in dir(accessor) if not name.startswith("_")} - {"portal", "close_pool"}
        twins = {name for name in public if name.endswith("_sync")}
        assert {f"{name}_sync" for name in public - twins} == twins


def test_an_approval_answers_the_task_or_an_acknowledgement(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tasks/k/approve").respond_with_json(TASK)
    httpserver.expect_request("/v1/workspace/tasks/k:s:c/reject").respond_with_json({"workflowId": "k:s:c"})
    with Client(host=httpserver.url_for("/v1")) as client:
        assert isinstance(client.tasks.approve_sync("k", reason="fine"), Task)
        assert isinstance(client.tasks.reject_sync("k:s:c"), Acknowledgement)


def test_waiting_ends_with_the_task_and_tells_each_change_once(httpserver: HTTPServer) -> None:
    states = iter(["READY", "READY", "IN_PROGRESS", "COMPLETED"])

    def handler(_request: Request) -> Response:
        return Response(json.dumps(TASK | {"status": next(states)}), content_type="application/json")

    httpserver.expect_request("/v1/workspace/tasks/k").respond_with_handler(handler)
    seen: list[str] = []
    with Client(host=httpserver.url_for("/v1")) as client:
        closed = client.tasks.wait_sync("k", every=0.001, on_change=lambda task: seen.append(task.status))
    assert closed.status == "COMPLETED"
    assert seen == ["READY", "IN_PROGRESS", "COMPLETED"]


def test_waiting_is_bounded(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tenants/t").respond_with_json(TENANT | {"status": "PROVISIONING"})
    with Client(host=httpserver.url_for("/v1")) as client, pytest.raises(errors.WaitTimeoutError):
        client.tenants.wait_until_settled_sync("t", seconds=0.05, every=0.01)


def test_the_public_names_are_these() -> None:
    assert ntro.__all__ == ["Client"]
    assert ntro.Client is Client
    for name in ntro.workspace.__all__:
        assert getattr(ntro.workspace, name).__name__ == name
    for module in (ntro, ntro.workspace):
        with pytest.raises(AttributeError):
            module.nothing_of_this_name  # noqa: B018 - the access is what is tested
