"""`ntro tenant`."""

from typing import Annotated

import typer

from ntro.workspace.models import Tenant, TenantCreate
from ntro_cli.body import body_of, sent
from ntro_cli.commands.tenant_ai import app as ai
from ntro_cli.confirming import confirm
from ntro_cli.errors import CommandError, UsageError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import ConfigOption, DryRunOption, JsonOption, WaitOption, YesOption, json_object
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group("Tenants.", "ntro tenant create --name 'Acme Fund Admin' --slug acme", "ntro tenant list")
app.add_typer(ai, name="ai")

_COLUMNS = (
    Column("slug", "slug"),
    Column("name", "name"),
    Column("status", "status"),
    Column("platform", "dataPlatform"),
    Column("entities", "entityCount"),
    Column("id", "id"),
)
_FIELDS = (*_COLUMNS, Column("url", "url"), Column("pages", "uiUrl"), Column("created", "createdAt"))
_MANAGED = "managed-postgres"
TenantArgument = Annotated[str, typer.Argument(metavar="TENANT", help="Slug or id.")]


@app.command(
    help=explained(
        "Create a tenant and wait until its cell is ready.",
        "ntro tenant create --name 'Acme Fund Admin' --slug acme",
        "ntro tenant create --name Beta --slug beta --no-wait -o json",
        "ntro tenant create --json @tenant.json",
    )
)
def create(
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Option(help="Name for people.")] = None,
    slug: Annotated[str | None, typer.Option(help="Short name: lower-case letters, digits, hyphens.")] = None,
    data_platform: Annotated[
        str | None,
        typer.Option(
            help="managed-postgres, snowflake or microsoft-fabric; follows from the config's where one is named."
        ),
    ] = None,
    data_platform_config: Annotated[
        str | None, typer.Option("--data-platform-config", "--integration", help="Id of a registered data platform.")
    ] = None,
    config: ConfigOption = None,
    given: JsonOption = None,
    wait: WaitOption = True,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 300,
    dry_run: DryRunOption = False,
) -> None:
    """Creates a tenant."""
    options = {
        "name": name,
        "slug": slug,
        "dataPlatform": data_platform,
        "dataPlatformConfigId": data_platform_config,
        "config": json_object(config, "--config"),
    }
    body = body_of(TenantCreate, given, options)
    if dry_run:
        rehearse(invocation_of(context).out, "tenant create", sent(body))
        return
    with session(context) as found:
        tenant = found.client.tenants.create_sync(
            body.name,
            body.slug,
            data_platform=body.dataPlatform or (None if body.dataPlatformConfigId else _MANAGED),
            data_platform_config_id=body.dataPlatformConfigId,
            config=body.config or None,
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
def info(context: typer.Context, tenant: TenantArgument) -> None:
    """Shows a tenant."""
    with session(context, tenant=tenant) as found:
        found.out.record(found.client.tenants.get_sync(tenant), _FIELDS)


@app.command(
    help=explained(
        "Replace a tenant's config, or open and close the relay of calls to its cell.",
        "ntro tenant update acme --config @acme.json",
        "ntro tenant update acme --no-relay",
    )
)
def update(
    context: typer.Context,
    tenant: TenantArgument,
    *,
    config: ConfigOption = None,
    relay: Annotated[
        bool | None, typer.Option("--relay/--no-relay", help="For clients that know Workspace only.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Changes a tenant."""
    given = json_object(config, "--config")
    if given is None and relay is None:
        raise UsageError("There is nothing to change.", hint="Give --config, --relay or --no-relay.")
    if dry_run:
        rehearse(invocation_of(context).out, "tenant update", {"tenant": tenant, "config": given, "relay": relay})
        return
    with session(context, tenant=tenant) as found:
        found.out.record(found.client.tenants.update_sync(tenant, config=given, relay=relay), _FIELDS)


@app.command(
    help=explained("Take a tenant down: no new runs, then its cell is ended.", "ntro tenant delete acme --yes")
)
def delete(
    context: typer.Context, tenant: TenantArgument, *, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Takes a tenant down."""
    if dry_run:
        rehearse(invocation_of(context).out, "tenant delete", {"tenant": tenant})
        return
    with session(context, tenant=tenant) as found:
        row = found.client.tenants.get_sync(tenant)
        confirm(f"Take the tenant {row.name} down, with {row.entityCount} entities?", yes=yes)
        found.out.record(found.client.tenants.delete_sync(tenant), _FIELDS)


@app.command(
    "sign-in",
    help=explained("Print a link that opens the tenant's pages in a browser, once.", "ntro tenant sign-in acme"),
)
def sign_in(context: typer.Context, tenant: TenantArgument) -> None:
    """Prints a link."""
    with session(context, tenant=tenant) as found:
        link = found.client.tenants.sign_in_link_sync(tenant)
        found.out.record(link, (Column("link", "url"), Column("expires", "expiresAt")))


def _check_active(tenant: Tenant) -> None:
    if tenant.status != "ACTIVE":
        raise CommandError(
            f"Tenant {tenant.slug} is {tenant.status}, not ACTIVE.",
            code="tenant_not_active",
            hint="See what went wrong with: ntro logs",
        )
