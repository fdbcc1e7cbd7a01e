"""Fixtures of the whole-system tests: an embedded stack, started as a user would, in a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Modules with assertions that tests of more than one folder share: named before the first of them is imported.
pytest.register_assert_rewrite("tests.faults", "tests.security")

ROOT = Path(__file__).parents[1]
NTRO = Path(sys.executable).with_name("ntro")
UP_SECONDS = 240
COMMAND_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Stack:
    """One embedded stack: its home, and the `ntro` command that belongs to it."""

    home: Path
    port_base: int

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command of this stack: nothing of the developer's own connections."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NTRO_")}
        return kept | {"NTRO_HOME": str(self.home), "NO_COLOR": "1"}

    def ntro(
        self, *arguments: str, expect: int | None = 0, seconds: float = COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Runs `ntro` and holds its exit code against `expect` (none: any)."""
        done = subprocess.run(
            [NTRO, *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert expect is None or done.returncode == expect, (
            f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return done

    def json(self, *arguments: str, expect: int | None = 0, seconds: float = COMMAND_SECONDS) -> Any:
        """The one JSON document that a command prints."""
        return json.loads(self.ntro(*arguments, "-o", "json", expect=expect, seconds=seconds).stdout)

    def up(self, *arguments: str) -> Mapping[str, Any]:
        """`ntro up -o json`: where everything is."""
        doors: Mapping[str, Any] = self.json("up", "--port-base", str(self.port_base), *arguments, seconds=UP_SECONDS)
        return doors

    def cell_settings(self, tenant: str) -> dict[str, Any]:
        """The settings of a tenant's cell, for tests that look into its database."""
        found: dict[str, Any] = json.loads((self.home / "tenants" / tenant / "settings.json").read_text())
        return found

    def logs(self) -> str:
        """What its processes said, for a failing test."""
        return "\n".join(
            f"== {path.name}\n{path.read_text()[-4000:]}" for path in sorted((self.home / "stack" / "logs").glob("*"))
        )


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, port_bases: Iterator[int]) -> Iterator[Stack]:
    """A running stack with the demo tenant, shared by all tests of the session that leave it running."""
    made = Stack(tmp_path_factory.mktemp("ntro"), next(port_bases))
    try:
        made.up("--demo")
        yield made
    finally:
        made.ntro("down", expect=None)


@pytest.fixture
def own_stack(tmp_path: Path, port_bases: Iterator[int]) -> Iterator[Stack]:
    """A stack that is not started and that no other test uses; it is stopped afterwards."""
    made = Stack(tmp_path, next(port_bases))
    try:
        yield made
    finally:
        made.ntro("down", expect=None)
