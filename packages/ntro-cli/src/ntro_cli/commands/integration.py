"""`ntro integration`: data platforms and mailboxes."""

from typing import Annotated

import typer

from ntro_cli.commands.integration_add import app as add
from ntro_cli.errors import ExitCode
from ntro_cli.group import explained, group
from ntro_cli.output import Column
from ntro_cli.session import session

app = group(
    "Data platforms and mailboxes.",
    "ntro integration add databricks --name lake --workspace-url https://adb-1.example.net --catalog main",
    "ntro integration test INTEGRATION",
)
app.add_typer(add, name="add")

_COLUMNS = (
    Column("name", "name"),
    Column("provider", "provider"),
    Column("region", "region"),
    Column("ownership", "ownership"),
    Column("id", "id"),
)
_FIELDS = (*_COLUMNS, Column("config", "config"), Column("created", "createdAt"))
_MAILBOXES = (
    Column("tenant", "tenantId"),
    Column("provider", "provider"),
    Column("address", "address"),
    Column("id", "id"),
)
_SCHEMAS = (Column("schema", "name"), Column("tables", "tables"))
_TENANTS = (Column("slug", "slug"), Column("name", "name"), Column("status", "status"), Column("id", "id"))
_TEST = (Column("success", "success"), Column("message", "message"), Column("milliseconds", "latencyMs"))
IntegrationArgument = Annotated[str, typer.Argument(metavar="INTEGRATION", help="Id of a data platform.")]


@app.command(
    "list",
    help=explained("List data platforms, or mailboxes.", "ntro integration list", "ntro integration list --email"),
)
def list_integrations(
    context: typer.Context, *, email: Annotated[bool, typer.Option("--email", help="Mailboxes instead.")] = False
) -> None:
    """Lists integrations."""
    with session(context) as found:
        if email:
            mailboxes = found.client.integrations.list_sync()
            found.out.rows(mailboxes, _MAILBOXES, empty="There is no mailbox. Add one with: ntro integration add email")
            return
        platforms = found.client.integrations.list_data_platforms_sync()
        empty = "There is no data platform. Add one with: ntro integration add databricks"
        found.out.rows(platforms, _COLUMNS, empty=empty)


@app.command(help=explained("Show a data platform; its secrets are masked.", "ntro integration info INTEGRATION"))
def info(context: typer.Context, integration: IntegrationArgument) -> None:
    """Shows a data platform."""
    with session(context) as found:
        found.out.record(found.client.integrations.get_data_platform_sync(integration), _FIELDS)


@app.command(help=explained("List what a data platform holds.", "ntro integration discover INTEGRATION"))
def discover(context: typer.Context, integration: IntegrationArgument) -> None:
    """Lists schemas."""
    with session(context) as found:
        schemas = found.client.integrations.discover_schemas_sync(integration)
        found.out.rows(schemas, _SCHEMAS, empty="Nothing was found there. Try: ntro integration test")


@app.command(help=explained("List the tenants on a data platform.", "ntro integration tenants INTEGRATION"))
def tenants(context: typer.Context, integration: IntegrationArgument) -> None:
    """Lists tenants."""
    with session(context) as found:
        bound = found.client.integrations.platform_tenants_sync(integration)
        found.out.rows(bound, _TENANTS, empty="No tenant uses it.")


@app.command(
    help=explained(
        "Try the connection to a data platform; exit code 1 where it does not work.",
        "ntro integration test INTEGRATION",
    )
)
def test(context: typer.Context, integration: IntegrationArgument) -> None:
    """Tries a connection."""
    with session(context) as found:
        tried = found.client.integrations.test_connection_sync(integration)
        found.out.record(tried, _TEST)
    if not tried.success:
        raise typer.Exit(ExitCode.FAILED)
