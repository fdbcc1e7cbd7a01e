"""`ntro up`: one command to a stack that works, and safe to give again."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ntro.workspace.client import Client
from ntro.workspace.models.tenants import Tenant
from ntro_cli.output import Output
from ntro_cli.patience import patiently
from ntro_cli.stack.connection import write_connection
from ntro_cli.stack.demo import ensure_demo_tenant
from ntro_cli.stack.errors import StartFailed
from ntro_cli.stack.keys import load_secrets
from ntro_cli.stack.locks import held
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.progress import Progress, progress
from ntro_cli.stack.promises import Promises
from ntro_cli.stack.provisioning import WAITING
from ntro_cli.stack.starting import start, wait_until_healthy

LOCK_SECONDS = 120.0
TENANT_SECONDS = 180.0
LOOK_SECONDS = 0.1
BUSY = "Another ntro up or ntro down is at work on this stack."


@dataclass(frozen=True, slots=True)
class WorkspaceDoor:
    """Where Workspace is, and the operator's key."""

    url: str
    api_key: str


@dataclass(frozen=True, slots=True)
class TenantDoor:
    """Where a tenant's cell is, and a link that signs one browser in, once."""

    slug: str
    url: str
    ui_url: str
    sign_in_url: str


@dataclass(frozen=True, slots=True)
class StackDoors:
    """All that scripts need to use a stack that runs."""

    home: str
    workspace: WorkspaceDoor
    temporal: dict[str, str]
    tenants: list[TenantDoor]

    def document(self) -> dict[str, object]:
        """The JSON document of `ntro up -o json`."""
        return asdict(self)


def bring_up(paths: StackPaths, *, port_base: int | None, demo: bool, out: Output) -> StackDoors:
    """Starts what does not run, waits until all is healthy and answers where it is.

    Raises:
        StackError: the stack cannot be brought up; the message names what is wrong, its remedy what to do.
        NtroError: Workspace said no, or was away for three minutes.
    """
    with held(paths.command_lock, seconds=LOCK_SECONDS, busy=BUSY), progress(out) as shown:
        start(paths, port_base=port_base, progress=shown)
        wait_until_healthy(paths, shown)
        promises = Promises(paths)
        workspace = WorkspaceDoor(f"{promises.addresses.workspace}/v1", load_secrets(paths).admin_key)
        write_connection(paths, workspace.url, workspace.api_key)
        with Client(host=workspace.url, api_key=workspace.api_key) as client:
            if demo:
                patiently(lambda: ensure_demo_tenant(client))
            tenants = _settled(client, paths, shown)
            doors = [_door(client, tenant) for tenant in tenants if tenant.status == "ACTIVE"]
        return StackDoors(str(paths.home), workspace, {"address": promises.addresses.temporal}, doors)


def tell(doors: StackDoors, out: Output) -> None:
    """Writes the addresses for a person, or the document for a script."""
    if out.is_json:
        out.document(doors.document())
        return
    console = _console_link(doors.workspace)
    out.text(f"Workspace  {doors.workspace.url}")
    out.text(f"Console    {console.partition('sign-in?')[0]}")
    out.text(f"  sign in once: {console}")
    out.text(f"Temporal   {doors.temporal['address']}")
    for tenant in doors.tenants:
        out.text(f"Tenant {tenant.slug}  {tenant.ui_url}")
        out.text(f"  sign in once: {tenant.sign_in_url}")
    if not doors.tenants:
        out.say("There is no tenant yet. Add the demo: ntro up --demo, or create one: ntro tenant create --help")


def _console_link(workspace: WorkspaceDoor) -> str:
    with Client(host=workspace.url, api_key=workspace.api_key) as client:
        return patiently(client.users.console_link_sync).url


def _settled(client: Client, paths: StackPaths, shown: Progress) -> Sequence[Tenant]:
    """All tenants, once none of them waits for its cell to come or go."""
    end = time.monotonic() + TENANT_SECONDS
    while True:
        tenants = patiently(client.tenants.list_sync)
        waiting = [tenant.slug for tenant in tenants if tenant.status in WAITING]
        if not waiting:
            wait_until_healthy(paths, shown)
            return tenants
        if time.monotonic() > end:
            raise StartFailed(f"These tenants wait for their cells: {', '.join(waiting)}.", remedy="See: ntro status")
        shown.say(f"waiting for {', '.join(waiting)}")
        wait_until_healthy(paths, shown)
        time.sleep(LOOK_SECONDS)


def _door(client: Client, tenant: Tenant) -> TenantDoor:
    if tenant.url is None or tenant.uiUrl is None:
        raise StartFailed(f"Workspace knows no address of {tenant.slug}.", remedy="Run ntro up again.")
    link = patiently(lambda: client.tenants.sign_in_link_sync(tenant.slug))
    return TenantDoor(tenant.slug, tenant.url, tenant.uiUrl, link.url)
