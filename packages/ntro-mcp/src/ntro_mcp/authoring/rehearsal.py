"""Runs the scenarios of a runbook in a process of its own, with limits and without what this process knows."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Any

from ntro.workspace.errors import NtroError
from ntro_mcp.waiting import MAX_WAIT_SECONDS

SECONDS = MAX_WAIT_SECONDS - 5
"""For all scenarios of one call together, and the start of the engine."""

_MAX_TOLD = 500


class RehearsalError(NtroError):
    """The scenarios could not be run; the code is that of the runbook's own error, where it has one."""

    default_code = "rehearsal_failed"


async def rehearse(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of the scenarios that `request` names, one document each, in 45 s at most.

    Raises:
        RehearsalError: they could not be run, or not in that time.
    """
    with tempfile.TemporaryDirectory(prefix="ntro-rehearsal-") as empty:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-B",
            "-m",
            "ntro_mcp.authoring.trial",
            cwd=empty,
            env={"HOME": empty},
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(SECONDS):
                output, complaints = await process.communicate(json.dumps(request).encode())
        except TimeoutError as error:
            raise RehearsalError(
                f"The scenarios did not end within {SECONDS} s.", hint="Name fewer scenarios, or a shorter timeout_s."
            ) from error
        finally:
            await _end(process)
    return _results(output.decode(errors="replace"), complaints.decode(errors="replace"), process.returncode)


async def _end(process: Process) -> None:
    """Ends the process with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _results(output: str, complaints: str, exit_code: int | None) -> list[dict[str, Any]]:
    try:
        said = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        last = (complaints.strip().splitlines() or ["it said nothing"])[-1][:_MAX_TOLD]
        raise RehearsalError(f"The rehearsal ended with exit code {exit_code}: {last}.") from error
    if failure := said.get("error"):
        raise RehearsalError(failure["message"], code=failure["code"], hint=failure["hint"])
    results: list[dict[str, Any]] = said["results"]
    return results
