"""`ntro auth`: connections of this machine, and who their keys belong to."""

import sys
from dataclasses import asdict, replace
from typing import Annotated

import typer

from ntro.workspace.config import LOCAL_HOST, Connection, load_configuration, save_configuration
from ntro_cli.errors import UsageError
from ntro_cli.group import explained, group
from ntro_cli.invocation import Invocation, invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group("Connections and keys of this machine.", "ntro auth login --name production", "ntro auth whoami")

ConnectionArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of a connection.")]
_CONNECTIONS = (
    Column("", "active"),
    Column("name", "name"),
    Column("host", "host"),
    Column("tenant", "default_tenant"),
    Column("key", "has_key"),
)
_IDENTITY = (
    Column("name", "name"),
    Column("email", "email"),
    Column("organisation", "orgId"),
    Column("tenant", "tenantId"),
    Column("roles", "roles"),
    Column("scopes", "scopes"),
    Column("id", "id"),
)


@app.command(
    help=explained(
        "Store a connection: an address and a key, readable by you alone.",
        "ntro auth login --name production --host https://api.example.com/v1",
        "ntro auth login --no-interactive --name ci --host https://api.example.com/v1 --api-key - < key.txt",
    )
)
def login(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option("-n", "--name", help="Name of the connection.")] = "local",
    api_key: Annotated[
        str | None, typer.Option("--api-key", help="The key; - reads it from standard input.", show_default=False)
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", "--default-tenant", help="Tenant to use by default.", show_default=False)
    ] = None,
    set_default: Annotated[bool, typer.Option(help="Use it where no connection is named.")] = True,
    interactive: Annotated[bool, typer.Option(help="Ask for what is not given.")] = True,
    dry_run: DryRunOption = False,
) -> None:
    """Stores a connection."""
    invocation = invocation_of(context)
    configuration = load_configuration()
    before = configuration.connections.get(name) or Connection(name, host=LOCAL_HOST)
    asking = interactive and sys.stdin.isatty()
    host = invocation.host or (typer.prompt("Host", default=before.host, err=True) if asking else before.host)
    key = _key(api_key, before, asking=asking)
    default_tenant = tenant or (_ask_tenant(before) if asking else before.default_tenant)
    connection = replace(before, host=host.rstrip("/"), api_key=key, default_tenant=default_tenant)
    if dry_run:
        rehearse(invocation.out, "auth login", {**asdict(connection), "default": set_default})
        return
    save_configuration(configuration.with_connection(connection, make_default=set_default))
    invocation.out.say(f"Stored the connection {name} in {configuration.path}. Try it: ntro -c {name} auth test")
    if invocation.out.is_json:
        invocation.out.document({"name": name, "host": connection.host, "default": set_default})


@app.command("list", help=explained("List the stored connections; keys are never shown.", "ntro auth list"))
def list_connections(context: typer.Context) -> None:
    """Lists connections."""
    configuration = load_configuration()
    rows = [
        {
            "name": connection.name,
            "host": connection.host,
            "default_tenant": connection.default_tenant,
            "has_key": bool(connection.api_key),
            "active": "●" if connection.name == configuration.default_connection_name else "",
        }
        for connection in configuration.connections.values()
    ]
    invocation_of(context).out.rows(rows, _CONNECTIONS, empty="There is no connection. Add one with: ntro auth login")


@app.command(help=explained("Check that a connection's key works.", "ntro auth test", "ntro -c production auth test"))
def test(context: typer.Context) -> None:
    """Checks a connection."""
    with session(context) as found:
        identity = found.client.identity.whoami_sync()
        if found.out.is_json:
            found.out.document({"ok": True, "host": found.connection.host, "name": identity.name})
        found.out.text(f"{found.connection.name} works: {identity.name} at {found.connection.host}")


@app.command("set-default", help=explained("Use a connection where none is named.", "ntro auth set-default local"))
def set_default(context: typer.Context, name: ConnectionArgument, *, dry_run: DryRunOption = False) -> None:
    """Sets the default connection."""
    changed = load_configuration().with_default(name)
    if dry_run:
        rehearse(invocation_of(context).out, "auth set-default", {"name": name})
        return
    save_configuration(changed)
    _done(invocation_of(context), name)


@app.command(
    help=explained("Forget the key of a connection; its address stays. The key itself works on.", "ntro auth logout ci")
)
def logout(context: typer.Context, name: ConnectionArgument, *, dry_run: DryRunOption = False) -> None:
    """Forgets a key."""
    out = invocation_of(context).out
    configuration = load_configuration()
    before = configuration.connection(name)
    if dry_run:
        rehearse(out, "auth logout", {"name": name})
        return
    save_configuration(configuration.with_connection(replace(before, api_key=""), make_default=False))
    if out.is_json:
        out.document({"name": name, "removed": bool(before.api_key)})
    out.text(f"The key of {name} is forgotten here.")
    out.say("To end the key itself: ntro key revoke KEY")


@app.command(help=explained("Show who the key belongs to.", "ntro auth whoami -o json"))
def whoami(context: typer.Context) -> None:
    """Shows the identity."""
    with session(context) as found:
        found.out.record(found.client.identity.whoami_sync(), _IDENTITY)


def _done(invocation: Invocation, name: str) -> None:
    if invocation.out.is_json:
        invocation.out.document({"default": name})
    invocation.out.text(f"{name} is the default connection.")


def _key(given: str | None, before: Connection, *, asking: bool) -> str:
    if given == "-":
        return sys.stdin.readline().strip()
    if given is not None:
        return given
    if asking:
        typed: str = typer.prompt("API key", default=before.api_key, hide_input=True, show_default=False, err=True)
        return typed
    if before.api_key:
        return before.api_key
    raise UsageError("No key was given.", hint="Give --api-key, or --api-key - and the key on standard input.")


def _ask_tenant(before: Connection) -> str | None:
    typed: str = typer.prompt("Default tenant (optional)", default=before.default_tenant or "", err=True)
    return typed or None
