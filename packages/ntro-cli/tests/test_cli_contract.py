"""Every command keeps the promises that all make: one document of a known shape, its exit codes, a rehearsal."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pytest_httpserver import HTTPServer
from typer.core import TyperGroup
from werkzeug import Request, Response

from ntro_cli.documents import DOCUMENTS, ERROR, REHEARSAL, schemas
from ntro_cli.errors import MEANINGS, ExitCode
from ntro_cli.group import load
from ntro_cli.main import ENTRIES
from ntro_cli.reference import reference

Cli = Callable[..., Any]
REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
STARTS_A_STACK = {"up", "demo"}
OF_THE_STACK = {"down", "status", "logs", "doctor"}

TENANT = {"id": "t-1", "name": "Acme", "slug": "acme", "dataPlatform": "managed-postgres", "status": "ACTIVE"}
TENANT |= {"config": {"note": "kept", "ai": {"provider": "ANTHROPIC", "models": {"default": "m"}}}}
ENTITY = {"id": "e-1", "name": "SPV", "slug": "spv", "tenantId": "t-1", "config": {"units": "1000"}}
WORKFLOW = {"id": "w-1", "runbookSlug": "nav-monthly", "entityId": "e-1", "name": "nav", "schedule": "0 8 5 * *"}
TASK = {"id": "k-1", "tenantId": "t-1", "workflowId": "w-1", "status": "COMPLETED", "steps": [{"name": "open"}]}
GATE = {"id": "g-1", "kind": "interactive_review", "reason": "Sign off [/x]", "payloadHash": "abc", "payload": {}}
PLATFORM = {"id": "p-1", "name": "lake", "provider": "DATABRICKS", "config": {"clientSecret": "***"}}
AGENT = {"id": "a-1", "tenantId": "t-1", "name": "audit", "kind": "claude_managed", "externalRef": "agent_01"}
KEY = {"id": "1", "name": "ci", "kind": "tenant", "prefix": "ntro_tenant_1", "apiKey": "ntro_tenant_1_secret"}
USER = {"id": "u-1", "email": "ann@example.com", "name": "Ann", "roles": ["reviewer"]}
ACT = {
    "id": "7",
    "at": "2026-04-01T00:00:00Z",
    "actor": "user:u-1",
    "action": "changed",
    "objectType": "entity",
    "objectId": "e-1",
}
RUNBOOK = {"id": "r", "slug": "nav-monthly", "name": "NAV", "version": "1.2.0", "state": "ACTIVE"}
DEPLOYED = {"workflowId": "o", "taskQueue": "q", "runbook": "nav-monthly", "version": "1.2.0", "result": {"ok": True}}
FILE = {"id": "d-1", "filename": "tb.xlsx", "sizeBytes": 3}
EVENTS = [
    {"seq": n, "type": kind, "runId": "k-1", "payload": {}} for n, kind in ((1, "run.started"), (2, "run.completed"))
]
STREAM = "".join(f"id: {event['seq']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS)

WORLD: list[tuple[str, str, object]] = [
    ("GET", "/v1/me", {"id": "1", "email": "a@b", "name": "Ann", "orgId": "o", "roles": ["admin"]}),
    ("GET", "/v1/workspace/tenants", [TENANT]),
    ("POST", "/v1/workspace/tenants", TENANT),
    ("*", "/v1/workspace/tenants/[^/]+", TENANT),
    ("GET", "/v1/workspace/tenants/[^/]+/entities|/v1/workspace/entities", [ENTITY]),
    ("POST", "/v1/workspace/tenants/[^/]+/entities", ENTITY),
    ("*", "/v1/workspace/tenants/[^/]+/entities/[^/]+", ENTITY),
    ("GET", "/v1/workspace/tenants/[^/]+/entities/[^/]+/tasks", [TASK]),
    ("POST", "/v1/workspace/tenants/[^/]+/sign-in-link", {"url": "http://x", "expiresAt": "2999-01-01T00:00:00Z"}),
    ("GET", "/v1/workspace/(tasks|schedule)", [TASK]),
    ("POST", "/v1/workspace/tasks", TASK),
    ("*", "/v1/workspace/tasks/k-1(/cancel)?", TASK),
    ("GET", "/v1/workspace/data", [PLATFORM]),
    ("*", "/v1/workspace/data(/p-1)?", PLATFORM),
    ("POST", "/v1/workspace/data/p-1/test", {"success": True, "message": "fine", "latencyMs": 12}),
    ("GET", "/v1/workspace/data/p-1/schemas", [{"name": "gold", "tables": ["tb"]}]),
    ("GET", "/v1/workspace/data/p-1/tenants", [{"id": "t-1", "slug": "acme"}]),
    ("POST", "/v1/workspace/integrations/email", {"id": "m", "tenantId": "t-1", "provider": "microsoft-graph"}),
    ("GET", "/v1/workspace/registry/agents", [AGENT]),
    ("POST", "/v1/workspace/registry/agents", AGENT | {"apiKey": "k"}),
    ("*", "/v1/workspace/registry/agents/a-1", AGENT),
    ("POST", "/v1/workspace/registry/agents/a-1/versions", {"id": "v", "agentId": "a-1", "version": 1}),
    ("GET", "/v1/workspace/registry/workflows", [WORKFLOW]),
    ("*", "/v1/workspace/registry/workflows(/[^/]+)?(/pause|/resume)?", WORKFLOW),
    ("POST", "/v1/workspace/registry/workflows/[^/]+/(backfill|run-now)", {"workflowId": "w-1", "times": []}),
    ("GET", "/v1/workspace/keys", [KEY]),
    ("*", "/v1/workspace/keys(/1)?(/rotate)?", KEY),
    ("GET", "/v1/workspace/users", [USER]),
    ("*", "/v1/workspace/users(/u-1)?", USER),
    ("POST", "/v1/workspace/sign-in-link", {"url": "http://x", "expiresAt": "2999-01-01T00:00:00Z"}),
    ("GET", "/v1/workspace/audit", {"items": [ACT], "nextCursor": "c"}),
    ("POST", "/v1/workspace/users/u-1/sign-in-code", {"code": "c", "expiresAt": "2999-01-01T00:00:00Z"}),
    ("GET", "/v1/runbooks", [RUNBOOK | {"stepCount": 1, "templateCount": 1}]),
    ("GET", "/v1/runbooks/nav-monthly", RUNBOOK),
    ("GET", "/v1/runbooks/nav-monthly/templates", {"slug": "nav-monthly"}),
    ("POST", "/v1/runbooks/nav-monthly/deploy", DEPLOYED),
    ("GET", "/cell/v1/tasks/k-1", TASK),
    ("GET", "/cell/v1/tasks/k-1/ui", {"gates": [GATE]}),
    ("GET", "/cell/v1/tasks/k-1/next-step", GATE | {"action": "review"}),
    ("GET", "/cell/v1/tasks/k-1/events", EVENTS),
    ("POST", "/cell/v1/tasks/k-1/action", {"ok": True, "gateId": "g-1"}),
    ("GET", "/cell/v1/tasks/k-1/files", [FILE]),
    ("POST", "/cell/v1/tasks/k-1/files", FILE),
]

CASES = {
    "agent create": "--path anthropic://agents/agent_01 --tenant acme --name audit",
    "agent create-version": "a-1 --changelog x",
    "agent delete": "a-1 --yes",
    "agent get": "a-1",
    "agent info": "a-1",
    "agent list": "--tenant acme",
    "audit list": "--tenant acme --limit 5",
    "auth list": "",
    "auth login": "--no-interactive --name ci --api-key ntro_secret",
    "auth logout": "here",
    "auth set-default": "here",
    "auth test": "",
    "auth whoami": "",
    "completion": "bash",
    "config path": "",
    "config set": "default_tenant acme",
    "config show": "",
    "config unset": "default_tenant",
    "document read": "{tb}",
    "entity ai reset": "spv --tenant acme",
    "entity ai set": "spv --tenant acme --provider ANTHROPIC",
    "entity ai show": "spv --tenant acme",
    "entity create": "--tenant acme --name SPV --slug spv",
    "entity info": "spv --tenant acme",
    "entity list": "--tenant acme",
    "entity update": "spv --tenant acme --config {{}}",
    "integration add databricks": "--name lake --workspace-url https://x.example --catalog main --client-secret s3cret",
    "integration add email": "--tenant acme --address close@acme.example",
    "integration discover": "p-1",
    "integration info": "p-1",
    "integration list": "",
    "integration tenants": "p-1",
    "integration test": "p-1",
    "key create": "--name ci --tenant acme",
    "key list": "",
    "key revoke": "1",
    "key rotate": "1 --overlap 1",
    "run cancel": "k-1 --yes",
    "run history": "--tenant acme --entity spv",
    "run incoming": "",
    "run list": "--status COMPLETED --limit 5",
    "run pending": "--tenant acme",
    "run scheduled": "--workflow nav",
    "run status": "k-1",
    "run watch": "k-1 --timeout 20",
    "runbook get": "nav-monthly",
    "runbook list": "--search nav",
    "runbook new": "monthly-fees --path {tmp}/new",
    "runbook validate": "{bundle}",
    "task approve": "k-1 --reason Agreed",
    "task files add": "{tb} --task k-1",
    "task files get": "d-1 --task k-1 --to {tmp}/out.xlsx",
    "task files list": "--task k-1",
    "task logs": "k-1",
    "task next-step": "k-1",
    "task reject": "k-1 --reason No",
    "task show": "k-1",
    "tenant ai reset": "acme",
    "tenant ai set": "acme --default-model m2",
    "tenant ai show": "acme",
    "tenant create": "--name Acme --slug acme",
    "tenant delete": "acme --yes",
    "tenant info": "acme",
    "tenant list": "--status ACTIVE",
    "tenant sign-in": "acme",
    "tenant update": "acme --no-relay",
    "user console-link": "u-1",
    "user create": "--email ann@example.com --name Ann --role reviewer",
    "user info": "u-1",
    "user list": "",
    "user sign-in-code": "u-1",
    "user update": "u-1 --disable",
    "workflow backfill": "nav --since 2026-01-01 --until 2026-02-01",
    "workflow create": "--path {bundle} --tenant acme --entity spv",
    "workflow deploy": "{bundle} --tenant acme",
    "workflow history": "nav",
    "workflow info": "nav",
    "workflow list": "",
    "workflow pause": "nav",
    "workflow plan": "{bundle} --tenant acme",
    "workflow push": "{bundle} --tenant acme",
    "workflow resume": "nav",
    "workflow run": "nav --tenant acme --period 2026-03 --wait",
    "workflow run-now": "nav",
    "workflow update": "nav --pin 1.2.0",
}
NEEDS_NO_SERVER = {
    name for name in CASES if name.split()[0] in {"config", "completion", "document"} or name in {
        "auth list", "auth login", "auth logout", "auth set-default", "runbook new", "runbook validate",
    }
}  # fmt: skip
SCENARIOS_RUN_ELSEWHERE = {"workflow test"}


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that is no group, by its words."""
    for name, entry in ENTRIES.items():
        yield from _below(name, load(entry, name))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(command, TyperGroup):
        yield name, command
        return
    for below, child in command.commands.items():
        yield from _below(f"{name} {below}", child)


COMMANDS = dict(commands())
REHEARSED = [name for name in CASES if any("--dry-run" in param.opts for param in COMMANDS[name].params)]
SCHEMAS = schemas()


def check(document: object, name: str) -> None:
    """Fails where the document is not as its command's schema says."""
    Draft202012Validator(SCHEMAS["commands"][name] | {"$defs": SCHEMAS["$defs"]}).validate(document)


class World:
    """A Workspace and a cell that answer the table above, or refuse everything with one status."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self.host = httpserver.url_for("/v1")
        self.refusal: int | None = None
        self.writes: list[str] = []
        self._token = {"token": "x", "expiresAt": "2999-01-01T00:00:00Z", "url": httpserver.url_for("/cell/v1")}
        httpserver.expect_request(re.compile(".*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        request.get_data()
        if self.refusal is not None:
            return Response(json.dumps({"statusCode": self.refusal, "message": "no [/x]", "code": "c"}), self.refusal)
        if request.path.endswith("/access-token"):
            return Response(json.dumps(self._token))
        if request.method != "GET":
            self.writes.append(request.path)
        if request.path.endswith("/events/stream"):
            return Response(STREAM, content_type="text/event-stream")
        if request.path.endswith("/files/d-1"):
            return Response(b"xls")
        for method, path, body in WORLD:
            if method in {"*", request.method} and re.fullmatch(path, request.path):
                return Response(json.dumps(body), headers={"ETag": '"1"'})
        return Response(json.dumps({"message": f"{request.method} {request.path} is not in this world"}), 500)


@pytest.fixture
def world(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(httpserver)
    monkeypatch.setenv("NTRO_HOST", made.host)
    return made


@pytest.fixture
def words(tmp_path: Path, home: Path, cli: Cli) -> Callable[[str], list[str]]:
    """The words of a command line that works."""
    bundle = tmp_path / "nav-monthly"
    (bundle / "templates").mkdir(parents=True)
    (bundle / "runbook.md").write_text("---\nslug: nav-monthly\nversion: 1.2.0\n---\nWhen to use.\n")
    (bundle / "templates" / "workflow.py").write_text("# workflow\n")
    table = tmp_path / "tb.csv"
    table.write_text("Account code,Account name,Debit,Credit\n1000,Bank,1250.00,\n2000,Loan,,1250.00\n")
    home.mkdir()
    config = 'default_connection_name = "here"\n[connections.here]\nhost = "http://x/v1"\napi_key = "ntro_secret"\n'
    (home / "config.toml").write_text(config)
    (home / "config.toml").chmod(0o600)

    def call(name: str) -> list[str]:
        return [*name.split(), *CASES[name].format(tmp=tmp_path, bundle=bundle, tb=table).split()]

    return call


def test_every_command_is_called_here_and_has_a_schema() -> None:
    assert set(COMMANDS) == {*CASES, *STARTS_A_STACK, *OF_THE_STACK, *SCENARIOS_RUN_ELSEWHERE}
    assert set(COMMANDS) == set(DOCUMENTS) - {ERROR, REHEARSAL}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_command_that_works_writes_one_document_of_its_schema(
    cli: Cli, world: World, words: Callable[[str], list[str]], name: str
) -> None:
    done = cli(*words(name), "-o", "json")
    expected = ExitCode.FAILED if name == "runbook validate" else ExitCode.OK
    assert done.code == expected, done.stderr
    check(done.document, name)


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"runbook new", "runbook validate"}))
def test_a_person_and_a_pipe_are_answered_as_well(
    cli: Cli, world: World, words: Callable[[str], list[str]], name: str
) -> None:
    line = words(name)
    for terminal in (True, False):
        done = cli(*line, terminal=terminal)
        assert done.code == ExitCode.OK, done.stderr
        assert done.stdout + done.stderr
        assert "ntro_secret" not in done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(REHEARSED))
def test_a_rehearsal_shows_what_would_be_sent_and_sends_nothing(
    cli: Cli, world: World, words: Callable[[str], list[str]], home: Path, name: str
) -> None:
    line = words(name)
    before = (home / "config.toml").read_text()
    done = cli(*line, "--plan" if name == "workflow run" else "--dry-run", "-o", "json")
    assert done.code == ExitCode.OK, done.stderr
    check(done.document, name if name in {"task approve", "task reject"} else REHEARSAL)
    assert world.writes == []
    assert (home / "config.toml").read_text() == before
    assert not {"s3cret", "ntro_secret"} & set(re.findall(r"\w+", done.stdout))


REFUSALS = {
    401: ExitCode.AUTHENTICATION,
    403: ExitCode.AUTHENTICATION,
    404: ExitCode.NOT_FOUND,
    409: ExitCode.CONFLICT,
    412: ExitCode.CONFLICT,
    422: ExitCode.FAILED,
}


@pytest.mark.parametrize("name", sorted(CASES.keys() - NEEDS_NO_SERVER))
def test_what_a_server_refuses_has_its_exit_code_and_is_one_document(
    cli: Cli, world: World, words: Callable[[str], list[str]], name: str
) -> None:
    line = words(name)
    for status, code in REFUSALS.items():
        world.refusal = status
        done = cli(*line, "-o", "json")
        assert done.code == code
        check(done.document, ERROR)
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_option_that_there_is_not_is_wrong_usage(cli: Cli, world: World, name: str) -> None:
    done = cli(*name.split(), "--no-such-option", "-o", "json")
    assert done.code == ExitCode.USAGE
    check(done.document, ERROR)
    assert world.writes == []


@pytest.mark.parametrize("name", sorted(OF_THE_STACK))
def test_the_stacks_commands_write_their_documents_where_nothing_runs(cli: Cli, name: str) -> None:
    done = cli(name, "-o", "json")
    assert done.code in {ExitCode.OK, ExitCode.FAILED}
    check(done.document, ERROR if "error" in done.document else name)


def test_the_published_schema_is_the_one_of_these_commands() -> None:
    Draft202012Validator.check_schema({"$defs": SCHEMAS["$defs"] | SCHEMAS["commands"]})
    assert json.loads((REFERENCE / "cli-output.json").read_text()) == SCHEMAS


def test_the_published_reference_is_the_one_of_these_commands() -> None:
    text = (REFERENCE / "cli.md").read_text()
    assert text == reference()
    assert all(f"### `ntro {name}`" in text for name, command in COMMANDS.items() if not command.hidden)


def test_every_exit_code_has_a_meaning_in_help_and_reference(cli: Cli) -> None:
    assert set(MEANINGS) == set(ExitCode)
    shown = " ".join(cli("--help").stdout.split())
    text = (REFERENCE / "cli.md").read_text()
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in shown
        assert f"| {code.value} | {meaning} |" in text
