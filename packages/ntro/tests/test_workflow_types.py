"""What a runbook's author is told by a strict type checker."""

import re
import subprocess
import sys
from pathlib import Path

TYPED = Path(__file__).with_name("typed")
TYPES = Path(__file__).parents[3] / ".mypy_cache/strict"  # what is known of the libraries serves every such test
_ERROR = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: ")


def errors_of(*names: str) -> set[tuple[str, int]]:
    """File and line of each error that mypy finds with nothing configured but strictness."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", TYPES, *names]
    done = subprocess.run(command, cwd=TYPED, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode in (0, 1), done.stderr
    found = [_ERROR.match(line) for line in done.stdout.splitlines()]
    return {(match["file"], int(match["line"])) for match in found if match is not None}


def test_a_whole_runbook_is_typed_and_each_wrong_call_is_an_error():
    marked = enumerate((TYPED / "wrong_calls.py").read_text("utf-8").splitlines(), start=1)
    wrong = {("wrong_calls.py", number) for number, line in marked if line.endswith("# error")}
    assert errors_of("sample_runbook.py", "wrong_calls.py") == wrong
