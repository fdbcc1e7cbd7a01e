"""Help of every command, and what a wrong command line is told."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from ntro_cli.errors import ExitCode
from ntro_cli.group import load
from ntro_cli.main import ENTRIES

Cli = Callable[..., Any]


def commands() -> Iterator[tuple[str, ...]]:
    """Every group and command, as words of a command line."""
    for name, entry in ENTRIES.items():
        yield from _below((name,), load(entry, name))


def _below(words: tuple[str, ...], command: object) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from _below((*words, name), child)


def ntro(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user would, in a process of its own."""
    command = [sys.executable, "-W", "error", "-c", "from ntro_cli.main import main; main()", *arguments]
    environ = {"NTRO_HOME": str(home), "PATH": "/usr/bin:/bin", "HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_every_command_explains_itself(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli(*words, "--help")
    assert done.code == ExitCode.OK
    assert f"Usage: ntro {' '.join(words)}" in done.stdout


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_help_shows_how_a_command_is_called(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli(*words, "--help")
    assert "Examples:" in done.stdout
    assert f"ntro {words[0]}" in done.stdout.partition("Examples:")[2]


def test_the_root_lists_every_command_and_the_exit_codes(cli: Cli) -> None:
    done = cli("--help")
    for name in ENTRIES:
        assert f"\n  {name} " in done.stdout
    assert "124" in done.stdout


def test_the_root_is_explained_without_loading_the_client(tmp_path: Path) -> None:
    script = (
        "import sys; from ntro_cli.main import run; run(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('httpx2', 'logging', 'pydantic', 'rich', 'temporalio')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, cwd=tmp_path, timeout=60)
    assert done.returncode == 0


def test_a_mistyped_command_is_corrected(cli: Cli) -> None:
    done = cli("tennant", "list")
    assert done.code == ExitCode.USAGE
    assert "'tenant'" in done.stderr


@pytest.mark.parametrize("arguments", [["tenant", "create"], ["task", "approve"], ["run", "list", "--nonsense"]])
def test_a_wrong_command_line_is_told_on_standard_error(cli: Cli, arguments: list[str]) -> None:
    done = cli(*arguments)
    assert done.code == ExitCode.USAGE
    assert done.stdout == ""
    assert "--help" in done.stderr


def test_a_wrong_command_line_is_one_document_where_json_is_wanted(cli: Cli) -> None:
    for words in (["tennant", "list", "-o", "json"], ["run", "list", "--nonsense", "--output=json"]):
        done = cli(*words)
        assert (done.code, done.document["error"]["code"]) == (ExitCode.USAGE, "usage")


def test_a_group_alone_shows_its_help(cli: Cli) -> None:
    done = cli("tenant")
    assert done.code == ExitCode.USAGE
    assert "create" in done.stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    done = ntro("--version", home=tmp_path)
    assert (done.returncode, done.stdout.split()[0]) == (0, "ntro")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_completion_script_of_a_shell_is_printed(cli: Cli, shell: str) -> None:
    assert "_NTRO_COMPLETE" in cli("completion", shell).stdout


def test_a_shell_gets_the_names_of_commands(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from ntro_cli.main import main; main()"]
    asked = {"_NTRO_COMPLETE": "complete_bash", "COMP_WORDS": "ntro tenant ", "COMP_CWORD": "2"}
    environ = {"NTRO_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **asked}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)
    assert {"create", "list", "info"} <= set(done.stdout.split())
