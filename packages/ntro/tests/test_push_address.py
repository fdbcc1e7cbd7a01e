"""Where an agent outside the engine reports: what is a key, what is an address, what is said of wrong ones."""

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from ntro.auth import AuthConfig, read_config
from ntro.workflow._push_address import PushAddress, base_of, is_key
from ntro.workspace.errors import AuthenticationError, ConfigError

KEY = "ntro_agent_abcdefghijkl_" + "x" * 49
TASK = "6f1cba0c-7d6e-4a39-9d7a-0a7d1b0f6f1c"
OWNER = {"id": "k", "email": "k@keys.invalid", "name": "audit-handover", "orgId": "o", "kind": "agent"}


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1))
def test_a_token_of_three_parts_is_never_taken_for_a_key(part: str):
    assert not is_key(f"eyJ{part}.{part}.{part}")
    assert is_key(KEY)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.ntropii.com", "https://api.ntropii.com/v1"),
        ("http://localhost:3000/", "http://localhost:3000/v1"),
        ("http://localhost:3000/v1", "http://localhost:3000/v1"),
        ("https://example.com/ntro/v1", "https://example.com/ntro/v1"),
    ],
)
def test_an_address_that_names_a_server_alone_gets_the_version(url: str, base: str):
    config = read_config({"NTRO_API_KEY": KEY, "NTRO_API_URL": url, "NTRO_TASK_ID": TASK})
    assert base_of(config.api_url) == base


async def test_a_token_is_used_where_it_was_given():
    address = await PushAddress(AuthConfig("a.b.c", "https://cell.test/v1", TASK)).locate()
    assert (address.url, address.bearer) == ("https://cell.test/v1", "a.b.c")


async def locate(server: HTTPServer) -> None:
    address = PushAddress(AuthConfig(KEY, server.url_for("/v1"), TASK), connect=httpx2.AsyncHTTPTransport())
    try:
        await address.locate()
    finally:
        await address.aclose()


async def test_an_address_that_is_not_workspaces_is_named(httpserver: HTTPServer):
    httpserver.expect_request("/v1/me").respond_with_json({"statusCode": 404, "message": "no"}, status=404)
    with pytest.raises(ConfigError, match="NTRO_API_KEY"):
        await locate(httpserver)


async def test_a_key_that_belongs_to_no_one_tenant_is_refused(httpserver: HTTPServer):
    httpserver.expect_request("/v1/me").respond_with_json(OWNER | {"kind": "admin"})
    with pytest.raises(ConfigError):
        await locate(httpserver)


async def test_a_key_that_does_not_count_is_refused_as_such(httpserver: HTTPServer):
    httpserver.expect_request("/v1/me").respond_with_json({"statusCode": 401, "message": "no"}, status=401)
    with pytest.raises(AuthenticationError):
        await locate(httpserver)
