"""`ntro user`: people, what they may do, and what they sign in with."""

from enum import StrEnum
from typing import Annotated

import typer

from ntro_cli.errors import UsageError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group(
    "People and what they may do.",
    "ntro user create --email ann@example.com --name 'Ann Controller' --role reviewer",
    "ntro user sign-in-code ann@example.com",
)

_COLUMNS = (
    Column("e-mail", "email"),
    Column("name", "name"),
    Column("roles", "roles"),
    Column("tenant", "tenantId"),
    Column("disabled", "disabledAt"),
    Column("id", "id"),
)
_CODE = (Column("code", "code"), Column("expires", "expiresAt"))
_LINK = (Column("url", "url"), Column("expires", "expiresAt"))
UserArgument = Annotated[str, typer.Argument(metavar="USER", help="Id or e-mail address.")]


class Role(StrEnum):
    """What a person may do."""

    ADMIN = "admin"
    OPERATIONS = "operations"
    ACCOUNTANT = "accountant"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


@app.command(
    help=explained(
        "Enter a person.",
        "ntro user create --email ann@example.com --name 'Ann Controller' --role reviewer --role auditor",
        "ntro user create --email bo@acme.example --name Bo --role accountant --tenant acme",
    )
)
def create(
    context: typer.Context,
    *,
    email: Annotated[str, typer.Option(help="Address; nobody else has it.")],
    name: Annotated[str, typer.Option(help="Name for people.")],
    role: Annotated[list[Role], typer.Option(help="What the person may do; may be repeated.")],
    tenant: Annotated[
        str | None, typer.Option(help="The one tenant the person works for; all where not given.", show_default=False)
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Enters a person."""
    roles = [one.value for one in role]
    if dry_run:
        plan = {"email": email, "name": name, "roles": roles, "tenantId": tenant}
        rehearse(invocation_of(context).out, "user create", plan)
        return
    with session(context, tenant=tenant) as found:
        found.out.record(found.client.users.create_sync(email, name, roles=roles, tenant=tenant), _COLUMNS)
        found.out.say(f"Let the person in: ntro user sign-in-code {email}")


@app.command("list", help=explained("List people, by address.", "ntro user list"))
def list_users(context: typer.Context) -> None:
    """Lists people."""
    with session(context) as found:
        found.out.rows(found.client.users.list_sync(), _COLUMNS, empty="There is nobody yet: ntro user create")


@app.command(help=explained("Show a person.", "ntro user info ann@example.com"))
def info(context: typer.Context, user: UserArgument) -> None:
    """Shows a person."""
    with session(context) as found:
        found.out.record(found.client.users.get_sync(user), _COLUMNS)


@app.command(
    help=explained(
        "Change a person's name or roles; shut the person out, with all keys at once.",
        "ntro user update ann@example.com --role operations",
        "ntro user update ann@example.com --disable",
    )
)
def update(
    context: typer.Context,
    user: UserArgument,
    *,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    role: Annotated[list[Role] | None, typer.Option(help="All roles from now on; may be repeated.")] = None,
    disabled: Annotated[bool | None, typer.Option("--disable/--enable", help="Shut out, or let in again.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Changes a person."""
    roles = [one.value for one in role] if role else None
    if name is None and roles is None and disabled is None:
        raise UsageError("There is nothing to change.", hint="Give --name, --role, --disable or --enable.")
    if dry_run:
        plan = {"user": user, "name": name, "roles": roles, "disabled": disabled}
        rehearse(invocation_of(context).out, "user update", plan)
        return
    with session(context) as found:
        changed = found.client.users.update_sync(user, name=name, roles=roles, disabled=disabled)
        found.out.record(changed, _COLUMNS)


@app.command(
    "sign-in-code",
    help=explained(
        "Make a code that signs a person in, once, within minutes; shown this once.",
        "ntro user sign-in-code ann@example.com",
    ),
)
def sign_in_code(context: typer.Context, user: UserArgument, *, dry_run: DryRunOption = False) -> None:
    """Makes a code."""
    if dry_run:
        rehearse(invocation_of(context).out, "user sign-in-code", {"user": user})
        return
    with session(context) as found:
        found.out.record(found.client.users.sign_in_code_sync(user), _CODE)


@app.command(
    "console-link",
    help=explained(
        "Make a link that opens the console, once, within minutes: as a person, or as this key.",
        "ntro user console-link",
        "ntro user console-link ann@example.com",
    ),
)
def console_link(
    context: typer.Context,
    user: Annotated[
        str | None, typer.Argument(metavar="[USER]", help="Id or e-mail address; this key's own where not given.")
    ] = None,
    *,
    dry_run: DryRunOption = False,
) -> None:
    """Makes a link."""
    if dry_run:
        rehearse(invocation_of(context).out, "user console-link", {"user": user})
        return
    with session(context) as found:
        found.out.record(found.client.users.console_link_sync(user), _LINK)
