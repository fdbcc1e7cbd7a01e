"""`ntro runbook`: runbooks as the registry knows them, and whether one in a folder is fit for it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ntro_cli.errors import CommandError, ExitCode, UsageError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.session import session

app = group(
    "Look at deployed runbooks; make a new one, validate one in a folder.",
    "ntro runbook list",
    "ntro runbook get nav-monthly",
    "ntro runbook new monthly-fees",
    "ntro runbook validate runbooks/nav-monthly",
)

_BAD_PATH = frozenset({"RUNBOOK_DIR_NOT_FOUND", "RUNBOOK_DIR_NOT_A_DIR"})
_COLUMNS = (
    Column("slug", "slug"),
    Column("name", "name"),
    Column("version", "version"),
    Column("state", "state"),
    Column("steps", "stepCount"),
)
_FIELDS = (
    *_COLUMNS[:4],
    Column("description", "description"),
    Column("author", "author"),
    Column("tags", "tags"),
    Column("jurisdictions", "jurisdictions"),
)


@app.command("list", help=explained("List runbooks.", "ntro runbook list --search nav"))
def list_runbooks(
    context: typer.Context,
    *,
    state: Annotated[str | None, typer.Option(help="Only those in this state.")] = None,
    classification: Annotated[str | None, typer.Option(help="Only those of this class.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only those with this tag; may be repeated.")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Only those for this jurisdiction.")] = None,
    search: Annotated[str | None, typer.Option(help="Words in name or description.")] = None,
) -> None:
    """Lists runbooks."""
    with session(context) as found:
        runbooks = found.client.runbooks.list_sync(
            state=state, classification=classification, tags=tag or (), jurisdiction=jurisdiction, search=search
        )
        found.out.rows(runbooks, _COLUMNS, empty="No runbook is deployed. Deploy one with: ntro workflow create")


@app.command(help=explained("Show a runbook and its steps.", "ntro runbook get nav-monthly"))
def get(context: typer.Context, slug: Annotated[str, typer.Argument(help="Slug.")]) -> None:
    """Shows a runbook."""
    with session(context) as found:
        runbook = found.client.runbooks.get_sync(slug)
        found.out.record(runbook, _FIELDS)
        for number, step in enumerate(runbook.steps, 1):
            found.out.text(f"{number}\t{step.id}\t{step.label}")


@app.command(
    help=explained(
        "Make the folder of a new runbook: complete, typed, valid, with tests that pass. Needs no server.",
        "ntro runbook new monthly-fees",
        "ntro runbook new monthly-fees --from skill.md --path runbooks",
    )
)
def new(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="Slug of the runbook, and name of its folder.")],
    *,
    definition: Annotated[
        Path | None,
        typer.Option("--from", help="A runbook.md or skill definition: each step that it describes becomes one."),
    ] = None,
    path: Annotated[Path, typer.Option(help="Folder in which the runbook's folder is made.")] = Path("runbooks"),
) -> None:
    """Makes a runbook; exit code 2 where the call or the definition is wrong, or the folder is not empty."""
    from ntro.runbook import ScaffoldError, scaffold_runbook, write_scaffold  # noqa: PLC0415 - where it is asked for

    out = invocation_of(context).out
    folder = path / slug
    try:
        text = None if definition is None else definition.read_text(encoding="utf-8")
        written = write_scaffold(scaffold_runbook(slug, definition=text), folder)
    except ScaffoldError as error:
        raise CommandError(error.message, code=error.code.lower(), exit_code=ExitCode.USAGE) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{definition or folder}: {error}.", hint="Give a text file, and a folder to write to."
        ) from error
    if out.is_json:
        out.document({"slug": slug, "folder": str(folder), "files": [str(file) for file in written]})
    for file in written:
        out.text(str(file))
    out.say(f"Try it: ntro workflow test {folder}")


@app.command(
    help=explained(
        "Say whether the runbook in a folder is fit to be deployed. Needs no server and no config.",
        "ntro runbook validate runbooks/nav-monthly",
        "ntro runbook validate runbooks/nav-monthly -o json",
    )
)
def validate(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Folder of the runbook.", show_default=False)],
) -> None:
    """Validates; exit code 1 for a runbook with errors, 2 where there is no such folder."""
    from ntro.runbook import validate_runbook  # noqa: PLC0415 - loaded where it is asked for

    out = invocation_of(context).out
    report = validate_runbook(path)
    if bad := next((issue for issue in report.errors if issue.code in _BAD_PATH), None):
        raise UsageError(bad.message, hint="Give the folder that holds runbook.md.")
    if out.is_json:
        out.document(asdict(report))
    for kind, issues in (("error", report.errors), ("warning", report.warnings)):
        for issue in issues:
            out.text(f"{kind}\t{issue.code}\t{issue.path or ''}\t{issue.message}")
    out.text(f"{path} is {'valid' if report.ok else 'invalid'}.")
    if not report.ok:
        raise typer.Exit(ExitCode.FAILED)
