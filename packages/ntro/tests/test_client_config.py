"""The connections file: who wins, what is kept, who may read it."""

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntro.workspace import Client, ConfigError
from ntro.workspace.config import (
    DEFAULT_HOST,
    Configuration,
    Connection,
    config_path,
    load_configuration,
    resolve,
    resolve_with_sources,
    save_configuration,
)

FILE = """
default_connection_name = "local"
colour = "blue"

[connections.local]
host = "http://localhost:3000/v1/"
api_key = "ntro_local"
default_tenant = "acme"
region = "north"

[connections.production]
host = "https://example.com/v1"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NTRO_HOST", "NTRO_API_KEY", "NTRO_TENANT", "NTRO_ENTITY", "NTRO_DEFAULT_CONNECTION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NTRO_HOME", str(tmp_path))
    (tmp_path / "config.toml").write_text(FILE)
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"NTRO_HOME": str(home), **more}


def test_the_file_lies_in_the_home_or_in_the_users_folder(tmp_path: Path) -> None:
    assert config_path({"NTRO_HOME": str(tmp_path)}) == tmp_path / "config.toml"
    assert config_path({}) == Path.home() / ".ntro" / "config.toml"


def test_without_a_file_there_is_one_connection_without_a_key(tmp_path: Path) -> None:
    found = resolve(environ=environment(tmp_path))
    assert (found.name, found.host, found.api_key) == ("production", DEFAULT_HOST, "")


def test_the_default_connection_is_used(home: Path) -> None:
    found = resolve(environ=environment(home))
    assert (found.name, found.host, found.api_key) == ("local", "http://localhost:3000/v1", "ntro_local")
    assert found.default_tenant == "acme"


def test_each_field_is_taken_from_the_first_that_names_it(home: Path) -> None:
    found = resolve(host="http://given/v1", environ=environment(home, NTRO_HOST="http://env/v1", NTRO_API_KEY="env"))
    assert (found.host, found.api_key, found.default_tenant) == ("http://given/v1", "env", "acme")
    found = resolve(
        connection="production", tenant="beta", environ=environment(home, NTRO_TENANT="gamma", NTRO_ENTITY="spv")
    )
    assert (found.host, found.default_tenant, found.default_entity) == ("https://example.com/v1", "beta", "spv")


def test_the_environment_names_the_connection_where_the_caller_does_not(home: Path) -> None:
    environ = environment(home, NTRO_DEFAULT_CONNECTION_NAME="production")
    assert resolve(environ=environ).name == "production"
    assert resolve(connection="local", environ=environ).name == "local"


def test_a_connections_own_variables_win_over_the_file_and_lose_to_the_general_ones(home: Path) -> None:
    own = {"NTRO_CONNECTIONS_LOCAL_API_KEY": "own", "NTRO_CONNECTIONS_PRODUCTION_API_KEY": "other"}
    assert resolve(environ=environment(home, **own)).api_key == "own"
    assert resolve(environ=environment(home, NTRO_API_KEY="general", **own)).api_key == "general"
    assert resolve(environ=environment(home, **own)).host == "http://localhost:3000/v1"


def test_a_connection_may_be_described_by_the_environment_alone(home: Path) -> None:
    environ = environment(home, NTRO_CONNECTIONS_MY_CI_HOST="http://ci/v1/", NTRO_CONNECTIONS_MY_CI_API_KEY="k")
    found = resolve(connection="my-ci", environ=environ)
    assert (found.name, found.host, found.api_key) == ("my-ci", "http://ci/v1", "k")


def test_every_field_says_where_it_comes_from(home: Path) -> None:
    environ = environment(home, NTRO_API_KEY="k", NTRO_CONNECTIONS_LOCAL_DEFAULT_ENTITY="spv")
    found = resolve_with_sources(None, {"default_tenant": "beta"}, environ=environ)
    assert found.sources == {
        "host": "file",
        "api_key": "NTRO_API_KEY",
        "default_tenant": "given",
        "default_entity": "NTRO_CONNECTIONS_LOCAL_DEFAULT_ENTITY",
    }
    assert found.connection.default_entity == "spv"


def test_an_unknown_connection_is_an_error_that_lists_the_known_ones(home: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(connection="staging", environ=environment(home, NTRO_HOST="http://x", NTRO_API_KEY="k"))
    assert caught.value.code == "unknown_connection"
    assert {"local", "production"} <= set(caught.value.message.replace(",", " ").replace(".", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "default_connection_name = 7",
        "connections = 7",
        "connections.local = 7",
        "[connections.local]\napi_key = 7",
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error(home: Path, text: str) -> None:
    (home / "config.toml").write_text(text)
    with pytest.raises(ConfigError):
        load_configuration(home / "config.toml")


def test_what_this_version_does_not_know_survives_a_change(home: Path) -> None:
    path = home / "config.toml"
    before = load_configuration(path)
    save_configuration(before.with_connection(Connection("new", host="http://n/v1"), make_default=True))
    text = path.read_text()
    assert 'colour = "blue"' in text
    assert 'region = "north"' in text
    assert load_configuration(path).default_connection_name == "new"


def test_only_the_owner_may_read_what_was_written(home: Path) -> None:
    path = home / "config.toml"
    path.chmod(0o644)
    assert load_configuration(path).is_exposed
    save_configuration(load_configuration(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not load_configuration(path).is_exposed
    assert [each.name for each in home.iterdir()] == ["config.toml"]


def test_the_key_is_not_shown_when_a_connection_is_printed() -> None:
    assert "secret" not in repr(Connection("x", api_key="secret"))


def test_a_client_of_the_configuration_knows_its_host(home: Path) -> None:
    assert Client.from_config().host == "http://localhost:3000/v1"
    assert Client.from_config(connection="production").host == "https://example.com/v1"
    with pytest.raises(ConfigError):
        Client.from_config("staging")
    assert home.exists()


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(name=WORDS, host=WORDS, key=WORDS, tenant=st.none() | WORDS)
def test_whatever_is_stored_is_read_back(tmp_path: Path, name: str, host: str, key: str, tenant: str | None) -> None:
    path = tmp_path / "config.toml"
    connection = Connection(name, host=host, api_key=key, default_tenant=tenant)
    save_configuration(Configuration(path, {}).with_connection(connection, make_default=True))
    found = load_configuration(path)
    assert found.connections == {name: connection}
    assert found.default_connection_name == name
