"""Ports and secrets: chosen once, kept, private, and never made anew behind one's back."""

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_cli.stack import ports
from ntro_cli.stack.errors import DiskFull, PortTaken, StateBroken
from ntro_cli.stack.files import write_private
from ntro_cli.stack.keys import load_secrets, new_api_key, new_cell_secrets
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.redaction import exposed_files, shown_settings
from ntro_cli.stack.settings_files import Addresses, write_cell_settings, write_workspace_settings
from ntro_cli.stack.state import StackState, load_state, require_free, save_state
from ntro_server.settings import load_settings
from ntro_tenant.settings import CellSettings
from ntro_workspace.keys.format import parse
from ntro_workspace.settings import WorkspaceSettings

BASE = 41_000


@pytest.fixture
def paths(tmp_path: Path) -> StackPaths:
    return StackPaths(tmp_path / "home")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port: int = listener.getsockname()[1]
        yield port


def test_a_first_choice_that_is_taken_gives_way_to_the_next_port(taken: int) -> None:
    chosen = ports.choose("workspace", taken, promised=())
    assert chosen > taken
    assert ports.is_free(chosen)


@given(st.sets(st.integers(min_value=BASE, max_value=BASE + 20)))
def test_a_promised_port_is_never_promised_again(promised: set[int]) -> None:
    assert ports.choose("workspace", BASE, promised) not in promised


def test_a_port_that_was_promised_is_not_given_up_silently(taken: int) -> None:
    with pytest.raises(PortTaken) as refusal:
        require_free("workspace", taken)
    assert str(taken) in refusal.value.message
    assert refusal.value.remedy


def test_ports_differ_and_are_kept_across_a_restart(paths: StackPaths) -> None:
    state = StackState(port_base=BASE).with_servers().with_cell("a", uuid4()).with_cell("b", uuid4())
    save_state(paths, state)
    assert len(state.promised) == 5
    again = load_state(paths)
    assert again == state
    assert again is not None
    assert again.with_servers() == state
    assert again.with_cell("a", uuid4()) == state
    assert again.without_cell("a").with_cell("b", uuid4()).cells["b"] == state.cells["b"]


def test_moving_the_stack_chooses_every_port_anew_and_keeps_every_cell() -> None:
    state = StackState(port_base=BASE).with_servers().with_cell("a", uuid4())
    moved = state.moved_to(BASE + 200)
    assert not state.promised & moved.promised
    assert moved.cells["a"].tenant_id == state.cells["a"].tenant_id


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"servers": {}}', '{"port_base": 3000, "servers": {"workspace": 1}}']
)
def test_a_damaged_state_is_named_with_its_remedy_and_left_as_it_is(paths: StackPaths, content: str) -> None:
    write_private(paths.state, content)
    with pytest.raises(StateBroken) as refusal:
        load_state(paths)
    assert str(paths.state) in refusal.value.message
    assert refusal.value.remedy
    assert paths.state.read_text() == content


def test_damaged_secrets_are_named_without_showing_any(paths: StackPaths) -> None:
    load_secrets(paths)
    values = json.loads(paths.secrets.read_text())
    values["cells"] = {"x": {"session_secret": "hush"}}
    write_private(paths.secrets, json.dumps(values))
    with pytest.raises(StateBroken) as refusal:
        load_secrets(paths)
    assert "hush" not in f"{refusal.value} {refusal.value.remedy}"


def test_lost_secrets_of_a_stack_with_data_are_not_made_anew(paths: StackPaths) -> None:
    write_workspace_settings(paths, load_secrets(paths), addresses(StackState(port_base=BASE).with_servers()))
    paths.secrets.unlink()
    with pytest.raises(StateBroken):
        load_secrets(paths)


def test_a_write_that_fails_leaves_the_old_file_and_says_why(
    paths: StackPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_private(paths.state, "old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFull):
        write_private(paths.state, "new")
    assert paths.state.read_text() == "old"
    assert [file.name for file in paths.stack.iterdir()] == ["state.json"]


def test_all_that_is_written_is_private_and_what_is_not_is_found(paths: StackPaths) -> None:
    save_state(paths, StackState(port_base=BASE).with_servers())
    load_secrets(paths)
    assert stat.S_IMODE(paths.secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.home.stat().st_mode) == 0o700
    assert exposed_files(paths) == []
    paths.secrets.chmod(0o644)
    assert exposed_files(paths) == [paths.secrets]


def test_settings_files_are_what_the_servers_read(paths: StackPaths) -> None:
    state = StackState(port_base=BASE).with_servers().with_cell("acme", UUID(int=7))
    secrets, cell = load_secrets(paths), new_cell_secrets().model_copy(update={"cell_key": new_api_key("cell")})
    write_workspace_settings(paths, secrets, addresses(state))
    write_cell_settings(paths, secrets, cell, addresses(state), "acme")
    workspace = load_settings(WorkspaceSettings, paths.workspace_settings)
    tenant = load_settings(CellSettings, paths.cell_settings("acme"))
    assert workspace.port == state.servers["workspace"]
    assert tenant.tenant_id == UUID(int=7)
    assert tenant.home == paths.tenant("acme")
    assert tenant.workspace_url == f"{workspace.public_url}/v1"


def test_settings_are_shown_without_a_single_secret(paths: StackPaths) -> None:
    state = StackState(port_base=BASE).with_servers().with_cell("acme", UUID(int=7))
    secrets, cell = load_secrets(paths), new_cell_secrets().model_copy(update={"cell_key": new_api_key("cell")})
    write_workspace_settings(paths, secrets, addresses(state))
    write_cell_settings(paths, secrets, cell, addresses(state), "acme")
    shown = json.dumps(shown_settings(paths))
    hidden = [secrets.pepper, secrets.admin_key, secrets.workspace_password, cell.database_password, cell.cell_key]
    hidden += [cell.sealing_private_key, cell.session_secret, *cell.payload_keys.values(), "PRIVATE KEY"]
    assert not [secret for secret in hidden if secret and secret in shown]
    assert "acme" in shown


def test_a_key_is_one_that_workspace_takes_and_a_mistyped_one_is_not() -> None:
    key = new_api_key("admin")
    parsed = parse(key)
    assert parsed is not None
    assert parsed.kind == "admin"
    assert parse(key[:-1] + ("0" if key[-1] != "0" else "1")) is None


def addresses(state: StackState) -> Addresses:
    return Addresses(state, f"127.0.0.1:{state.servers['temporal']}")
