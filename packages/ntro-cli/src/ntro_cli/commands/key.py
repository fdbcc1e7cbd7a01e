"""`ntro key`: API keys."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from ntro_cli.group import explained, group
from ntro_cli.output import Column
from ntro_cli.session import session

app = group("API keys.", "ntro key create --name ci --kind tenant --tenant acme", "ntro key list")

_COLUMNS = (
    Column("name", "name"),
    Column("kind", "kind"),
    Column("prefix", "prefix"),
    Column("scopes", "scopes"),
    Column("expires", "expiresAt"),
    Column("revoked", "revokedAt"),
    Column("last used", "lastUsedAt"),
    Column("id", "id"),
)


@app.command(
    help=explained(
        "Mint a key; it is shown this once.",
        "ntro key create --name ci --kind tenant --tenant acme --scope read --scope write",
    )
)
def create(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="What it is for.")],
    kind: Annotated[str, typer.Option(help="admin, workspace, tenant or agent.")] = "tenant",
    tenant: Annotated[str | None, typer.Option(help="The tenant of a tenant or agent key.", show_default=False)] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What it may do; all its kind may, where not given.")] = None,
    expires_at: Annotated[datetime | None, typer.Option(help="When it ends, UTC.")] = None,
) -> None:
    """Mints a key."""
    with session(context, tenant=tenant) as found:
        tenant_scoped = kind in {"tenant", "agent", "cell"}
        key = found.client.keys.create_sync(
            name,
            kind=kind,
            tenant=found.tenant if tenant_scoped else None,
            scopes=scope or None,
            expires_at=None if expires_at is None else expires_at.replace(tzinfo=UTC),
        )
        found.out.record(key, (Column("key", "apiKey"), *_COLUMNS))
        found.out.say("Store the key now; it is not shown again.")


@app.command("list", help=explained("List keys, without their secrets.", "ntro key list"))
def list_keys(context: typer.Context) -> None:
    """Lists keys."""
    with session(context) as found:
        found.out.rows(found.client.keys.list_sync(), _COLUMNS, empty="There is no key.")


@app.command(help=explained("End a key at once.", "ntro key revoke KEY"))
def revoke(context: typer.Context, key: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key.")]) -> None:
    """Ends a key."""
    with session(context) as found:
        found.client.keys.revoke_sync(key)
        if found.out.is_json:
            found.out.document({"revoked": key})
        found.out.text(f"Revoked {key}.")
