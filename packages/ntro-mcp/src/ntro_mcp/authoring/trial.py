"""Runs a runbook's scenarios and prints one line of JSON: `python -m ntro_mcp.authoring.trial`, request on stdin.

The runbook's code runs in this process, under limits. What it prints does not count.
"""

import asyncio
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

CPU_SECONDS = 120
FILE_BYTES = 64 * 1024 * 1024


def main() -> None:
    """Answers the request on standard input: folder, names, children, input, workflow_class, timeout_s."""
    reports = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit()
    request = json.loads(sys.stdin.read())
    line = json.dumps(asyncio.run(_outcome(request)))
    with os.fdopen(reports, "w", encoding="utf-8") as out:
        out.write(f"{line}\n")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


async def _outcome(request: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError  # noqa: PLC0415 - under the limits, too

    from ntro.runbook.bundle import BundleError  # noqa: PLC0415 - as above
    from ntro.testing import MockUnavailable, report  # noqa: PLC0415 - as above
    from ntro.testing.running import ScenarioError, run_scenarios  # noqa: PLC0415 - as above
    from ntro.types.validation import in_words  # noqa: PLC0415 - as above

    try:
        results = await run_scenarios(
            Path(request["folder"]),
            names=request["names"],
            children=[Path(child) for child in request["children"]],
            given=request["input"],
            workflow_class=request["workflow_class"],
            timeout_s=request["timeout_s"],
        )
    except ScenarioError as error:
        return _failure("scenario", str(error), "ntro_runbook_test without scenarios runs all that there are.")
    except BundleError as error:
        return _failure(error.code, error.message, "Validate it first: ntro_runbook_validate.")
    except MockUnavailable as error:
        return _failure("mock_unavailable", str(error), "Give input, or write tests/input.json.")
    except ValidationError as error:
        return _failure("invalid_input", f"The input does not fit: {in_words(error)}.", "Give another input.")
    return {"results": json.loads(report.json(results))}


def _failure(code: str, message: str, hint: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "hint": hint}}


if __name__ == "__main__":
    main()
