"""Imports a bundle in a process of its own, with limits and without what this process knows."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ntro.runbook._pins import Pins
from ntro.runbook.issues import ValidationIssue

SECONDS = 60
_FAILED = "WORKFLOW_PY_IMPORT_ERROR"


@dataclass(frozen=True, slots=True)
class Trial:
    """What importing came to; `steps` are those of the class, none where they are not known."""

    errors: tuple[ValidationIssue, ...] = ()
    warnings: tuple[ValidationIssue, ...] = ()
    steps: tuple[str, ...] | None = None


def try_import(folder: Path, *, slug: str, pins: Pins) -> Trial:
    """Import the bundle: 60 s, 30 s of processor time, 4 GiB, no file written, none of this process's environment."""
    command = [sys.executable, "-I", "-B", "-m", "ntro.runbook._probe", str(folder.resolve()), slug]
    with tempfile.TemporaryDirectory(prefix="ntro-validate-") as empty:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                command,
                cwd=empty,
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _failure(f"The runbook does not import within {SECONDS} s; a module does work when it is imported.")
    said = _answer(done.stdout)
    if said is None:
        return _failure(f"The import ended with exit code {done.returncode}: {_last_line(done.stderr)}")
    return _judged(said, pins)


def _judged(said: dict[str, Any], pins: Pins) -> Trial:
    if "code" not in said:
        return Trial(steps=None if said["steps"] is None else tuple(said["steps"]))
    missing = said["missing"]
    if missing is not None and pins.bring(missing.partition(".")[0]):
        message = f"{missing} is pinned and not installed here, so the code was not imported."
        return Trial(warnings=(ValidationIssue("PIN_NOT_INSTALLED", message, "requirements.txt"),))
    return Trial(errors=(ValidationIssue(said["code"], said["message"], said["path"]),))


def _failure(message: str) -> Trial:
    return Trial(errors=(ValidationIssue(_FAILED, message, "templates/workflow.py"),))


def _answer(output: str) -> dict[str, Any] | None:
    try:
        said = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return said if isinstance(said, dict) and ("code" in said or "steps" in said) else None


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing."
