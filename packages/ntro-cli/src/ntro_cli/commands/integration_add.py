"""`ntro integration add`: registers a data platform or a mailbox."""

from typing import Annotated

import typer

from ntro_cli.body import body_of, sent
from ntro_cli.group import explained, group
from ntro_cli.inputs import DATABRICKS, DatabricksInput, EmailInput
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, JsonOption, TenantOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group(
    "Register a data platform or a mailbox.",
    "ntro integration add databricks --name lake --workspace-url https://adb-1.example.net --catalog main",
    "ntro integration add email --tenant acme --address close@acme.example",
)

_PLATFORM = (Column("name", "name"), Column("provider", "provider"), Column("region", "region"), Column("id", "id"))
_MAILBOX = (
    Column("tenant", "tenantId"),
    Column("provider", "provider"),
    Column("address", "address"),
    Column("id", "id"),
)


@app.command(
    help=explained(
        "Register a Databricks workspace. A secret on a command line is in your shell's history: better --json.",
        "ntro integration add databricks --name lake --workspace-url https://adb-1.example.net --catalog main",
        "ntro integration add databricks --json @databricks.json",
    )
)
def databricks(
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Option(help="Name for people.")] = None,
    workspace_url: Annotated[str | None, typer.Option(help="Address of the Databricks workspace.")] = None,
    catalog: Annotated[str | None, typer.Option(help="Catalog that holds the data.")] = None,
    client_id: Annotated[str | None, typer.Option(help="Id of the service principal.")] = None,
    client_secret: Annotated[str | None, typer.Option(help="Its secret; kept sealed, never shown.")] = None,
    region: Annotated[str | None, typer.Option(help="Where it is hosted.")] = None,
    given: JsonOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Registers a Databricks workspace."""
    options = {
        "name": name,
        "workspaceUrl": workspace_url,
        "catalog": catalog,
        "clientId": client_id,
        "clientSecret": client_secret,
        "region": region,
    }
    body = body_of(DatabricksInput, given, options)
    if dry_run:
        rehearse(invocation_of(context).out, "integration add databricks", sent(body))
        return
    with session(context) as found:
        platform = found.client.integrations.create_data_platform_sync(
            body.name, DATABRICKS, region=body.region, config=body.platform_config
        )
        found.out.record(platform, _PLATFORM)
        found.out.say(f"Try it: ntro integration test {platform.id}")


@app.command(
    help=explained(
        "Register the mailbox of a tenant.",
        "ntro integration add email --tenant acme --address close@acme.example",
        "ntro integration add email --json @mailbox.json",
    )
)
def email(
    context: typer.Context,
    *,
    tenant: TenantOption = None,
    provider: Annotated[
        str | None, typer.Option(help="microsoft-graph where none is given.", show_default=False)
    ] = None,
    address: Annotated[str | None, typer.Option(help="Address of the mailbox.")] = None,
    given: JsonOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Registers a mailbox."""
    options = {"tenantId": tenant, "provider": provider, "address": address}
    body = body_of(EmailInput, given, options)
    if dry_run:
        rehearse(invocation_of(context).out, "integration add email", sent(body))
        return
    with session(context, tenant=body.tenantId) as found:
        mailbox = found.client.integrations.create_email_sync(
            found.tenant, provider=body.provider, address=body.address
        )
        found.out.record(mailbox, _MAILBOX)
