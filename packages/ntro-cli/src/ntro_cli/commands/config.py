"""`ntro config`: what applies on this machine, where it comes from, and how it is changed. Keys are never shown."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from ntro.workspace.config import FIELDS, config_path, load_configuration, resolve_with_sources, save_configuration
from ntro_cli.errors import UsageError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption
from ntro_cli.rehearsal import rehearse

app = group(
    "What applies on this machine, and where it comes from.",
    "ntro config show",
    "ntro config set default_tenant acme",
)

_COLUMNS = (Column("field", "field"), Column("value", "value"), Column("from", "source"))
_MASK = "***"
_SHORTEST_HOST = ("http://", "https://")


class Field(StrEnum):
    """What may be set here; a key is stored by `ntro auth login`."""

    HOST = "host"
    DEFAULT_TENANT = "default_tenant"
    DEFAULT_ENTITY = "default_entity"


@app.command(help=explained("Print where the config file is.", "ntro config path"))
def path(context: typer.Context) -> None:
    """Prints the path."""
    out = invocation_of(context).out
    where = config_path()
    if out.is_json:
        out.document({"path": str(where), "exists": where.exists()})
    out.text(str(where))


@app.command(
    help=explained(
        "Show what applies, field by field, and where it comes from: option, variable, file or default.",
        "ntro config show",
        "ntro config show -c production -o json",
    )
)
def show(context: typer.Context) -> None:
    """Shows the effective settings."""
    invocation = invocation_of(context)
    found = resolve_with_sources(invocation.connection, {"host": invocation.host})
    shown = {name: getattr(found.connection, name) for name in FIELDS}
    shown["api_key"] = _MASK if shown["api_key"] else None
    rows = [{"field": name, "value": shown[name], "source": found.sources[name]} for name in FIELDS]
    if invocation.out.is_json:
        invocation.out.document({"connection": found.connection.name, "path": str(config_path()), "fields": rows})
        return
    invocation.out.say(f"Connection {found.connection.name} of {config_path()}")
    invocation.out.rows(rows, _COLUMNS, empty="")


@app.command(
    "set",
    help=explained(
        "Set a field of a connection in the file.",
        "ntro config set default_tenant acme",
        "ntro config set host https://api.example.com/v1 -c production",
    ),
)
def set_field(
    context: typer.Context,
    field: Annotated[Field, typer.Argument(help="Which field.")],
    value: Annotated[str, typer.Argument(help="Its value.")],
    *,
    dry_run: DryRunOption = False,
) -> None:
    """Sets a field."""
    if not value.strip():
        raise UsageError("The value is empty.", hint=f"To remove it: ntro config unset {field.value}")
    if field is Field.HOST and not value.startswith(_SHORTEST_HOST):
        raise UsageError(f"The host {value} is no http or https address.", hint="Such as http://localhost:3000/v1")
    _store(context, field, value.rstrip("/") if field is Field.HOST else value, dry_run=dry_run)


@app.command(help=explained("Remove a field of a connection from the file.", "ntro config unset default_entity"))
def unset(
    context: typer.Context,
    field: Annotated[Field, typer.Argument(help="Which field.")],
    *,
    dry_run: DryRunOption = False,
) -> None:
    """Removes a field."""
    if field is Field.HOST:
        raise UsageError("A connection keeps its host.", hint="Set another: ntro config set host ADDRESS")
    _store(context, field, None, dry_run=dry_run)


def _store(context: typer.Context, field: Field, value: str | None, *, dry_run: bool) -> None:
    invocation = invocation_of(context)
    configuration = load_configuration()
    name = invocation.connection or resolve_with_sources(None, {}).connection.name
    before = configuration.connection(name)
    changed = {
        Field.HOST: lambda: replace(before, host=value or before.host),
        Field.DEFAULT_TENANT: lambda: replace(before, default_tenant=value),
        Field.DEFAULT_ENTITY: lambda: replace(before, default_entity=value),
    }[field]()
    told = {"connection": name, "field": field.value, "value": value}
    if dry_run:
        rehearse(invocation.out, "config set" if value else "config unset", told)
        return
    save_configuration(configuration.with_connection(changed, make_default=False))
    if invocation.out.is_json:
        invocation.out.document(told)
    invocation.out.text(f"{name}: {field.value} is {value}." if value else f"{name}: {field.value} is not set.")
