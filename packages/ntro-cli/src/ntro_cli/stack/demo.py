"""The demo tenant of `ntro up --demo`."""

from ntro.workspace.client import Client
from ntro.workspace.errors import NotFoundError

SLUG = "demo"
NAME = "Demo Fund Services"
DATA_PLATFORM = "managed-postgres"


def ensure_demo_tenant(client: Client) -> None:
    """Creates the demo tenant where it is not; its cell is provisioned in the background."""
    try:
        client.tenants.get_sync(SLUG)
    except NotFoundError:
        client.tenants.create_sync(NAME, SLUG, data_platform=DATA_PLATFORM)
