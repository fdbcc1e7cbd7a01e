"""What the commands say and answer where nothing runs, or something is broken."""

import fcntl
import json
import os
from io import StringIO
from pathlib import Path

import pytest

from ntro_cli.invocation import Invocation
from ntro_cli.main import run
from ntro_cli.output import Output
from ntro_cli.stack import checks
from ntro_cli.stack.log_files import MAX_BYTES, MAX_LIVE_BYTES, last_lines, open_log, shrink_live
from ntro_cli.stack.log_view import _new_lines
from ntro_cli.stack.paths import StackPaths


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StackPaths:
    monkeypatch.setenv("NTRO_HOME", str(tmp_path / "home"))
    return StackPaths(tmp_path / "home")


def call(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    code = run(arguments, Invocation(out=Output(stdout=out, stderr=StringIO())))
    return code, out.getvalue()


def document(*arguments: str) -> tuple[int, dict[str, object]]:
    code, text = call(*arguments, "-o", "json")
    found: dict[str, object] = json.loads(text)
    return code, found


def error_code(found: dict[str, object]) -> object:
    error = found["error"]
    assert isinstance(error, dict)
    assert error["hint"]
    return error["code"]


def test_stopping_and_asking_where_nothing_runs_is_fine_and_makes_nothing(paths: StackPaths) -> None:
    assert document("down") == (0, {"home": str(paths.home), "stopped": []})
    assert call("status", "-o", "json") == (0, "[]\n")
    assert not paths.home.exists()


def test_the_doctor_finds_nothing_wrong_on_a_machine_that_can_start_the_stack(paths: StackPaths) -> None:
    code, found = document("doctor")
    assert found["settings"] == {}
    assert code == 0


def test_broken_state_is_named_by_up_and_doctor_and_nothing_is_changed(paths: StackPaths) -> None:
    paths.stack.mkdir(parents=True, mode=0o700)
    paths.home.chmod(0o700)
    paths.state.write_text("{")
    paths.state.chmod(0o600)
    code, found = document("up")
    assert (code, error_code(found)) == (1, "StateBroken")
    assert document("doctor")[0] == 1
    assert paths.state.read_text() == "{"


def test_a_foreign_folder_in_place_of_the_cluster_is_named_and_left(paths: StackPaths) -> None:
    (paths.postgres / "data").mkdir(parents=True)
    (paths.postgres / "data" / "mine").touch()
    code, found = document("up")
    assert (code, error_code(found)) == (1, "StateBroken")
    assert [file.name for file in (paths.postgres / "data").iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("variable", "value"), [("NTRO_PG_BIN", "/nowhere"), ("NTRO_TEMPORAL_BIN", "/nowhere/temporal")]
)
@pytest.mark.usefixtures("paths")
def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    code, found = document("up")
    assert (code, error_code(found)) == (1, "BinaryMissing")


@pytest.mark.usefixtures("paths")
def test_a_full_disk_is_named_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "NEEDED_BYTES", 2**80)
    code, found = document("up")
    assert (code, error_code(found)) == (1, "DiskFull")


def test_a_home_that_is_a_file_is_named(paths: StackPaths) -> None:
    paths.home.write_text("")
    assert error_code(document("up")[1]) in {"StateBroken", "DiskFull"}


def test_a_lock_file_whose_holder_is_gone_stops_nobody(paths: StackPaths) -> None:
    paths.stack.mkdir(parents=True)
    holder = os.open(paths.command_lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(holder, fcntl.LOCK_EX)
    os.close(holder)
    assert document("down")[0] == 0


def test_a_log_that_is_not_there_is_an_error_that_lists_those_that_are(paths: StackPaths) -> None:
    paths.logs.mkdir(parents=True)
    paths.log("workspace").write_text("one\ntwo\nthree\n")
    assert call("logs", "workspace", "-n", "2") == (0, "two\nthree\n")
    code, found = document("logs", "nothing")
    assert (code, error_code(found)) == (1, "UnknownProcess")


def test_a_large_log_is_set_aside_when_its_process_starts(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    for round_ in range(5):
        log.write_bytes(b"x" * (MAX_BYTES + 1) + str(round_).encode())
        with open_log(log) as descriptor:
            os.write(descriptor, b"new\n")
    assert last_lines(log, 5) == ["new"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.log", "a.log.1", "a.log.2", "a.log.3"]


def test_a_large_log_is_set_aside_under_its_writer(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with open_log(log) as descriptor:
        os.write(descriptor, b"x" * (MAX_LIVE_BYTES + 1))
        shrink_live(log)
        os.write(descriptor, b"new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "a.log.1").stat().st_mode & 0o777 == 0o600


def test_following_shows_whole_lines_and_a_log_that_begins_anew(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\nthr")
    lines, place = _new_lines(log, 0)
    assert lines == ["one", "two"]
    log.write_text("ee\n")
    assert _new_lines(log, place) == (["ee"], 3)
