"""The command line as a user meets it: sign in, a tenant of one's own, entity, workflow, runs, documents, decisions."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ntro_cli.errors import ExitCode

pytestmark = pytest.mark.stack
COMMAND = Path(sys.executable).with_name("ntro")
TENANT = "second"
ENTITY = "second-spv"
CSV = "Account code,Account name,Debit,Credit\n1000,Bank,1250.00,\n2000,Loan,,1250.00\n"


@dataclass(frozen=True, slots=True)
class User:
    """A person at a terminal: a home of their own, so that nothing of the stack's operator helps them."""

    stack: Any
    home: Path

    def ntro(self, *words: str, expect: int = 0, given: str | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [COMMAND, *words],
            env=self.stack.environment | {"NTRO_HOME": str(self.home)},
            input=given,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *words: str, expect: int = 0) -> Any:
        return json.loads(self.ntro(*words, "-o", "json", expect=expect).stdout)

    def waits(self, task: str, action: str) -> dict[str, Any]:
        """The next step once it is `action`; a run is watched until then, 60 s at most."""
        for _ in range(120):
            step: dict[str, Any] = self.json("task", "next-step", task)
            if step["action"] == action:
                return step
            self.ntro("run", "watch", task, "--timeout", "0.5", expect=ExitCode.TIMED_OUT)
        raise AssertionError(f"{task} never came to {action}: {step}")


@pytest.fixture(scope="module")
def admin(stack: Any, doors: Any, tmp_path_factory: pytest.TempPathFactory) -> User:
    user = User(stack, tmp_path_factory.mktemp("admin"))
    user.ntro("auth", "login", "--name", "mine", "--host", doors.workspace, "--api-key", "-", given=doors.key + "\n")
    return user


@pytest.fixture(scope="module")
def tenant(admin: User) -> dict[str, Any]:
    made: dict[str, Any] = admin.json("tenant", "create", "--name", "Second Administrator", "--slug", TENANT)
    return made


@pytest.fixture(scope="module")
def user(admin: User, stack: Any, doors: Any, tenant: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> User:
    """Someone of the second tenant, signed in with a key of theirs."""
    key = admin.json("key", "create", "--name", "Sam", "--kind", "tenant", "--tenant", tenant["slug"])["apiKey"]
    made = User(stack, tmp_path_factory.mktemp("user"))
    login = ("auth", "login", "--name", "work", "--host", doors.workspace, "--tenant", TENANT, "--api-key", "-")
    made.ntro(*login, given=key + "\n")
    return made


@pytest.fixture(scope="module")
def workflow(user: User, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """document-ingest, bound to an entity and scheduled."""
    config = tmp_path_factory.mktemp("config") / "entity.json"
    config.write_text(json.dumps({"note": "of the second tenant"}))
    entity = user.json(
        "entity", "create", "--name", "Second SPV", "--slug", ENTITY, "--currency", "GBP", "--config", f"@{config}"
    )
    assert entity["config"] == {"note": "of the second tenant"}
    made = user.json(
        "workflow", "create", "--path", str(repository / "runbooks/document-ingest"), "--entity", ENTITY,
        "--schedule", "0 8 5 * *", "--timezone", "Europe/Jersey", "--name", "Second documents",
    )  # fmt: skip
    assert (made["workflow"]["schedule"], made["workflow"]["timezone"]) == ("0 8 5 * *", "Europe/Jersey")
    name: str = made["workflow"]["name"]
    return name


def test_signing_in_shows_who_one_is_and_keeps_the_key_to_its_owner(user: User, tenant: dict[str, Any]) -> None:
    assert user.json("auth", "whoami")["tenantId"] == tenant["id"]
    assert user.json("auth", "test")["ok"] is True
    config = user.home / "config.toml"
    assert config.stat().st_mode & 0o077 == 0
    listed = user.ntro("auth", "list", "-o", "json").stdout
    assert "ntro_" not in listed


def test_a_second_tenant_has_a_cell_of_its_own(tenant: dict[str, Any], doors: Any, stack: Any) -> None:
    assert tenant["status"] == "ACTIVE"
    assert tenant["url"] != doors.cell
    own, demo = stack.cell_settings(TENANT), stack.cell_settings("demo")
    for name in ("database_url", "temporal_namespace", "payload_keys", "tenant_id"):
        assert own[name] != demo[name]


def test_a_document_goes_from_the_command_line_to_the_books(user: User, workflow: str, tmp_path: Path) -> None:
    task = user.json(
        "workflow", "run", workflow, "--entity", ENTITY, "--period", "2026-03",
        "--context", json.dumps({"source": "tb", "schema_slug": "trial-balance"}),
    )["id"]  # fmt: skip
    assert user.waits(task, "submit_file")["args"]["source"] == "tb"
    file = tmp_path / "tb.csv"
    file.write_text(CSV)
    added = user.json("task", "files", "add", str(file), "--task", task, "--source", "tb")
    step = user.waits(task, "review")
    assert user.json("task", "approve", task, "--show")["payloadHash"] == step["payloadHash"]
    user.ntro("task", "approve", task, "--hash", "0" * 64, expect=ExitCode.CONFLICT)
    assert user.json("task", "approve", task, "--hash", step["payloadHash"], "--reason", "Agreed")["ok"] is True
    assert user.json("run", "watch", task, "--timeout", "60")["status"] == "COMPLETED"
    assert user.json("run", "status", task)["status"] == "COMPLETED"
    assert task in {row["id"] for row in user.json("run", "history", "--entity", ENTITY)}
    assert task in {row["id"] for row in user.json("run", "list", "--status", "COMPLETED")}
    shown = user.json("task", "show", task)
    assert shown["result"]["status"] == "committed"
    target = tmp_path / "back.csv"
    user.ntro("task", "files", "get", added[0]["id"], "--task", task, "--to", str(target))
    assert target.read_text() == CSV
    user.ntro("task", "approve", task, expect=ExitCode.CONFLICT)


def test_a_rejected_document_may_be_replaced_and_the_gate_says_why(user: User, workflow: str, tmp_path: Path) -> None:
    task = user.json("workflow", "run", workflow, "--period", "2026-03", "--context", '{"source": "tb"}')["id"]
    user.waits(task, "submit_file")
    for number in range(3):
        file = tmp_path / f"tb-{number}.csv"
        file.write_text(CSV + f"300{number},Zero,,\n")
        user.json("task", "files", "add", str(file), "--task", task, "--source", "tb")
        user.waits(task, "review")
        assert user.json("task", "reject", task, "--reason", "Not ours")["decision"] == "rejected"
        if number < 2:
            assert user.waits(task, "submit_file")["feedback"]["payload"]["code"] == "rejected"
    done = user.waits(task, "done")
    assert done["result"]["status"] == "rejected"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("tenant", "info", "no-such-tenant"), ExitCode.NOT_FOUND),
        (("entity", "info", "no-such-entity"), ExitCode.NOT_FOUND),
        (("workflow", "info", "no-such-workflow"), ExitCode.NOT_FOUND),
        (("run", "status", str(uuid4())), ExitCode.NOT_FOUND),
        (("task", "show", str(uuid4())), ExitCode.NOT_FOUND),
        (("workflow", "run", "no-such-workflow", "--period", "2026-03"), ExitCode.NOT_FOUND),
        (("entity", "create", "--name", "Again", "--slug", ENTITY), ExitCode.CONFLICT),
        (("entity", "create", "--name", "X", "--slug", "Not a slug"), ExitCode.FAILED),
        (("workflow", "create", "--path", "/nowhere"), ExitCode.FAILED),
        (("entity", "create", "--name", "X", "--slug", "x", "--config", "{"), ExitCode.USAGE),
        (("no-such-command",), ExitCode.USAGE),
        (("tenant", "create", "--name", "X", "--slug", "x1", "--no-wait"), ExitCode.AUTHENTICATION),
    ],
)
@pytest.mark.usefixtures("workflow")
def test_what_goes_wrong_has_its_exit_code_and_one_error(user: User, words: tuple[str, ...], code: int) -> None:
    error = user.json(*words, expect=code)["error"]
    assert error["code"]
    assert isinstance(error["message"], str)


def test_a_key_that_is_none_is_an_exit_code_of_its_own(stack: Any, doors: Any, tmp_path: Path) -> None:
    stranger = User(stack, tmp_path)
    stranger.ntro("auth", "login", "--host", doors.workspace, "--api-key", "ntro_tenant_wrong_key")
    assert stranger.json("auth", "whoami", expect=ExitCode.AUTHENTICATION)["error"]["message"]


def test_nothing_of_the_second_tenant_shows_in_the_lists_of_another(
    admin: User, stack: Any, doors: Any, workflow: str, tmp_path: Path, user: User
) -> None:
    key = admin.json("key", "create", "--name", "Demo person", "--kind", "tenant", "--tenant", "demo")["apiKey"]
    other = User(stack, tmp_path)
    other.ntro("auth", "login", "--host", doors.workspace, "--tenant", "demo", "--api-key", "-", given=key + "\n")
    for words in (("tenant", "list"), ("entity", "list"), ("workflow", "list"), ("run", "list"), ("key", "list")):
        done = other.ntro(*words, "-o", "json", expect=0 if words != ("key", "list") else ExitCode.AUTHENTICATION)
        assert TENANT not in done.stdout
        assert workflow not in done.stdout
