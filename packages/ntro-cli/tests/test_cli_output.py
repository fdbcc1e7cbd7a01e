"""One module writes: tables for people, tab-separated lines for pipes, one document for programs."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from ntro_cli.errors import ExitCode
from ntro_cli.output import Column, Output, safe, text_of

Cli = Callable[..., Any]

TENANTS = [
    {"id": "1", "name": "Acme\tFund", "slug": "acme", "dataPlatform": "managed-postgres", "status": "ACTIVE"},
    {"id": "2", "name": "Beta \x1b[31mred [bold]", "slug": "beta", "dataPlatform": "snowflake"},
]


@pytest.fixture
def host(httpserver: HTTPServer) -> str:
    httpserver.expect_request("/v1/workspace/tenants").respond_with_json(TENANTS)
    httpserver.expect_request("/v1/workspace/tenants/acme").respond_with_json(TENANTS[0])
    return httpserver.url_for("/v1")


def test_a_pipe_gets_one_tab_separated_line_for_each_row(cli: Cli, host: str) -> None:
    done = cli("--host", host, "tenant", "list")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["acme", "beta"]
    assert {len(row) for row in rows} == {6}
    assert rows[0][1] == "Acme Fund"


def test_a_person_gets_a_table_with_titles(cli: Cli, host: str) -> None:
    done = cli("--host", host, "tenant", "list", terminal=True)
    assert "STATUS" in done.stdout
    assert "acme" in done.stdout


@pytest.mark.parametrize("terminal", [True, False])
def test_what_a_server_sends_does_not_steer_the_terminal(cli: Cli, host: str, terminal: bool) -> None:
    done = cli("--host", host, "--no-color", "tenant", "list", terminal=terminal)
    assert "\x1b[31m" not in done.stdout
    assert "[bold]" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["-o", "json", "tenant", "list"],
        ["tenant", "-o", "json", "list"],
        ["tenant", "list", "-o", "json"],
        ["tenant", "list", "--output=json"],
    ],
)
@pytest.mark.parametrize("terminal", [True, False])
def test_json_is_one_document_wherever_the_option_stands(cli: Cli, host: str, words: list[str], terminal: bool) -> None:
    done = cli(*words, "--host", host, terminal=terminal)
    assert [tenant["slug"] for tenant in done.document] == ["acme", "beta"]
    assert done.document[0]["entityCount"] == 0


def test_a_record_is_an_object_or_lines_of_name_and_value(cli: Cli, host: str) -> None:
    assert cli("--host", host, "tenant", "info", "acme", "-o", "json").document["slug"] == "acme"
    lines = cli("--host", host, "tenant", "info", "acme").stdout.splitlines()
    assert "slug\tacme" in lines
    assert "acme" in cli("--host", host, "tenant", "info", "acme", terminal=True).stdout


def test_an_empty_list_is_an_empty_document_and_a_word_for_people(cli: Cli, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tenants").respond_with_json([])
    host = httpserver.url_for("/v1")
    assert cli("--host", host, "tenant", "list", "-o", "json").document == []
    assert cli("--host", host, "tenant", "list").stdout == ""
    assert cli("--host", host, "tenant", "list", terminal=True).stderr != ""


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, ExitCode.AUTHENTICATION),
        (403, ExitCode.AUTHENTICATION),
        (404, ExitCode.NOT_FOUND),
        (409, ExitCode.CONFLICT),
        (422, ExitCode.FAILED),
        (500, ExitCode.FAILED),
    ],
)
def test_an_error_of_the_server_has_its_exit_code_and_its_document(
    cli: Cli, httpserver: HTTPServer, status: int, code: ExitCode
) -> None:
    body = {"statusCode": status, "message": "No [/x] here.", "error": "x", "code": "some_code", "hint": "Do this."}
    httpserver.expect_request("/v1/me").respond_with_json(body, status=status)
    done = cli("--host", httpserver.url_for("/v1"), "auth", "whoami", "-o", "json")
    assert done.code == code
    assert done.document["error"]["code"] == "some_code"
    assert "Do this." in done.stderr


def test_where_nobody_listens_the_command_fails_without_a_traceback(cli: Cli, unused_tcp_port: int) -> None:
    done = cli("--host", f"http://127.0.0.1:{unused_tcp_port}/v1", "tenant", "list")
    assert done.code == ExitCode.FAILED
    assert "Traceback" not in done.stderr


def test_debug_shows_where_an_error_arose(cli: Cli, unused_tcp_port: int) -> None:
    done = cli("--debug", "--host", f"http://127.0.0.1:{unused_tcp_port}/v1", "tenant", "list")
    assert "Traceback" in done.stderr


def test_colours_are_off_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Output().has_color
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Output().has_color


def test_members_are_found_by_path_and_written_as_one_text() -> None:
    item = {"a": {"b": True}, "list": ["x", "y"], "none": None, "rows": [{"c": 1}]}
    assert [text_of(item, path) for path in ("a.b", "list", "none", "a.z", "rows")] == [
        "yes",
        "x, y",
        "",
        "",
        '[{"c": 1}]',
    ]


@given(st.text())
def test_no_control_character_passes(text: str) -> None:
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in safe(text))


@given(st.lists(st.text(), max_size=4))
def test_a_row_stays_one_line_whatever_it_holds(values: list[str]) -> None:
    stdout = io.StringIO()
    items = [{"value": value} for value in values]
    Output(stdout=stdout).rows(items, [Column("value", "value"), Column("again", "value")], empty="")
    assert stdout.getvalue().count("\n") == len(values)
    assert all(line.count("\t") == 1 for line in stdout.getvalue().split("\n")[:-1])
