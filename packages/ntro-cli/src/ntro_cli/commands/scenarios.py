"""`ntro workflow test`: runs a runbook in memory through its gates, as scenarios answer them. Needs no server."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from ntro_cli.errors import CommandError, ExitCode, UsageError
from ntro_cli.group import explained
from ntro_cli.invocation import invocation_of
from ntro_cli.parameters import json_object

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
    from pydantic import ValidationError  # noqa: PLC0415 - what follows loads the engine, which takes a while

    from ntro.runbook.bundle import BundleError  # noqa: PLC0415 - as above
    from ntro.testing import MockUnavailable, report  # noqa: PLC0415 - as above
    from ntro.testing.running import ScenarioError, run_scenarios  # noqa: PLC0415 - as above
    from ntro.types.validation import in_words  # noqa: PLC0415 - as above

    out = invocation_of(context).out
    out.use_json(out.is_json or as_json)
    for folder in (path, *(child or ())):
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder.", hint="Give the folder that holds runbook.md.")
    try:
        results = asyncio.run(
            run_scenarios(
                path,
                names=scenario or (),
                children=child or (),
                given=json_object(given, "--input"),
                workflow_class=workflow_class,
                timeout_s=timeout,
            )
        )
    except ScenarioError as error:
        raise UsageError(str(error)) from error
    except BundleError as error:
        raise CommandError(error.message, code=error.code) from error
    except MockUnavailable as error:
        raise CommandError(str(error), code="mock_unavailable", hint="Give --input, or tests/input.json.") from error
    except ValidationError as error:
        raise CommandError(f"The input does not fit: {in_words(error)}.", code="invalid_input") from error
    if out.is_json:
        out.document(json.loads(report.json(results)))
    else:
        out.text(report.human(results))
    if any(result.status == "failed" for result in results):
        raise typer.Exit(ExitCode.FAILED)
