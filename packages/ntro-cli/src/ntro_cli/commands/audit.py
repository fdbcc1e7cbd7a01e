"""`ntro audit`: who changed what in Workspace."""

from typing import Annotated

import typer

from ntro_cli.group import explained, group
from ntro_cli.output import Column
from ntro_cli.session import session

app = group("Who changed what.", "ntro audit list --tenant acme --limit 20")

DEFAULT_ROWS = 50
MOST_ROWS = 1000
_COLUMNS = (
    Column("at", "at"),
    Column("who", "actor"),
    Column("act", "action"),
    Column("what", "objectType"),
    Column("id", "objectId"),
    Column("members", "changed"),
    Column("tenant", "tenantId"),
)


@app.callback()
def _audit() -> None:
    """Keeps `list` a command of its own while it is the only one."""


@app.command(
    "list",
    help=explained(
        "List administrative acts, newest first: names of what changed, never values.",
        "ntro audit list",
        "ntro audit list --tenant acme --limit 200 -o json",
    ),
)
def list_acts(
    context: typer.Context,
    *,
    tenant: Annotated[str | None, typer.Option(help="Acts on one tenant.", show_default=False)] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MOST_ROWS, help="At most so many.")] = DEFAULT_ROWS,
) -> None:
    """Lists acts."""
    with session(context, tenant=tenant) as found:
        page = found.client.audit.page_sync(tenant=tenant, limit=limit)
        found.out.rows(page.items, _COLUMNS, empty="Nothing was changed yet.")
        if page.nextCursor is not None:
            found.out.say(f"There are older acts; see more with --limit, up to {MOST_ROWS}.")
