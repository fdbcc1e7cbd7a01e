"""A command line that runs in this process: its exit code and what it wrote."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ntro_cli.invocation import Invocation
from ntro_cli.main import run
from ntro_cli.output import Output


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has run."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self):
        """The one JSON document of standard output."""
        return json.loads(self.stdout)


class Screen(io.StringIO):
    """A terminal, as far as a program can tell."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, without any setting from outside."""
    folder = tmp_path / "home"
    for name in ("HOST", "API_KEY", "TENANT", "ENTITY", "DEFAULT_CONNECTION_NAME"):
        monkeypatch.delenv(f"NTRO_{name}", raising=False)
    monkeypatch.setenv("NTRO_HOME", str(folder))
    return folder


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs `ntro` with words; `terminal=True` as if a person looked."""

    def call(*words: str, terminal: bool = False) -> Done:
        stdout = Screen() if terminal else io.StringIO()
        stderr = io.StringIO()
        code = run([*words], Invocation(out=Output(stdout=stdout, stderr=stderr)))
        told = capsys.readouterr()
        return Done(code, stdout.getvalue() or told.out, stderr.getvalue() + told.err)

    assert not home.exists()
    return call
