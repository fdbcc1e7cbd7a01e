"""`ntro key`: API keys."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from ntro_cli.errors import UsageError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import Session, session

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
_CREATED = (Column("key", "apiKey"), *_COLUMNS)
_ONCE = "Store the key now; it is not shown again."
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="Id of the key.")]
ExpiryOption = Annotated[datetime | None, typer.Option("--expires-at", help="When it ends, UTC.")]


class Kind(StrEnum):
    """Whose a key is."""

    ADMIN = "admin"
    WORKSPACE = "workspace"
    TENANT = "tenant"
    USER = "user"
    CELL = "cell"


@app.command(
    help=explained(
        "Mint a key; it is shown this once.",
        "ntro key create --name ci --kind tenant --tenant acme --scope read --scope write",
        "ntro key create --name Ann --kind user --user ann@example.com",
    )
)
def create(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="What it is for.")],
    kind: Annotated[Kind, typer.Option(help="Whose it is. The key of an agent is made with the agent.")] = Kind.TENANT,
    tenant: Annotated[str | None, typer.Option(help="The tenant of a tenant or cell key.", show_default=False)] = None,
    user: Annotated[str | None, typer.Option(help="The person of a user key: id or e-mail address.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What it may do; all its kind may, where not given.")] = None,
    expires_at: ExpiryOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Mints a key."""
    if (kind is Kind.USER) != (user is not None):
        raise UsageError("A key of kind user belongs to a person, others do not.", hint="Give --user with --kind user.")
    if dry_run:
        plan = {"name": name, "kind": kind, "tenant": tenant, "user": user, "scopes": scope, "expiresAt": expires_at}
        rehearse(invocation_of(context).out, "key create", {**plan, "expiresAt": _iso(expires_at)})
        return
    with session(context, tenant=tenant) as found:
        key = found.client.keys.create_sync(
            name, kind=kind, tenant=_tenant(found, kind), user=user, scopes=scope or None, expires_at=_utc(expires_at)
        )
        found.out.record(key, _CREATED)
        found.out.say(_ONCE)


@app.command("list", help=explained("List keys, without their secrets.", "ntro key list"))
def list_keys(context: typer.Context) -> None:
    """Lists keys."""
    with session(context) as found:
        found.out.rows(found.client.keys.list_sync(), _COLUMNS, empty="There is no key.")


@app.command(
    help=explained(
        "Mint a key in place of another, which goes on working for a while; it is shown this once.",
        "ntro key rotate KEY",
        "ntro key rotate KEY --overlap 0",
    )
)
def rotate(
    context: typer.Context,
    key: KeyArgument,
    *,
    overlap: Annotated[
        float | None, typer.Option(min=0, max=720, help="Hours the old key goes on; 24 where not given.")
    ] = None,
    expires_at: ExpiryOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Mints a successor."""
    seconds = None if overlap is None else round(overlap * 3600)
    if dry_run:
        plan = {"key": key, "overlapSeconds": seconds, "expiresAt": _iso(expires_at)}
        rehearse(invocation_of(context).out, "key rotate", plan)
        return
    with session(context) as found:
        successor = found.client.keys.rotate_sync(key, overlap_seconds=seconds, expires_at=_utc(expires_at))
        found.out.record(successor, _CREATED)
        found.out.say(_ONCE)


@app.command(help=explained("End a key at once.", "ntro key revoke KEY"))
def revoke(context: typer.Context, key: KeyArgument, *, dry_run: DryRunOption = False) -> None:
    """Ends a key."""
    if dry_run:
        rehearse(invocation_of(context).out, "key revoke", {"key": key})
        return
    with session(context) as found:
        found.client.keys.revoke_sync(key)
        if found.out.is_json:
            found.out.document({"revoked": key})
        found.out.text(f"Revoked {key}.")


def _tenant(found: Session, kind: Kind) -> str | None:
    return found.tenant if kind in {Kind.TENANT, Kind.CELL} else None


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _iso(moment: datetime | None) -> str | None:
    found = _utc(moment)
    return None if found is None else found.isoformat()
