"""`ntro tenant ai`: the models a tenant's runs use, where an entity has no settings of its own."""

from typing import Annotated

import typer

from ntro_cli import ai_settings
from ntro_cli.ai_settings import DefaultOption, ExtractionOption, JudgementOption, ProviderOption
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.parameters import DryRunOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group("Models of a tenant.", "ntro tenant ai show acme", "ntro tenant ai set acme --provider ANTHROPIC")

_NONE = "This tenant has no settings of its own: the platform's apply."
Tenant = Annotated[str, typer.Argument(metavar="TENANT", help="Slug or id.")]


@app.command(help=explained("Show a tenant's model settings.", "ntro tenant ai show acme"))
def show(context: typer.Context, tenant: Tenant) -> None:
    """Shows the settings."""
    with session(context, tenant=tenant) as found:
        ai_settings.show(found.out, found.client.tenants.get_sync(tenant).config, otherwise=_NONE)


@app.command(
    "set",
    help=explained(
        "Change a tenant's model settings; what is not named stays.",
        "ntro tenant ai set acme --provider ANTHROPIC --default-model MODEL",
        "ntro tenant ai set acme --extraction-model MODEL",
    ),
)
def set_settings(
    context: typer.Context,
    tenant: Tenant,
    *,
    provider: ProviderOption = None,
    extraction_model: ExtractionOption = None,
    judgement_model: JudgementOption = None,
    default_model: DefaultOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Changes the settings."""
    wanted = ai_settings.settings(provider, extraction_model, judgement_model, default_model)
    if dry_run:
        rehearse(invocation_of(context).out, "tenant ai set", {"tenant": tenant, "ai": wanted})
        return
    with session(context, tenant=tenant) as found:
        changed = found.client.tenants.change_config_sync(tenant, ai_settings.setting(wanted))
        ai_settings.show(found.out, changed.config, otherwise=_NONE)


@app.command(help=explained("Take a tenant's model settings away.", "ntro tenant ai reset acme"))
def reset(context: typer.Context, tenant: Tenant, *, dry_run: DryRunOption = False) -> None:
    """Takes the settings away."""
    if dry_run:
        rehearse(invocation_of(context).out, "tenant ai reset", {"tenant": tenant})
        return
    with session(context, tenant=tenant) as found:
        changed = found.client.tenants.change_config_sync(tenant, ai_settings.without_ai)
        ai_settings.show(found.out, changed.config, otherwise=_NONE)
