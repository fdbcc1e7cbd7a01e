"""`ntro runbook`: runbooks as the registry knows them."""

from typing import Annotated

import typer

from ntro_cli.group import explained, group
from ntro_cli.output import Column
from ntro_cli.session import session

app = group("Look at deployed runbooks.", "ntro runbook list", "ntro runbook get nav-monthly")

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
