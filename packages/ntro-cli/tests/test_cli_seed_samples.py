"""The command lines of the published pages, as printed there, against a Workspace that answers as documented."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]
CHECKOUT = Path(__file__).parents[3]

DEPLOY_AND_BIND = r"""
# Deploy a template runbook
ntro workflow create \
  --path ./runbooks/nav-monthly/ \
  --tenant acme-fund-admin \
  --entity acme-commercial-spv1 \
  --schedule "0 8 5 * *"
"""
SECOND_TENANT = r"""
# Deploy a runbook from a different path under a second tenant
ntro workflow create \
  --path ./runbooks/nav-monthly/ \
  --tenant beta-fund-admin \
  --entity beta-spv1
"""
REGISTER = r"""
ntro agent create \
  --path anthropic://agents/agent_01SxpziMunFrUbnAYkGB5Hu3 \
  --tenant byng \
  --name audit-handover
"""
AGENT_ID = "4f1c0a52-0000-4000-8000-000000000000"
AGENT = {
    "id": AGENT_ID,
    "tenantId": "t-1",
    "name": "audit-handover",
    "kind": "claude_managed",
    "externalRef": "agent_01SxpziMunFrUbnAYkGB5Hu3",
}
VERSION = {"id": "v-1", "agentId": AGENT_ID, "version": 2}


def words_of(sample: str) -> list[str]:
    """The words of a sample after the name of the command, as a shell reads them."""
    name, *words = shlex.split(sample.replace("\\\n", " "), comments=True)
    assert name == "ntro"
    return words


class Workspace:
    """Answers the documented calls and keeps what it was sent."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self.server = httpserver
        self.sent: dict[str, Any] = {}

    def answers(self, method: str, path: str, body: Any) -> None:
        """Answer `body`."""

        def handler(request: Request) -> Response:
            text = request.get_data(as_text=True)
            self.sent[f"{method} {path}"] = json.loads(text) if text else None
            return Response(json.dumps(body), content_type="application/json")

        self.server.expect_request(path, method=method).respond_with_handler(handler)


@pytest.fixture
def workspace(httpserver: HTTPServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A Workspace, from a folder that holds the runbooks."""
    monkeypatch.setenv("NTRO_HOST", httpserver.url_for("/v1"))
    monkeypatch.chdir(CHECKOUT)
    return Workspace(httpserver)


@pytest.mark.parametrize(
    ("sample", "tenant", "entity", "schedule"),
    [
        (DEPLOY_AND_BIND, "acme-fund-admin", "acme-commercial-spv1", "0 8 5 * *"),
        (SECOND_TENANT, "beta-fund-admin", "beta-spv1", None),
    ],
)
def test_a_runbook_is_deployed_and_bound(
    sample: str, tenant: str, entity: str, schedule: str | None, cli: Cli, workspace: Workspace
):
    deployed = {
        "workflowId": "o",
        "taskQueue": "q",
        "runbook": "nav-monthly",
        "version": "1.0.0",
        "result": {"ok": True},
    }
    bound = {"id": "w-1", "runbookSlug": "nav-monthly", "entityId": "e-1", "name": "nav-monthly"}
    found = {"id": "e-1", "name": "SPV", "slug": entity, "tenantId": "t-1"}
    workspace.answers("POST", "/v1/runbooks/nav-monthly/deploy", deployed)
    workspace.answers("GET", f"/v1/workspace/tenants/{tenant}/entities/{entity}", found)
    workspace.answers("POST", "/v1/workspace/registry/workflows", bound)
    assert cli(*words_of(sample)).code == ExitCode.OK
    sent = workspace.sent["POST /v1/runbooks/nav-monthly/deploy"]
    assert (sent["tenantSlug"], sent["workflowClass"]) == (tenant, "NavMonthlyWorkflow")
    assert {"runbook.md", "templates/workflow.py", "templates/activities.py", "templates/models.py"} <= set(
        sent["files"]
    )
    binding = workspace.sent["POST /v1/workspace/registry/workflows"]
    assert (binding["runbookSlug"], binding["entityId"], binding.get("schedule")) == ("nav-monthly", "e-1", schedule)


def test_registering_an_agent_prints_its_id_its_reference_and_its_key_once(cli: Cli, workspace: Workspace):
    workspace.answers("POST", "/v1/workspace/registry/agents", AGENT | {"apiKey": "ntro_agent_once"})
    done = cli(*words_of(REGISTER))
    assert done.code == ExitCode.OK
    assert (done.document["id"], done.document["externalRef"]) == (AGENT_ID, AGENT["externalRef"])
    assert done.stdout.count("ntro_agent_once") == 1
    sent = workspace.sent["POST /v1/workspace/registry/agents"]
    assert sent["name"] == "audit-handover"
    assert AGENT["externalRef"] in json.dumps(sent)


def test_the_other_commands_of_the_table_call_what_it_names(cli: Cli, workspace: Workspace):
    one = f"/v1/workspace/registry/agents/{AGENT_ID}"
    workspace.answers("GET", "/v1/workspace/registry/agents", [AGENT])
    workspace.answers("GET", one, AGENT)
    workspace.answers("DELETE", one, {})
    workspace.answers("POST", f"{one}/versions", VERSION)
    for sample in (
        "ntro agent list",
        f"ntro agent get {AGENT_ID}",
        f"ntro agent create-version {AGENT_ID}",
        f"ntro agent delete {AGENT_ID} --yes",
    ):
        assert cli(*words_of(sample)).code == ExitCode.OK
    assert [*workspace.sent] == [
        "GET /v1/workspace/registry/agents",
        f"GET {one}",
        f"POST {one}/versions",
        f"DELETE {one}",
    ]
