"""What a person types: bodies as JSON, archives, questions, names that are nearly right, settings of this machine."""

import io
import json
import logging
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from ntro.workspace.models import EntityCreate, TenantCreate
from ntro_cli.body import body_of, option_of, sent
from ntro_cli.errors import CommandError, ExitCode, UsageError
from ntro_cli.zipped import texts_of

Cli = Callable[..., Any]
TENANT = {"id": "t-1", "name": "Acme", "slug": "acme", "dataPlatform": "managed-postgres"}


@pytest.fixture
def host(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    monkeypatch.setenv("NTRO_HOST", httpserver.url_for("/v1"))
    return httpserver


class Terminal(io.StringIO):
    """A standard input at which a person sits."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("spelling", ["dataPlatform", "data_platform", "data-platform"])
def test_members_may_be_written_as_on_the_wire_or_as_the_option_is_called(spelling: str) -> None:
    text = json.dumps({"name": "A", "slug": "a", spelling: "snowflake"})
    assert body_of(TenantCreate, text, {}).dataPlatform == "snowflake"


def test_an_option_wins_over_the_json() -> None:
    body = body_of(TenantCreate, '{"name": "A", "slug": "a"}', {"name": "B", "slug": None})
    assert sent(body) == {"name": "B", "slug": "a"}


@pytest.mark.parametrize("spelling", ["schema", "schema_"])
def test_the_schema_of_an_entity_has_two_names(spelling: str) -> None:
    text = json.dumps({"name": "A", "slug": "a", spelling: "gold"})
    assert body_of(EntityCreate, text, {}).schema_ == "gold"


def test_a_member_that_there_is_not_is_refused_by_name_with_what_is_near() -> None:
    with pytest.raises(UsageError) as refused:
        body_of(TenantCreate, '{"name": "A", "slgu": "a"}', {})
    assert "slgu" in refused.value.message
    assert "slug" in str(refused.value.hint)


def test_what_is_missing_is_told_as_the_option() -> None:
    with pytest.raises(UsageError) as refused:
        body_of(TenantCreate, None, {"slug": "a"})
    assert "--name" in refused.value.message
    assert option_of("tenantId") == "--tenant"


@pytest.mark.parametrize("slug", ["Not a slug", "", "x" * 50, 7])
def test_a_member_that_is_not_what_it_must_be_is_refused_before_anything_is_sent(slug: object) -> None:
    with pytest.raises(CommandError) as refused:
        body_of(TenantCreate, json.dumps({"name": "A", "slug": slug}), {})
    assert refused.value.exit_code == ExitCode.FAILED
    assert "slug" in refused.value.message


@given(st.text())
def test_whatever_text_is_given_it_is_a_body_or_a_clear_refusal(text: str) -> None:
    if text.startswith(("@", "-")):
        return
    with pytest.raises(CommandError):
        body_of(TenantCreate, text, {})


def test_json_comes_from_standard_input(cli: Cli, host: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    host.expect_request("/v1/workspace/tenants", json=TENANT_SENT).respond_with_json(TENANT)
    monkeypatch.setattr("sys.stdin", io.StringIO('{"name": "Acme", "slug": "acme"}'))
    assert cli("tenant", "create", "--json", "-", "--no-wait", "-o", "json").document["slug"] == "acme"


TENANT_SENT = {"name": "Acme", "slug": "acme", "dataPlatform": "managed-postgres"}


def test_a_run_may_be_described_whole_as_json(cli: Cli, host: HTTPServer) -> None:
    task = {"id": "k", "tenantId": "t", "workflowId": "w"}
    context = {"note": "x", "period": "2026-03", "priority": "HIGH"}
    body = {"tenantId": "acme", "workflowId": "nav", "context": context}
    host.expect_request("/v1/workspace/tasks", json=body).respond_with_json(task)
    text = {"workflow": "nav", "tenant": "acme", "period": "2026-03", "priority": "HIGH", "context": {"note": "x"}}
    assert cli("workflow", "run", "--json", json.dumps(text), "-o", "json").document["id"] == "k"
    assert cli("workflow", "run", "--json", json.dumps(text | {"perod": "x"})).code == ExitCode.USAGE
    assert cli("workflow", "run", "--tenant", "acme").code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [("acne", "acme"), ("beta-fnd", "beta-fund")],
)
def test_a_name_that_is_nearly_right_is_answered_with_what_is_near(
    cli: Cli, host: HTTPServer, wanted: str, answered: str
) -> None:
    listed = [TENANT, TENANT | {"id": "t-2", "slug": "beta-fund"}]
    host.expect_request("/v1/workspace/tenants").respond_with_json(listed)
    host.expect_request(f"/v1/workspace/tenants/{wanted}").respond_with_json({"message": "none"}, status=404)
    done = cli("tenant", "info", wanted, "-o", "json")
    assert done.code == ExitCode.NOT_FOUND
    assert f"Did you mean {answered}?" in done.document["error"]["hint"]


def test_a_name_that_is_near_nothing_keeps_the_servers_own_hint(cli: Cli, host: HTTPServer) -> None:
    host.expect_request("/v1/workspace/tenants").respond_with_json([TENANT])
    refusal = {"message": "none", "hint": "GET lists them."}
    host.expect_request("/v1/workspace/tenants/zzz").respond_with_json(refusal, status=404)
    assert cli("tenant", "info", "zzz", "-o", "json").document["error"]["hint"] == "GET lists them."


def test_the_name_that_is_wrong_is_the_one_that_is_corrected(cli: Cli, host: HTTPServer) -> None:
    workflow = {"id": "w", "runbookSlug": "nav-monthly", "entityId": "e", "name": "nav-acme"}
    host.expect_request("/v1/workspace/tenants").respond_with_json([TENANT])
    host.expect_request("/v1/workspace/registry/workflows").respond_with_json([workflow])
    host.expect_request("/v1/workspace/tasks").respond_with_json({"message": "none"}, status=404)
    done = cli("workflow", "run", "nav-acne", "--tenant", "acme", "-o", "json")
    assert "nav-acme" in done.document["error"]["hint"]


@pytest.mark.parametrize(("answer", "code", "sent_count"), [("y\n", ExitCode.OK, 1), ("n\n", ExitCode.FAILED, 0)])
def test_a_person_is_asked_before_a_tenant_is_taken_down(
    cli: Cli, host: HTTPServer, monkeypatch: pytest.MonkeyPatch, answer: str, code: ExitCode, sent_count: int
) -> None:
    host.expect_request("/v1/workspace/tenants/acme").respond_with_json(TENANT)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert cli("tenant", "delete", "acme").code == code
    assert sum(request.method == "DELETE" for request, _ in host.log) == sent_count


def test_where_nobody_can_be_asked_nothing_is_taken_down(
    cli: Cli, host: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.expect_request("/v1/workspace/tenants/acme").respond_with_json(TENANT)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert cli("tenant", "delete", "acme").code == ExitCode.USAGE
    assert [request.method for request, _ in host.log] == ["GET"]


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def test_an_archive_holds_a_bundle_with_or_without_its_folder(tmp_path: Path) -> None:
    files = {
        "runbook.md": b"a",
        "templates/workflow.py": b"b",
        "tests/test.py": b"c",
        "templates/__pycache__/x.pyc": b"",
    }
    flat = archive(tmp_path / "flat.zip", files)
    nested = archive(tmp_path / "nested.zip", {f"nav/{name}": content for name, content in files.items()})
    wanted = {"runbook.md": "a", "templates/workflow.py": "b"}
    assert texts_of(flat) == texts_of(nested) == wanted


@pytest.mark.parametrize(
    "files",
    [
        {"templates/workflow.py": b"no runbook"},
        {"runbook.md": b"x", "templates/logo.png": b"\x89PNG\xff"},
        {"runbook.md": b"x", "templates/huge.py": b"0" * (9 * 1024 * 1024)},
        {"runbook.md": b"x"} | {f"templates/{n}.py": b"" for n in range(501)},
    ],
)
def test_an_archive_that_is_no_bundle_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(CommandError) as refused:
        texts_of(archive(tmp_path / "bundle.zip", files))
    assert refused.value.code == "invalid_bundle"


def test_what_would_be_unpacked_outside_is_left_out(tmp_path: Path) -> None:
    files = {"runbook.md": b"x", "templates/../../evil.py": b"y", "templates/workflow.py": b"z"}
    assert [*texts_of(archive(tmp_path / "bundle.zip", files))] == ["runbook.md", "templates/workflow.py"]


def test_code_in_an_archive_is_pushed_without_becoming_current(cli: Cli, host: HTTPServer, tmp_path: Path) -> None:
    deployed = {"workflowId": "o", "taskQueue": "q", "runbook": "nav", "version": "1.2.0", "result": {"ok": True}}
    host.expect_request("/v1/runbooks/nav/deploy").respond_with_json(deployed)
    text = b"---\nslug: nav\nversion: 1.2.0\n---\nWhen to use.\n"
    bundle = archive(tmp_path / "nav.zip", {"runbook.md": text, "templates/workflow.py": b"x"})
    assert cli("workflow", "push", str(bundle), "--tenant", "acme").code == ExitCode.OK
    assert cli("workflow", "deploy", str(bundle), "--tenant", "acme").code == ExitCode.OK
    assert [request.json["makeCurrent"] for request, _ in host.log] == [False, True]


def test_a_workflow_is_changed_in_what_is_named_and_cleared_where_asked(cli: Cli, host: HTTPServer) -> None:
    workflow = {"id": "w", "runbookSlug": "nav", "entityId": "e"}
    host.expect_request("/v1/workspace/registry/workflows/nav").respond_with_json(workflow)
    cli("workflow", "update", "nav", "--schedule", "0 8 5 * *", "--config", '{"a": "1"}')
    cli("workflow", "update", "nav", "--no-schedule", "--follow", "--overlap", "SKIP")
    assert [request.json for request, _ in host.log] == [
        {"schedule": "0 8 5 * *", "defaultConfig": {"a": "1"}},
        {"overlap": "SKIP", "schedule": None, "runbookVersion": None},
    ]
    assert cli("workflow", "update", "nav").code == ExitCode.USAGE
    assert cli("workflow", "update", "nav", "--pin", "1", "--follow").code == ExitCode.USAGE


def test_settings_are_stored_for_their_owner_and_shown_with_where_they_come_from(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("auth", "login", "--no-interactive", "-n", "ci", "--host", "http://ci/v1", "--api-key", "ntro_secret")
    assert cli("config", "set", "default_tenant", "acme").code == ExitCode.OK
    monkeypatch.setenv("NTRO_CONNECTIONS_CI_DEFAULT_ENTITY", "spv1")
    done = cli("config", "show", "-o", "json", "--host", "http://other/v1")
    fields = {field["field"]: (field["value"], field["source"]) for field in done.document["fields"]}
    assert fields == {
        "host": ("http://other/v1", "given"),
        "api_key": ("***", "file"),
        "default_tenant": ("acme", "file"),
        "default_entity": ("spv1", "NTRO_CONNECTIONS_CI_DEFAULT_ENTITY"),
    }
    assert (home / "config.toml").stat().st_mode & 0o077 == 0
    cli("config", "unset", "default_tenant")
    stored = tomllib.loads((home / "config.toml").read_text())
    assert stored["connections"]["ci"] == {"host": "http://ci/v1", "api_key": "ntro_secret"}


@pytest.mark.parametrize(
    "words", ["set host nowhere", "unset host", "set api_key ntro_x", "set default_tenant ''", "set colour blue"]
)
def test_settings_that_make_no_sense_are_refused(cli: Cli, home: Path, words: str) -> None:
    assert cli("config", *(word.strip("'") for word in words.split())).code == ExitCode.USAGE
    assert not home.exists()


def test_a_key_is_forgotten_and_the_connection_stays(cli: Cli, home: Path) -> None:
    cli("auth", "login", "--no-interactive", "-n", "ci", "--host", "http://ci/v1", "--api-key", "ntro_secret")
    assert cli("auth", "logout", "ci", "-o", "json").document == {"name": "ci", "removed": True}
    assert "ntro_secret" not in (home / "config.toml").read_text()
    assert cli("auth", "logout", "nobody").code == ExitCode.FAILED


def test_a_config_file_that_cannot_be_written_is_told_in_one_line(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NTRO_HOME", str(tmp_path / "file"))
    done = cli("auth", "login", "--no-interactive", "--api-key", "k", "-o", "json")
    assert done.code == ExitCode.FAILED
    assert "Traceback" not in done.stderr


def test_calls_are_logged_where_asked_and_keys_are_not(cli: Cli, host: HTTPServer, tmp_path: Path) -> None:
    host.expect_request("/v1/workspace/tenants").respond_with_json([TENANT])
    cli("auth", "login", "--no-interactive", "--api-key", "ntro_secret")
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    try:
        done = cli("tenant", "list", "--log-level", "debug", "--log-file", str(tmp_path / "calls.log"), "-o", "json")
    finally:
        root.setLevel(level)
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
    assert done.document == [TENANT | {name: done.document[0][name] for name in done.document[0].keys() - TENANT}]
    logged = (tmp_path / "calls.log").read_text()
    assert "/v1/workspace/tenants" in logged
    assert "ntro_secret" not in logged
    assert (tmp_path / "calls.log").stat().st_mode & 0o077 == 0
