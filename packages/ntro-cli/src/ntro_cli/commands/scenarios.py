"""`ntro workflow test`: runs a runbook in memory through its gates, as scenarios answer them. Needs no server."""

import asyncio
import gc
import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ntro_cli.errors import CommandError, ExitCode, UsageError
from ntro_cli.group import explained
from ntro_cli.invocation import invocation_of
from ntro_cli.parameters import json_object

if TYPE_CHECKING:
    from ntro.testing import RunResult
    from ntro.testing.server import ServerProcess

HELP = explained(
    "Run a runbook in memory: activities mocked, gates answered by scenarios. Needs no server and no config.",
    "ntro workflow test runbooks/document-ingest",
    "ntro workflow test runbooks/nav-monthly --child runbooks/document-ingest -s happy -o json",
)


def run_scenarios_of(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Folder of the runbook.", show_default=False)],
    *,
    scenario: Annotated[
        list[str] | None, typer.Option("-s", "--scenario", help="Name of a scenario; may be repeated. All by default.")
    ] = None,
    child: Annotated[
        list[Path] | None, typer.Option(help="Folder of a runbook that it dispatches; may be repeated.")
    ] = None,
    given: Annotated[
        str | None, typer.Option("--input", help="Input of the run: JSON object, or @FILE; else tests/input.json.")
    ] = None,
    workflow_class: Annotated[str | None, typer.Option(help="Class, where it is not named for the slug.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for each scenario.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="The same as -o json.")] = False,
) -> None:
    """Runs scenarios; exit code 1 where one failed."""
    out = invocation_of(context).out
    out.use_json(out.is_json or as_json)
    for folder in (path, *(child or ())):
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder.", hint="Give the folder that holds runbook.md.")
    wanted = Wanted(
        path=path,
        names=scenario or (),
        children=child or (),
        given=json_object(given, "--input"),
        workflow_class=workflow_class,
        timeout_s=timeout,
    )
    results = _results(wanted)
    from ntro.testing import report  # noqa: PLC0415 - loads the engine, which has happened by now

    if out.is_json:
        out.document(json.loads(report.json(results)))
    else:
        out.text(report.human(results))
    if any(result.status == "failed" for result in results):
        raise typer.Exit(ExitCode.FAILED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run."""

    path: Path
    names: Sequence[str]
    children: Sequence[Path]
    given: dict[str, object] | None
    workflow_class: str | None
    timeout_s: float


def _results(wanted: Wanted) -> "list[RunResult]":
    from ntro.testing.server import ServerError, ServerProcess  # noqa: PLC0415 - loaded where it is asked for

    try:
        server = ServerProcess()
    except ServerError as error:
        raise CommandError(str(error), code="no_server") from error
    try:
        # The server starts on another processor while the engine's client is loaded here.
        return _run(wanted, server)
    finally:
        server.end()


def _run(wanted: Wanted, server: "ServerProcess") -> "list[RunResult]":
    with uncollected():
        from pydantic import ValidationError  # noqa: PLC0415 - what follows loads the engine, which takes a while

        from ntro.runbook.bundle import BundleError  # noqa: PLC0415 - as above
        from ntro.testing import MockUnavailable  # noqa: PLC0415 - as above
        from ntro.testing.running import ScenarioError, run_scenarios  # noqa: PLC0415 - as above
        from ntro.testing.server import ServerError  # noqa: PLC0415 - as above
        from ntro.types.validation import in_words  # noqa: PLC0415 - as above
    try:
        return asyncio.run(
            run_scenarios(
                wanted.path,
                names=wanted.names,
                children=wanted.children,
                given=wanted.given,
                workflow_class=wanted.workflow_class,
                timeout_s=wanted.timeout_s,
                server=server,
            )
        )
    except ScenarioError as error:
        raise UsageError(str(error)) from error
    except BundleError as error:
        raise CommandError(error.message, code=error.code) from error
    except ServerError as error:
        raise CommandError(str(error), code="no_server") from error
    except MockUnavailable as error:
        raise CommandError(str(error), code="mock_unavailable", hint="Give --input, or tests/input.json.") from error
    except ValidationError as error:
        raise CommandError(f"The input does not fit: {in_words(error)}.", code="invalid_input") from error


@contextmanager
def uncollected() -> Generator[None]:
    """Loads modules without looking for garbage among them: they all stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
