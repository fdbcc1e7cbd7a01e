"""The month from the command line: what is sent, what is said, with which exit code it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]

TENANT = {"id": "t-1", "name": "Acme", "slug": "acme", "dataPlatform": "managed-postgres", "status": "REQUESTED"}
ENTITY = {"id": "e-1", "name": "SPV", "slug": "spv", "tenantId": "t-1"}
WORKFLOW = {"id": "w-1", "runbookSlug": "nav-monthly", "entityId": "e-1", "name": "nav-monthly-spv"}
TASK = {"id": "k-1", "tenantId": "t-1", "workflowId": "w-1", "status": "IN_PROGRESS"}
GATE = {"id": "k-1/review/1", "kind": "interactive_review", "reason": "Sign off", "payloadHash": "abc", "payload": {}}
DEPLOYED = {"workflowId": "o", "taskQueue": "q", "runbook": "nav-monthly", "version": "1.2.0", "result": {"ok": True}}


class Server:
    """A Workspace and a cell that answer what a test says and keep what they were sent."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self._server = httpserver
        self.host = httpserver.url_for("/v1")
        self.seen: list[Request] = []
        token = {"token": "x", "expiresAt": "2999-01-01T00:00:00Z", "url": httpserver.url_for("/cell/v1")}
        self.answers("POST", "/v1/workspace/tenants/t-1/access-token", token)
        self.answers("GET", "/v1/workspace/tasks/k-1", TASK)

    def answers(self, method: str, path: str, *bodies: object, status: int = 200) -> None:
        """Answers the bodies one after the other, the last one from then on."""
        rest = [*bodies]

        def handler(request: Request) -> Response:
            request.get_data()
            self.seen.append(request)
            body = rest.pop(0) if len(rest) > 1 else rest[0]
            return Response(json.dumps(body), status, content_type="application/json")

        self._server.expect_request(path, method=method).respond_with_handler(handler)

    def streams(self, *events: dict[str, object]) -> None:
        """Answers the events of the run k-1."""
        lines = "".join(
            f"id: {n}\ndata: {json.dumps({'seq': n, 'runId': 'k-1', **event})}\n\n" for n, event in enumerate(events, 1)
        )
        self._server.expect_request("/cell/v1/tasks/k-1/events/stream").respond_with_data(
            lines, content_type="text/event-stream"
        )

    def body(self, method: str, path: str) -> Any:
        """What was last sent to `path`."""
        return next(one.json for one in reversed(self.seen) if (one.method, one.path) == (method, path))


@pytest.fixture
def server(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server(httpserver)
    monkeypatch.setenv("NTRO_HOST", made.host)
    return made


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "nav-monthly"
    (folder / "templates" / "__pycache__").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "runbook.md").write_text("---\nslug: nav-monthly\nversion: 1.2.0\n---\nWhen to use.\n")
    (folder / "requirements.txt").write_text("ntro==1.0.0\n")
    for name in ("workflow", "activities"):
        (folder / "templates" / f"{name}.py").write_text(f"# {name}\n")
    (folder / "templates" / "__pycache__" / "workflow.pyc").write_bytes(b"\xff\xfe")
    (folder / "tests" / "scenarios.py").write_text("")
    return folder


def test_creating_a_tenant_waits_until_it_is_active(cli: Cli, server: Server) -> None:
    server.answers("POST", "/v1/workspace/tenants", TENANT)
    states = [TENANT | {"status": status} for status in ("PROVISIONING", "ACTIVE")]
    server.answers("GET", "/v1/workspace/tenants/t-1", *states)
    done = cli("tenant", "create", "--name", "Acme", "--slug", "acme", "-o", "json")
    assert done.document["status"] == "ACTIVE"
    assert "PROVISIONING" in done.stderr
    body = server.body("POST", "/v1/workspace/tenants")
    assert body == {"name": "Acme", "slug": "acme", "dataPlatform": "managed-postgres"}


def test_a_tenant_that_cannot_be_provisioned_fails_the_command(cli: Cli, server: Server) -> None:
    server.answers("POST", "/v1/workspace/tenants", TENANT)
    server.answers("GET", "/v1/workspace/tenants/t-1", TENANT | {"status": "FAILED"})
    assert cli("tenant", "create", "--name", "Acme", "--slug", "acme").code == ExitCode.FAILED


def test_waiting_for_a_tenant_ends_with_its_own_code(cli: Cli, server: Server) -> None:
    server.answers("POST", "/v1/workspace/tenants", TENANT)
    server.answers("GET", "/v1/workspace/tenants/t-1", TENANT)
    done = cli("tenant", "create", "--name", "A", "--slug", "acme", "--timeout", "0.1", "-o", "json")
    assert done.code == ExitCode.TIMED_OUT
    assert done.document["error"]["code"] == "wait_timed_out"


def test_an_entitys_config_comes_from_a_file(cli: Cli, server: Server, tmp_path: Path) -> None:
    server.answers("POST", "/v1/workspace/tenants/acme/entities", ENTITY)
    (tmp_path / "spv.json").write_text('{"units": "1000"}')
    config = f"@{tmp_path / 'spv.json'}"
    done = cli("entity", "create", "--tenant", "acme", "--name", "SPV", "--slug", "spv", "--config", config)
    assert done.code == ExitCode.OK
    assert server.body("POST", "/v1/workspace/tenants/acme/entities")["config"] == {"units": "1000"}


@pytest.mark.parametrize("config", ["@/nowhere.json", "{", "[1]", "7"])
def test_config_that_is_no_object_is_wrong_usage(cli: Cli, server: Server, config: str) -> None:
    done = cli("entity", "create", "--tenant", "t", "--name", "SPV", "--slug", "spv", "--config", config)
    assert done.code == ExitCode.USAGE
    assert server.seen == []


def test_without_a_tenant_a_command_asks_for_one(cli: Cli, server: Server) -> None:
    done = cli("entity", "create", "--name", "SPV", "--slug", "spv", "-o", "json")
    assert done.code == ExitCode.USAGE
    assert done.document["error"]["code"] == "usage"
    assert server.seen == []


def test_a_workflow_is_deployed_and_bound(cli: Cli, server: Server, bundle: Path) -> None:
    pending = DEPLOYED | {"result": {"state": "PENDING"}}
    server.answers("POST", "/v1/runbooks/nav-monthly/deploy", pending, DEPLOYED)
    server.answers("GET", "/v1/workspace/tenants/acme/entities/spv", ENTITY)
    server.answers("POST", "/v1/workspace/registry/workflows", WORKFLOW)
    words = ["workflow", "create", "--path", str(bundle), "--tenant", "acme", "--entity", "spv", "--pin"]
    done = cli(*words, "--schedule", "0 8 5 * *", "--timezone", "Europe/London", "-o", "json")
    assert done.code == ExitCode.OK
    assert (done.document["deployment"]["version"], done.document["workflow"]["id"]) == ("1.2.0", "w-1")
    sent = server.body("POST", "/v1/runbooks/nav-monthly/deploy")
    assert sent["tenantSlug"] == "acme"
    assert sent["workflowClass"] == "NavMonthlyWorkflow"
    assert [*sent["files"]] == ["runbook.md", "requirements.txt", "templates/activities.py", "templates/workflow.py"]
    bound = server.body("POST", "/v1/workspace/registry/workflows")
    assert bound == {
        "runbookSlug": "nav-monthly",
        "entityId": "e-1",
        "tenantId": "acme",
        "runbookVersion": "1.2.0",
        "schedule": "0 8 5 * *",
        "timezone": "Europe/London",
    }


def test_without_an_entity_only_the_code_is_deployed(cli: Cli, server: Server, bundle: Path) -> None:
    server.answers("POST", "/v1/runbooks/nav-monthly/deploy", DEPLOYED)
    done = cli("workflow", "create", "--path", str(bundle), "--tenant", "acme", "-o", "json")
    assert done.document["workflow"] is None


def test_a_dry_run_sends_nothing(cli: Cli, server: Server, bundle: Path) -> None:
    assert cli("workflow", "create", "--path", str(bundle), "--dry-run").document["dryRun"] is True
    assert cli("tenant", "create", "--name", "A", "--slug", "a", "--dry-run").document["dryRun"] is True
    assert cli("entity", "create", "--name", "A", "--slug", "a", "--dry-run").document["dryRun"] is True
    assert server.seen == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda folder: (folder / "runbook.md").unlink(), "RUNBOOK_MD_MISSING"),
        (lambda folder: (folder / "runbook.md").write_text("# no"), "FRONTMATTER_MISSING"),
        (lambda folder: (folder / "runbook.md").write_text("---\nslug: x\n---\n"), "invalid_bundle"),
        (lambda folder: (folder / "templates" / "workflow.py").unlink(), "invalid_bundle"),
        (lambda folder: (folder / "templates" / "logo.png").write_bytes(b"\x89PNG\xff"), "invalid_bundle"),
    ],
)
def test_a_folder_that_is_no_bundle_is_refused_before_anything_is_sent(
    cli: Cli, server: Server, bundle: Path, spoil: Callable[[Path], object], code: str
) -> None:
    spoil(bundle)
    done = cli("workflow", "create", "--path", str(bundle), "--tenant", "acme", "-o", "json")
    assert (done.code, done.document["error"]["code"]) == (ExitCode.FAILED, code)
    assert server.seen == []


def test_a_run_gets_its_context(cli: Cli, server: Server) -> None:
    server.answers("POST", "/v1/workspace/tasks", TASK)
    words = ["workflow", "run", "nav", "--tenant", "acme", "--entity", "spv", "--period", "2026-03"]
    done = cli(*words, "--context", '{"note": "x"}', "--dry-run", "-o", "json")
    assert done.document["id"] == "k-1"
    assert server.body("POST", "/v1/workspace/tasks") == {
        "tenantId": "acme",
        "workflowId": "nav",
        "entityId": "spv",
        "context": {"note": "x", "period": "2026-03", "dry_run": True},
    }


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ({"status": "COMPLETED"}, ExitCode.OK),
        ({"status": "FAILED", "failure": {"type": "TrialBalanceError"}}, ExitCode.FAILED),
        ({"status": "FAILED", "failure": {"type": "RejectedByReviewer"}}, ExitCode.REJECTED),
    ],
)
def test_a_run_that_was_waited_for_ends_with_its_own_code(
    cli: Cli, httpserver: HTTPServer, end: dict[str, object], code: ExitCode
) -> None:
    httpserver.expect_request("/v1/workspace/tasks", method="POST").respond_with_json(TASK)
    httpserver.expect_request("/v1/workspace/tasks/k-1").respond_with_json(TASK | end)
    done = cli("--host", httpserver.url_for("/v1"), "workflow", "run", "nav", "--tenant", "a", "--wait", "-o", "json")
    assert done.code == code
    assert done.document["status"] == end["status"]


def test_the_lists_of_runs_ask_for_their_state(cli: Cli, server: Server) -> None:
    server.answers("GET", "/v1/workspace/tasks", [TASK])
    for command, status in (("pending", "BLOCKED"), ("incoming", "READY")):
        assert len(cli("run", command, "-o", "json").document) == 1
        assert server.seen[-1].args["status"] == status
    assert "k-1" in cli("run", "list").stdout
    assert "k-1" in cli("run", "status", "k-1").stdout


def test_an_approval_shows_and_sends_the_hash_of_what_is_signed(cli: Cli, server: Server) -> None:
    server.answers("GET", "/cell/v1/tasks/k-1/ui", {"gates": [GATE, {"id": "f", "kind": "submit_file"}]})
    server.answers("POST", "/cell/v1/tasks/k-1/action", {"ok": True, "gateId": GATE["id"]})
    done = cli("task", "approve", "k-1", "--reason", "Agreed", "-o", "json")
    assert done.document["payloadHash"] == "abc"
    assert "abc" in done.stderr
    body = server.body("POST", "/cell/v1/tasks/k-1/action")
    assert body == {"type": "approved", "comments": "Agreed", "gateId": GATE["id"], "payloadHash": "abc"}
    cli("task", "reject", "k-1", "--reason", "No")
    assert server.body("POST", "/cell/v1/tasks/k-1/action")["type"] == "rejected"


def test_looking_decides_nothing(cli: Cli, server: Server) -> None:
    server.answers("GET", "/cell/v1/tasks/k-1/ui", {"gates": [GATE]})
    assert cli("task", "approve", "k-1", "--show", "-o", "json").document["payloadHash"] == "abc"
    assert not any(request.path.endswith("/action") for request in server.seen)


@pytest.mark.parametrize(
    ("gates", "words", "code"),
    [
        ([], [], ExitCode.CONFLICT),
        ([{"id": "f", "kind": "submit_file"}], [], ExitCode.CONFLICT),
        ([GATE, GATE | {"id": "other"}], [], ExitCode.USAGE),
        ([GATE], ["--gate", "other"], ExitCode.CONFLICT),
        ([GATE], ["--hash", "something else"], ExitCode.CONFLICT),
    ],
)
def test_what_cannot_be_decided_is_not_sent(
    cli: Cli, server: Server, gates: list[dict[str, object]], words: list[str], code: ExitCode
) -> None:
    server.answers("GET", "/cell/v1/tasks/k-1/ui", {"gates": gates})
    assert cli("task", "approve", "k-1", *words).code == code
    assert not any(request.path.endswith("/action") for request in server.seen)


def test_files_go_to_the_cell_and_come_back(cli: Cli, server: Server, httpserver: HTTPServer, tmp_path: Path) -> None:
    row = {"id": "d-1", "filename": "../tb.xlsx", "sizeBytes": 3}
    server.answers("POST", "/cell/v1/tasks/k-1:s:c/files", row, status=201)
    server.answers("GET", "/cell/v1/tasks/k-1/files", [row])
    httpserver.expect_request("/cell/v1/tasks/k-1/files/d-1").respond_with_data(b"xls")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("1")
    files = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    done = cli("task", "files", "add", *files, "--task", "k-1:s:c", "--source", "tb", "-o", "json")
    assert len(done.document) == 2
    uploads = [request for request in server.seen if request.path.endswith("/files") and request.method == "POST"]
    assert [upload.args["filename"] for upload in uploads] == ["a.csv", "b.csv"]
    assert {upload.args["source"] for upload in uploads} == {"tb"}
    assert "d-1" in cli("task", "files", "list", "--task", "k-1").stdout
    target = tmp_path / "out.xlsx"
    assert cli("task", "files", "get", "d-1", "--task", "k-1", "--to", str(target)).code == ExitCode.OK
    assert target.read_bytes() == b"xls"


def test_a_file_is_saved_under_its_own_name_in_this_folder_only(
    cli: Cli, server: Server, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    server.answers("GET", "/cell/v1/tasks/k-1/files", [{"id": "d-1", "filename": "../../evil.sh"}])
    httpserver.expect_request("/cell/v1/tasks/k-1/files/d-1").respond_with_data(b"x")
    assert cli("task", "files", "get", "d-1", "--task", "k-1").code == ExitCode.OK
    assert [path.name for path in inside.iterdir()] == ["evil.sh"]


def event(kind: str, **payload: object) -> dict[str, object]:
    return {"type": kind, "payload": payload}


STARTED = event("run.started", steps=[{"id": "open", "title": "Open the period"}])
STEP = [event("step.started", step_id="open"), event("step.completed", step_id="open")]
CHILD = [
    event("child.started", workflow_id="k-1:s:c"),
    event("child.closed", workflow_id="k-1:s:c", status="completed"),
]


def gate_events(action: str) -> list[dict[str, object]]:
    closed = event("gate.closed", gate_id="g", outcome="decided", decision={"action": action})
    return [event("gate.opened", gate_id="g", reason="Sign off"), event("gate.updated", gate_id="g"), closed]


@pytest.mark.parametrize(
    ("events", "end", "code"),
    [
        ([*gate_events("approved"), event("run.completed")], {"status": "COMPLETED"}, ExitCode.OK),
        ([*gate_events("rejected"), event("run.failed")], {"status": "FAILED", "failure": {}}, ExitCode.REJECTED),
        ([event("run.failed")], {"status": "FAILED", "failure": {"type": "X", "message": "m"}}, ExitCode.FAILED),
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_a_watched_run_ends_with_its_own_code(
    cli: Cli, server: Server, events: list[dict[str, object]], end: dict[str, object], code: ExitCode, terminal: bool
) -> None:
    server.answers("GET", "/cell/v1/tasks/k-1", {"id": "k-1", **end})
    server.streams(STARTED, *STEP, *CHILD, *events)
    done = cli("run", "watch", "k-1", terminal=terminal)
    assert done.code == code
    assert "Open the period" in done.stderr
    assert str(end["status"]) in done.stdout


def test_a_watched_run_in_json_is_one_document(cli: Cli, server: Server) -> None:
    server.answers("GET", "/cell/v1/tasks/k-1", {"id": "k-1", "status": "COMPLETED", "result": {"nav": "10.00"}})
    server.streams(STARTED, event("run.completed"))
    assert cli("run", "watch", "k-1", "-o", "json").document["result"] == {"nav": "10.00"}


def test_watching_is_bounded(cli: Cli, server: Server) -> None:
    server.answers("GET", "/cell/v1/tasks/k-1", {"id": "k-1", "status": "IN_PROGRESS"})
    server.streams(STARTED)
    assert cli("run", "watch", "k-1", "--timeout", "0.3").code == ExitCode.TIMED_OUT


def test_an_agent_is_named_by_its_address(cli: Cli, server: Server) -> None:
    agent = {
        "id": "a",
        "tenantId": "t",
        "name": "n",
        "kind": "claude_managed",
        "externalRef": "agent_01",
        "apiKey": "k",
    }
    server.answers("POST", "/v1/workspace/registry/agents", agent)
    words = ["agent", "create", "--tenant", "acme", "--name", "audit-handover", "--path"]
    assert cli(*words, "anthropic://agents/agent_01").document["apiKey"] == "k"
    sent = server.body("POST", "/v1/workspace/registry/agents")
    assert (sent["kind"], sent["externalRef"]) == ("claude_managed", "agent_01")
    assert cli(*words, "copilot://agents/x").code == ExitCode.OK
    assert server.body("POST", "/v1/workspace/registry/agents")["path"] == "copilot://agents/x"
    for path in ("agent_01", "anthropic://agents/", "elsewhere://agents/x", "anthropic://models/x"):
        assert cli(*words, path).code == ExitCode.USAGE


def test_how_an_agent_is_used_is_said_in_a_file(cli: Cli, server: Server, tmp_path: Path) -> None:
    agent = {"id": "a", "tenantId": "t", "name": "n", "kind": "claude_managed", "externalRef": "x", "apiKey": "k"}
    server.answers("POST", "/v1/workspace/registry/agents", agent)
    use = tmp_path / "use.json"
    words = ["agent", "create", "--tenant", "acme", "--name", "audit", "--path", "anthropic://agents/x", "--manifest"]
    use.write_text('{"vault_ids": ["vlt_1"], "budget_usd": "5.00"}')
    assert cli(*words, f"@{use}").code == ExitCode.OK
    sent = server.body("POST", "/v1/workspace/registry/agents")["capabilityManifest"]
    assert sent == {"vault_ids": ["vlt_1"], "budget_usd": "5.00"}
    assert cli(*words, '{"secret": "s"}').code == ExitCode.FAILED
    assert cli(*words, f"@{tmp_path}/none.json").code == ExitCode.USAGE


def test_removing_an_agent_wants_a_yes_where_nobody_can_be_asked(cli: Cli, server: Server) -> None:
    server.answers(
        "GET",
        "/v1/workspace/registry/agents/a",
        {"id": "a", "tenantId": "t", "name": "n", "kind": "x", "externalRef": "y"},
    )
    server.answers("DELETE", "/v1/workspace/registry/agents/a", {})
    assert cli("agent", "delete", "a").code == ExitCode.USAGE
    assert cli("agent", "delete", "a", "--yes", "-o", "json").document == {"deleted": "a"}


def test_a_key_is_shown_once_and_revoked(cli: Cli, server: Server) -> None:
    key = {"id": "1", "name": "ci", "kind": "tenant", "prefix": "ntro_tenant_1", "apiKey": "ntro_tenant_1_secret"}
    server.answers("POST", "/v1/workspace/keys", key)
    server.answers("DELETE", "/v1/workspace/keys/1", {})
    done = cli("key", "create", "--name", "ci", "--tenant", "acme", "--scope", "read", "-o", "json")
    assert done.document["apiKey"] == "ntro_tenant_1_secret"
    assert server.body("POST", "/v1/workspace/keys")["scopes"] == ["read"]
    assert cli("key", "revoke", "1").code == ExitCode.OK
