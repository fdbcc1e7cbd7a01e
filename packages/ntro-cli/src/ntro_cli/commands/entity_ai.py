"""`ntro entity ai`: the models an entity's runs use; without settings of its own, those of its tenant."""

from typing import Annotated

import typer

from ntro_cli import ai_settings
from ntro_cli.ai_settings import DefaultOption, ExtractionOption, JudgementOption, ProviderOption
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.parameters import DryRunOption, TenantOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group(
    "Models of an entity.",
    "ntro entity ai show acme-spv1 --tenant acme",
    "ntro entity ai set acme-spv1 --tenant acme --provider ANTHROPIC",
)

_NONE = "This entity has no settings of its own: its tenant's apply."
Entity = Annotated[str, typer.Argument(metavar="ENTITY", help="Slug or id.")]


@app.command(help=explained("Show an entity's model settings.", "ntro entity ai show acme-spv1 --tenant acme"))
def show(context: typer.Context, entity: Entity, *, tenant: TenantOption = None) -> None:
    """Shows the settings."""
    with session(context, tenant=tenant, entity=entity) as found:
        row = found.client.entities.get_sync(found.tenant, entity)
        ai_settings.show(found.out, row.config, otherwise=_NONE)


@app.command(
    "set",
    help=explained(
        "Change an entity's model settings; what is not named stays.",
        "ntro entity ai set acme-spv1 --tenant acme --provider ANTHROPIC --default-model MODEL",
    ),
)
def set_settings(
    context: typer.Context,
    entity: Entity,
    *,
    tenant: TenantOption = None,
    provider: ProviderOption = None,
    extraction_model: ExtractionOption = None,
    judgement_model: JudgementOption = None,
    default_model: DefaultOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Changes the settings."""
    wanted = ai_settings.settings(provider, extraction_model, judgement_model, default_model)
    if dry_run:
        rehearse(invocation_of(context).out, "entity ai set", {"entity": entity, "ai": wanted})
        return
    with session(context, tenant=tenant, entity=entity) as found:
        changed = found.client.entities.change_config_sync(found.tenant, entity, ai_settings.setting(wanted))
        ai_settings.show(found.out, changed.config, otherwise=_NONE)


@app.command(help=explained("Take an entity's model settings away.", "ntro entity ai reset acme-spv1 --tenant acme"))
def reset(
    context: typer.Context, entity: Entity, *, tenant: TenantOption = None, dry_run: DryRunOption = False
) -> None:
    """Takes the settings away."""
    if dry_run:
        rehearse(invocation_of(context).out, "entity ai reset", {"entity": entity})
        return
    with session(context, tenant=tenant, entity=entity) as found:
        changed = found.client.entities.change_config_sync(found.tenant, entity, ai_settings.without_ai)
        ai_settings.show(found.out, changed.config, otherwise=_NONE)
