"""`ntro entity`."""

from typing import Annotated

import typer

from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption, TenantOption, json_object
from ntro_cli.session import session

app = group("Entities of a tenant.", "ntro entity create --tenant acme --name 'Acme SPV 1' --slug acme-spv1")

_COLUMNS = (
    Column("slug", "slug"),
    Column("name", "name"),
    Column("type", "type"),
    Column("jurisdiction", "jurisdiction"),
    Column("currency", "currency"),
    Column("id", "id"),
)
_FIELDS = (*_COLUMNS, Column("tenant", "tenantId"), Column("schema", "schema_"), Column("config", "config"))


@app.command(
    help=explained(
        "Create an entity.",
        "ntro entity create --tenant acme --name 'Acme SPV 1' --slug acme-spv1 --currency GBP",
        "ntro entity create --tenant acme --name 'Acme SPV 1' --slug acme-spv1 --config @spv1.json",
    )
)
def create(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="Name for people.")],
    slug: Annotated[str, typer.Option(help="Short name: lower-case letters, digits, hyphens.")],
    tenant: TenantOption = None,
    entity_type: Annotated[str | None, typer.Option("--type", help="Such as SPV, FUND or CELL.")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Such as Jersey.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217 code.")] = None,
    schema: Annotated[str | None, typer.Option(help="Schema of its data.")] = None,
    config: Annotated[str | None, typer.Option(help="JSON object, or @FILE.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Creates an entity."""
    given = json_object(config, "--config")
    if dry_run:
        plan = {"name": name, "slug": slug, "type": entity_type, "currency": currency, "config": given}
        invocation_of(context).out.document({"dryRun": True, "entity": plan})
        return
    with session(context, tenant=tenant) as found:
        entity = found.client.entities.create_sync(
            found.tenant,
            name,
            slug,
            type=entity_type,
            jurisdiction=jurisdiction,
            currency=currency,
            schema=schema,
            config=given,
        )
        for warning in entity.warnings or []:
            found.out.say(f"Nearly the same name: {warning.existing.get('name', warning.message)}")
        found.out.record(entity, _FIELDS)


@app.command("list", help=explained("List entities, of one tenant or of all.", "ntro entity list --tenant acme"))
def list_entities(context: typer.Context, *, tenant: TenantOption = None) -> None:
    """Lists entities."""
    with session(context, tenant=tenant) as found:
        entities = found.client.entities.list_sync(found.connection.default_tenant)
        found.out.rows(entities, _COLUMNS, empty="There is no entity yet. Create one with: ntro entity create")


@app.command(help=explained("Show an entity.", "ntro entity info acme-spv1 --tenant acme"))
def info(
    context: typer.Context, entity: Annotated[str, typer.Argument(help="Slug or id.")], *, tenant: TenantOption = None
) -> None:
    """Shows an entity."""
    with session(context, tenant=tenant) as found:
        found.out.record(found.client.entities.get_sync(found.tenant, entity), _FIELDS)
