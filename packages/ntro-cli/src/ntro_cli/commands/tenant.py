"""`ntro tenant`."""

from typing import Annotated

import typer

from ntro.workspace.models import Tenant
from ntro_cli.errors import CommandError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, WaitOption, json_object
from ntro_cli.session import session

app = group("Tenants.", "ntro tenant create --name 'Acme Fund Admin' --slug acme", "ntro tenant list")

_COLUMNS = (
    Column("slug", "slug"),
    Column("name", "name"),
    Column("status", "status"),
    Column("platform", "dataPlatform"),
    Column("entities", "entityCount"),
    Column("id", "id"),
)
_FIELDS = (*_COLUMNS, Column("url", "url"), Column("pages", "uiUrl"), Column("created", "createdAt"))


@app.command(
    help=explained(
        "Create a tenant and wait until its cell is ready.",
        "ntro tenant create --name 'Acme Fund Admin' --slug acme",
        "ntro tenant create --name Beta --slug beta --no-wait -o json",
    )
)
def create(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="Name for people.")],
    slug: Annotated[str, typer.Option(help="Short name: lower-case letters, digits, hyphens.")],
    data_platform: Annotated[
        str, typer.Option(help="managed-postgres, snowflake or microsoft-fabric.")
    ] = "managed-postgres",
    data_platform_config: Annotated[str | None, typer.Option(help="Id of a registered data platform.")] = None,
    config: Annotated[str | None, typer.Option(help="JSON object, or @FILE.")] = None,
    wait: WaitOption = True,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 300,
    dry_run: DryRunOption = False,
) -> None:
    """Creates a tenant."""
    given = json_object(config, "--config")
    if dry_run:
        plan = {"name": name, "slug": slug, "dataPlatform": data_platform, "config": given}
        invocation_of(context).out.document({"dryRun": True, "tenant": plan})
        return
    with session(context) as found:
        tenant = found.client.tenants.create_sync(
            name, slug, data_platform=data_platform, data_platform_config_id=data_platform_config, config=given
        )
        if wait:
            tenant = found.client.tenants.wait_until_settled_sync(
                tenant.id, seconds=timeout, on_change=lambda now: found.out.say(f"{now.slug}: {now.status}")
            )
            _check_active(tenant)
        found.out.record(tenant, _FIELDS)


@app.command("list", help=explained("List tenants.", "ntro tenant list", "ntro tenant list --status ACTIVE -o json"))
def list_tenants(
    context: typer.Context, *, status: Annotated[str | None, typer.Option(help="Only those in this state.")] = None
) -> None:
    """Lists tenants."""
    with session(context) as found:
        tenants = found.client.tenants.list_sync(status=status)
        found.out.rows(tenants, _COLUMNS, empty="There is no tenant yet. Create one with: ntro tenant create")


@app.command(help=explained("Show a tenant.", "ntro tenant info acme"))
def info(context: typer.Context, tenant: Annotated[str, typer.Argument(help="Slug or id.")]) -> None:
    """Shows a tenant."""
    with session(context) as found:
        found.out.record(found.client.tenants.get_sync(tenant), _FIELDS)


def _check_active(tenant: Tenant) -> None:
    if tenant.status != "ACTIVE":
        raise CommandError(
            f"Tenant {tenant.slug} is {tenant.status}, not ACTIVE.",
            code="tenant_not_active",
            hint="See what went wrong with: ntro logs",
        )
