"""The command line against a real Workspace: its database, its keys, its answers."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from ntro.workspace import Client, ConflictError
from ntro.workspace.sealing import new_key_pair
from ntro_cli.errors import ExitCode
from ntro_workspace.app import create_app
from ntro_workspace.settings import WorkspaceSettings

Cli = Callable[..., Any]
ADMIN_KEY = "ntro_admin_chosen_for_these_tests"


@pytest.fixture
def workspace(database_url: str, temporal_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a running Workspace with an empty database; the environment names it and its first key."""
    signing = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings = WorkspaceSettings(
        port=3000,
        public_url="http://127.0.0.1:3000",
        database_url=SecretStr(database_url),
        temporal_address=temporal_address,
        pepper=SecretStr("ab" * 32),
        signing_key=SecretStr(signing),
        admin_key=SecretStr(ADMIN_KEY),
        operator_speaks_for_users=True,
    )
    server = uvicorn.Server(uvicorn.Config(create_app(settings), host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        host = f"http://127.0.0.1:{_port_of(server, thread)}/v1"
        monkeypatch.setenv("NTRO_HOST", host)
        monkeypatch.setenv("NTRO_API_KEY", ADMIN_KEY)
        yield host
    finally:
        server.should_exit = True
        thread.join(20)


def _port_of(server: uvicorn.Server, thread: threading.Thread) -> int:
    pause = threading.Event()
    for _ in range(600):
        if server.started:
            port: int = server.servers[0].sockets[0].getsockname()[1]
            return port
        assert thread.is_alive(), "Workspace did not start"
        pause.wait(0.05)
    raise AssertionError("Workspace did not start in time")


def activate(host: str, tenant_id: str) -> None:
    """Says what the host of cells says once a tenant's cell is ready."""
    _, public_key = new_key_pair()
    body = {
        "status": "ACTIVE",
        "sealingPublicKey": public_key,
        "url": "http://127.0.0.1:1/v1",
        "uiUrl": "http://127.0.0.1:1",
    }
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    httpx2.put(f"{host}/internal/provisioning/{tenant_id}", json=body, headers=headers).raise_for_status()


def test_tenants_entities_agents_and_keys_are_made_and_found(cli: Cli, workspace: str, tmp_path: Path) -> None:
    made = cli("tenant", "create", "--name", "Acme Fund", "--slug", "acme", "--no-wait", "-o", "json")
    assert made.code == ExitCode.OK
    activate(workspace, made.document["id"])
    assert cli("tenant", "info", "acme", "-o", "json").document["status"] == "ACTIVE"

    (tmp_path / "spv.json").write_text('{"units_in_issue": "1000"}')
    words = ["entity", "create", "--tenant", "acme", "--name", "SPV 1", "--slug", "spv1", "--currency", "GBP"]
    entity = cli(*words, "--config", f"@{tmp_path / 'spv.json'}", "-o", "json")
    assert entity.document["config"] == {"units_in_issue": "1000"}
    again = cli(*words, "-o", "json")
    assert (again.code, again.document["error"]["code"]) == (ExitCode.CONFLICT, "conflict")
    assert [row["slug"] for row in cli("entity", "list", "--tenant", "acme", "-o", "json").document] == ["spv1"]
    assert cli("run", "history", "--tenant", "acme", "--entity", "spv1", "-o", "json").document == []

    path = "anthropic://agents/agent_01"
    agent = cli("agent", "create", "--path", path, "--tenant", "acme", "--name", "audit").document
    assert agent["apiKey"]
    assert cli("agent", "get", agent["id"], "-o", "json").document["externalRef"] == "agent_01"
    assert cli("agent", "delete", agent["id"], "--yes").code == ExitCode.OK
    assert cli("agent", "get", agent["id"]).code == ExitCode.NOT_FOUND

    key = cli("key", "create", "--name", "ci", "--tenant", "acme", "-o", "json").document
    assert cli("key", "revoke", key["id"]).code == ExitCode.OK
    with Client(host=workspace, api_key=key["apiKey"]) as revoked, pytest.raises(Exception, match="401"):
        revoked.identity.whoami_sync()


def test_every_list_is_empty_and_whole_in_the_beginning(cli: Cli, workspace: str) -> None:
    for words in (["tenant", "list"], ["workflow", "list"], ["run", "list"], ["agent", "list"], ["run", "pending"]):
        done = cli(*words, "-o", "json")
        assert (done.code, done.document) == (ExitCode.OK, []), words
    assert cli("auth", "whoami", "-o", "json").code == ExitCode.OK
    assert workspace


def made(cli: Cli, workspace: str) -> None:
    """An active tenant with an entity."""
    done = cli("tenant", "create", "--name", "Acme Fund", "--slug", "acme", "--no-wait", "-o", "json")
    activate(workspace, done.document["id"])
    assert cli("entity", "create", "--tenant", "acme", "--name", "SPV 1", "--slug", "spv1").code == ExitCode.OK


@pytest.mark.parametrize("words", [["tenant", "ai"], ["entity", "ai"]])
def test_model_settings_are_changed_in_part_and_taken_away(cli: Cli, workspace: str, words: list[str]) -> None:
    made(cli, workspace)
    what = ["acme"] if words[0] == "tenant" else ["spv1", "--tenant", "acme"]
    note = cli(words[0], "update", *what, "--config", '{"note": "kept"}', "-o", "json")
    assert note.document["config"] == {"note": "kept"}
    assert cli(*words, "show", *what, "-o", "json").document == {}
    assert cli(*words, "set", *what, "--default-model", "m").code == ExitCode.USAGE
    first = cli(*words, "set", *what, "--provider", "ANTHROPIC", "--default-model", "m", "-o", "json")
    assert first.document == {"provider": "ANTHROPIC", "models": {"default": "m"}}
    second = cli(*words, "set", *what, "--extraction-model", "x", "-o", "json")
    assert second.document == {"provider": "ANTHROPIC", "models": {"default": "m", "extraction": "x"}}
    assert cli(*words, "reset", *what, "-o", "json").document == {}
    assert cli(words[0], "info", *what, "-o", "json").document["config"] == {"note": "kept"}


def test_platforms_mailboxes_and_the_tenants_on_them(cli: Cli, workspace: str) -> None:
    made(cli, workspace)
    words = ["--name", "lake", "--workspace-url", "https://x.example", "--catalog", "main", "--client-id", "a"]
    lake = cli("integration", "add", "databricks", *words, "-o", "json").document
    assert [row["name"] for row in cli("integration", "list", "-o", "json").document] == ["lake"]
    assert cli("integration", "info", lake["id"], "-o", "json").document["config"]["catalog"] == "main"
    assert cli("integration", "tenants", lake["id"], "-o", "json").document == []
    tried = cli("integration", "test", lake["id"], "-o", "json")
    assert (tried.code, tried.document["success"]) == (ExitCode.FAILED, False)
    mailbox = cli("integration", "add", "email", "--tenant", "acme", "--address", "close@acme.example", "-o", "json")
    assert mailbox.code == ExitCode.OK
    assert len(cli("integration", "list", "--email", "-o", "json").document) == 1


def test_a_key_is_rotated_and_the_old_one_ends_with_its_overlap(cli: Cli, workspace: str) -> None:
    made(cli, workspace)
    key = cli("key", "create", "--name", "ci", "--tenant", "acme", "-o", "json").document
    successor = cli("key", "rotate", key["id"], "--overlap", "0", "-o", "json").document
    assert successor["apiKey"] != key["apiKey"]
    with Client(host=workspace, api_key=successor["apiKey"]) as client:
        assert client.identity.whoami_sync().tenantId
    with Client(host=workspace, api_key=key["apiKey"]) as ended, pytest.raises(Exception, match="401"):
        ended.identity.whoami_sync()


def test_people_are_entered_changed_and_shut_out(cli: Cli, workspace: str) -> None:
    made(cli, workspace)
    words = ["--email", "ann@example.com", "--name", "Ann", "--role", "reviewer", "--tenant", "acme"]
    assert cli("user", "create", *words, "-o", "json").document["roles"] == ["reviewer"]
    assert cli("user", "create", *words).code == ExitCode.CONFLICT
    changed = cli("user", "update", "ann@example.com", "--role", "auditor", "-o", "json")
    assert changed.document["roles"] == ["auditor"]
    assert cli("user", "sign-in-code", "ann@example.com", "-o", "json").document["code"]
    assert "/sign-in?token=" in cli("user", "console-link", "ann@example.com", "-o", "json").document["url"]
    assert "/sign-in?token=" in cli("user", "console-link", "-o", "json").document["url"]
    acts = cli("audit", "list", "--tenant", "acme", "--limit", "3", "-o", "json").document
    assert ("sign-in link given", "user") in [(act["action"], act["objectType"]) for act in acts]
    assert cli("user", "update", "ann@example.com", "--disable", "-o", "json").document["disabledAt"]
    assert [row["email"] for row in cli("user", "list", "-o", "json").document] == ["ann@example.com"]
    assert cli("user", "info", "nobody@example.com").code == ExitCode.NOT_FOUND


def test_a_slug_that_is_nearly_right_is_corrected_from_what_there_is(cli: Cli, workspace: str) -> None:
    made(cli, workspace)
    for words in (["tenant", "info", "acne"], ["entity", "info", "spv2", "--tenant", "acme"]):
        done = cli(*words, "-o", "json")
        assert done.code == ExitCode.NOT_FOUND
        assert "Did you mean" in done.document["error"]["hint"]


def test_an_agent_gets_versions_and_a_tenant_is_taken_down(cli: Cli, workspace: str) -> None:
    made(cli, workspace)
    path = "copilot://agents/agent-7"
    agent = cli("agent", "create", "--path", path, "--tenant", "acme", "--name", "handover").document
    assert agent["kind"] == "copilot_agent"
    version = cli("agent", "create-version", agent["id"], "--changelog", "Reads CAMT", "-o", "json")
    assert version.document["version"] == 1
    assert [row["id"] for row in cli("agent", "list", "--tenant", "acme", "-o", "json").document] == [agent["id"]]
    assert cli("tenant", "delete", "acme", "--yes", "-o", "json").document["status"] == "DEPROVISIONING"


def test_a_wrong_key_has_its_own_exit_code(cli: Cli, workspace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTRO_API_KEY", "ntro_admin_wrong")
    assert cli("tenant", "list").code == ExitCode.AUTHENTICATION
    assert workspace


def test_the_same_creation_twice_is_a_conflict_and_what_is_not_there_is_not_found(cli: Cli, workspace: str) -> None:
    with Client(host=workspace, api_key=ADMIN_KEY) as client:
        client.tenants.create_sync("Acme", "acme")
        with pytest.raises(ConflictError):
            client.tenants.create_sync("Another", "acme")
    assert cli("tenant", "info", "nobody").code == ExitCode.NOT_FOUND
    assert cli("tenant", "create", "--name", "X", "--slug", "Not A Slug", "--no-wait").code == ExitCode.FAILED
