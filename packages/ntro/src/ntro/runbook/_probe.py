"""Imports one bundle and says how it went, as one line of JSON: `python -m ntro.runbook._probe FOLDER SLUG`."""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

CPU_SECONDS = 30
MEMORY_BYTES = 4 * 1024**3
_PATHS = {
    "MODELS_PY_IMPORT_ERROR": "templates/models.py",
    "ACTIVITIES_PY_IMPORT_ERROR": "templates/activities.py",
    "ACTIVITIES_PY_MISSING": "templates/activities.py",
}


def main(folder: Path, slug: str) -> None:
    """Imports the bundle under limits. What it prints does not count."""
    reports = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit()
    line = json.dumps(_outcome(folder, slug))
    os.write(reports, f"{line}\n".encode())


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _outcome(folder: Path, slug: str) -> dict[str, Any]:
    from ntro.runbook.bundle import BundleError, load_bundle  # noqa: PLC0415 - under the limits, too
    from ntro.workflow import NtroWorkflow  # noqa: PLC0415 - as above

    try:
        cls = load_bundle(folder, slug=slug).workflow_class
    except BundleError as error:
        cause = error.__cause__
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        path = _PATHS.get(error.code, "templates/workflow.py")
        return {"code": error.code, "message": error.message, "path": path, "missing": missing}
    if not issubclass(cls, NtroWorkflow):
        return {"steps": None}
    return {"steps": [mark["name"] for mark in cls._declared_steps()]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
