"""`ntro entity`."""

from typing import Annotated

import typer

from ntro_cli.body import body_of, sent
from ntro_cli.commands.entity_ai import app as ai
from ntro_cli.errors import UsageError
from ntro_cli.group import explained, group
from ntro_cli.inputs import EntityInput
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import ConfigOption, DryRunOption, JsonOption, TenantOption, json_object
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group("Entities of a tenant.", "ntro entity create --tenant acme --name 'Acme SPV 1' --slug acme-spv1")
app.add_typer(ai, name="ai")

_COLUMNS = (
    Column("slug", "slug"),
    Column("name", "name"),
    Column("type", "type"),
    Column("jurisdiction", "jurisdiction"),
    Column("currency", "currency"),
    Column("id", "id"),
)
_FIELDS = (*_COLUMNS, Column("tenant", "tenantId"), Column("schema", "schema_"), Column("config", "config"))
EntityArgument = Annotated[str, typer.Argument(metavar="ENTITY", help="Slug or id.")]


@app.command(
    help=explained(
        "Create an entity.",
        "ntro entity create --tenant acme --name 'Acme SPV 1' --slug acme-spv1 --currency GBP",
        "ntro entity create --tenant acme --name 'Acme SPV 1' --slug acme-spv1 --config @spv1.json",
        "ntro entity create --json @entity.json",
    )
)
def create(
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Option(help="Name for people.")] = None,
    slug: Annotated[str | None, typer.Option(help="Short name: lower-case letters, digits, hyphens.")] = None,
    tenant: TenantOption = None,
    entity_type: Annotated[str | None, typer.Option("--type", help="Such as SPV, FUND or CELL.")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Such as Jersey.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217 code.")] = None,
    schema: Annotated[str | None, typer.Option(help="Schema of its data.")] = None,
    config: ConfigOption = None,
    given: JsonOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Creates an entity."""
    options = {
        "name": name,
        "slug": slug,
        "tenantId": tenant,
        "type": entity_type,
        "jurisdiction": jurisdiction,
        "currency": currency,
        "schema_": schema,
        "config": json_object(config, "--config"),
    }
    body = body_of(EntityInput, given, options)
    if dry_run:
        rehearse(invocation_of(context).out, "entity create", sent(body))
        return
    with session(context, tenant=body.tenantId) as found:
        entity = found.client.entities.create_sync(
            found.tenant,
            body.name,
            body.slug,
            type=body.type,
            jurisdiction=body.jurisdiction,
            currency=body.currency,
            schema=body.schema_,
            config=body.config or None,
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
def info(context: typer.Context, entity: EntityArgument, *, tenant: TenantOption = None) -> None:
    """Shows an entity."""
    with session(context, tenant=tenant, entity=entity) as found:
        found.out.record(found.client.entities.get_sync(found.tenant, entity), _FIELDS)


@app.command(
    help=explained("Replace an entity's config.", "ntro entity update acme-spv1 --tenant acme --config @spv1.json")
)
def update(
    context: typer.Context,
    entity: EntityArgument,
    *,
    tenant: TenantOption = None,
    config: ConfigOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Replaces the config."""
    given = json_object(config, "--config")
    if given is None:
        raise UsageError("There is nothing to change.", hint="Give --config.")
    if dry_run:
        rehearse(invocation_of(context).out, "entity update", {"entity": entity, "config": given})
        return
    with session(context, tenant=tenant, entity=entity) as found:
        found.out.record(found.client.entities.update_sync(found.tenant, entity, config=given), _FIELDS)
