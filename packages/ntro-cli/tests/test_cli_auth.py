"""Connections of this machine: stored for their owner alone, keys never shown."""

import io
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]


def test_login_stores_a_connection_that_only_its_owner_reads(cli: Cli, home: Path) -> None:
    words = ["auth", "login", "--no-interactive", "--name", "ci", "--host", "http://ci/v1/", "--api-key", "ntro_secret"]
    done = cli(*words, "--default-tenant", "acme")
    assert done.code == ExitCode.OK
    stored = tomllib.loads((home / "config.toml").read_text())
    assert stored["default_connection_name"] == "ci"
    assert stored["connections"]["ci"] == {
        "host": "http://ci/v1",
        "api_key": "ntro_secret",
        "default_tenant": "acme",
    }
    assert stat.S_IMODE((home / "config.toml").stat().st_mode) == 0o600
    assert "ntro_secret" not in done.stdout + done.stderr


def test_a_second_login_keeps_what_it_does_not_name(cli: Cli, home: Path) -> None:
    login = ["auth", "login", "--no-interactive", "-n", "ci"]
    cli(*login, "--host", "http://ci/v1", "--api-key", "one", "--tenant", "acme")
    cli(*login, "--api-key", "two", "--no-set-default")
    stored = tomllib.loads((home / "config.toml").read_text())["connections"]["ci"]
    assert stored == {"host": "http://ci/v1", "api_key": "two", "default_tenant": "acme"}


def test_the_key_can_come_by_standard_input(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ntro_piped\n"))
    assert cli("auth", "login", "--no-interactive", "--api-key", "-").code == ExitCode.OK
    assert 'api_key = "ntro_piped"' in (home / "config.toml").read_text()


def test_login_without_a_key_and_without_a_person_is_refused(cli: Cli, home: Path) -> None:
    assert cli("auth", "login", "--no-interactive").code == ExitCode.USAGE
    assert not home.exists()


def test_the_list_marks_the_default_and_hides_keys(cli: Cli) -> None:
    cli("auth", "login", "--no-interactive", "-n", "a", "--api-key", "ntro_secret", "--host", "http://a/v1")
    cli("auth", "login", "--no-interactive", "-n", "b", "--api-key", "ntro_secret", "--host", "http://b/v1")
    cli("auth", "set-default", "a")
    done = cli("auth", "list", "-o", "json")
    assert {row["name"]: row["active"] for row in done.document if row["active"]} == {"a": "●"}
    assert "ntro_secret" not in done.stdout


def test_an_unknown_default_is_refused(cli: Cli) -> None:
    done = cli("auth", "set-default", "nowhere", "-o", "json")
    assert done.code == ExitCode.FAILED
    assert done.document["error"]["code"] == "unknown_connection"


def test_the_named_connection_is_tested(cli: Cli, httpserver: HTTPServer) -> None:
    identity = {"id": "1", "email": "a@b", "name": "Ann", "orgId": "o", "roles": ["admin"]}
    httpserver.expect_request("/v1/me", headers={"Authorization": "Bearer k"}).respond_with_json(identity)
    host = httpserver.url_for("/v1")
    cli("auth", "login", "--no-interactive", "-n", "good", "--host", host, "--api-key", "k", "--no-set-default")
    assert cli("auth", "test", "-c", "good").code == ExitCode.OK
    assert cli("-c", "good", "auth", "test", "-o", "json").document["ok"] is True
    assert cli("auth", "whoami", "-c", "good", "-o", "json").document["name"] == "Ann"


def test_an_exposed_file_is_spoken_of(cli: Cli, home: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tenants").respond_with_json([])
    cli("auth", "login", "--no-interactive", "--host", httpserver.url_for("/v1"), "--api-key", "k")
    assert cli("tenant", "list").stderr == ""
    (home / "config.toml").chmod(0o644)
    assert "chmod 600" in cli("tenant", "list").stderr
