"""Parts of the server that need no other: the command line, pages, bounded waits, whose task is meant."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.workspace import Client
from ntro.workspace.config import Configuration, Connection, config_path, save_configuration
from ntro_mcp.caller import Caller, ConfiguredCaller, root_of
from ntro_mcp.errors import ToolUsageError
from ntro_mcp.paging import page_of
from ntro_mcp.settings import parse
from ntro_mcp.waiting import ask_until


def test_without_flags_it_speaks_over_stdio_and_offers_authoring() -> None:
    settings = parse([])
    assert (settings.transport, settings.authoring, settings.address) == ("stdio", True, "http://127.0.0.1:8000")


def test_over_http_tools_of_this_machine_are_offered_only_where_that_is_said() -> None:
    assert parse(["--transport", "http"]).authoring is False
    assert parse(["--transport", "http", "--authoring"]).authoring is True


def test_the_public_address_is_the_one_that_clients_use() -> None:
    assert parse(["--public-url", "https://mcp.example.com/"]).address == "https://mcp.example.com"
    assert parse(["--host", "::1", "--port", "9"]).address == "http://[::1]:9"


@pytest.mark.parametrize("words", [["--port", "70000"], ["--port", "x"], ["--transport", "sse"], ["--ntro", "x"]])
def test_a_command_line_that_makes_no_sense_ends_with_the_code_for_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(words)
    assert caught.value.code == 2


async def test_what_is_given_wins_over_the_environment_and_that_over_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = Connection("local", "http://127.0.0.1:1/v1", "from-file", "acme")
    save_configuration(Configuration(config_path(), {"local": connection}, "local"))
    monkeypatch.setenv("NTRO_HOST", "http://127.0.0.1:2/v1")
    of_environment = await ConfiguredCaller().current()
    given_one = await ConfiguredCaller(connection="local", host="http://127.0.0.1:3/v1").current()
    assert (of_environment.client.host, of_environment.tenant) == ("http://127.0.0.1:2/v1", "acme")
    assert given_one.client.host == "http://127.0.0.1:3/v1"


async def test_the_client_is_made_once_at_the_first_use() -> None:
    caller = ConfiguredCaller(host="http://127.0.0.1:9/v1")
    assert await caller.current() is await caller.current()
    await caller.aclose()


def test_what_is_meant_is_what_is_given_else_the_default_else_an_error() -> None:
    client = Client(host="http://127.0.0.1:9/v1")
    bare, full = Caller(client), Caller(client, "acme", "task-1")
    assert (full.tenant_of("other"), full.tenant_of(None)) == ("other", "acme")
    assert (full.task_of("other"), full.task_of(None)) == ("other", "task-1")
    for ask in (bare.tenant_of, bare.task_of):
        with pytest.raises(ToolUsageError):
            ask(None)
    assert root_of("t:step:slug") == "t"


@given(st.lists(st.integers(), unique=True, max_size=30), st.integers(1, 7))
def test_pages_together_are_the_list_each_row_once(rows: list[int], limit: int) -> None:
    found: list[int] = []
    cursor = None
    while True:
        page = page_of(rows, key=str, limit=limit, cursor=cursor)
        found += page.items
        if (cursor := page.nextCursor) is None:
            break
    assert found == rows


@given(st.lists(st.integers(0, 99), unique=True, min_size=3), st.integers(100, 200))
def test_a_row_that_is_added_between_two_pages_neither_shifts_nor_repeats_the_others(rows: list[int], new: int) -> None:
    first = page_of(rows, key=str, limit=2, cursor=None)
    second = page_of([new, *rows], key=str, limit=100, cursor=first.nextCursor)
    assert first.items + second.items == rows


@given(st.text(max_size=20))
def test_a_text_that_is_no_cursor_of_the_list_is_an_error(text: str) -> None:
    with pytest.raises(ToolUsageError):
        page_of(["row"], key=lambda row: f"{row}-1", limit=5, cursor=text)


async def test_a_wait_ends_with_the_answer_or_with_the_last_one() -> None:
    answers = iter(range(10))

    async def ask() -> int:
        return next(answers)

    async with asyncio.timeout(20):
        assert await ask_until(ask, lambda answer: answer == 0, seconds=30) == 0
        assert await ask_until(ask, lambda answer: answer > 99, seconds=0) == 1
