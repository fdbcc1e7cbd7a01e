"""The settings files of the servers, derived from the stack's state and secrets: a lost or damaged one is made again.

The names of their fields are those of the servers' settings models, which this package may not import.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ntro.workspace.commands import namespace_of
from ntro_cli.stack.files import write_json
from ntro_cli.stack.keys import CellSecrets, StackSecrets
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.state import StackState

HOST = "127.0.0.1"
WORKSPACE_DATABASE = "ntro_workspace"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of a stack listen."""

    state: StackState
    temporal: str

    @property
    def workspace(self) -> str:
        """Workspace without its `/v1`."""
        return f"http://{HOST}:{self.state.servers['workspace']}"

    def cell(self, slug: str) -> str:
        """A tenant's cell without its `/v1`: its pages."""
        return f"http://{HOST}:{self.state.cells[slug].port}"

    def database(self, role: str, password: str, name: str) -> str:
        """The URL of a database for its role."""
        return f"postgresql://{role}:{password}@{HOST}:{self.state.servers['postgres']}/{name}"


def database_of(tenant_id: UUID) -> str:
    """The name of a tenant's database and of its role; unlike a slug it is always short enough."""
    return f"ntro_cell_{tenant_id.hex}"


def write_workspace_settings(paths: StackPaths, secrets: StackSecrets, addresses: Addresses) -> None:
    """Writes the settings of Workspace."""
    templates = templates_folder()
    values = {
        "host": HOST,
        "port": addresses.state.servers["workspace"],
        "public_url": addresses.workspace,
        "database_url": addresses.database(WORKSPACE_DATABASE, secrets.workspace_password, WORKSPACE_DATABASE),
        "temporal_address": addresses.temporal,
        "pepper": secrets.pepper,
        "signing_key": secrets.signing_key,
        "admin_key": secrets.admin_key,
        # One person owns the machine; demos and tests act as several.
        "operator_speaks_for_users": True,
        "templates_dir": None if templates is None else str(templates),
    }
    write_json(paths.workspace_settings, values)


def write_cell_settings(
    paths: StackPaths, secrets: StackSecrets, cell: CellSecrets, addresses: Addresses, slug: str
) -> None:
    """Writes the settings of a tenant's cell, whose key is known by now."""
    tenant_id = addresses.state.cells[slug].tenant_id
    database = database_of(tenant_id)
    values = {
        "tenant_id": str(tenant_id),
        "tenant_slug": slug,
        "home": str(paths.tenant(slug)),
        "host": HOST,
        "port": addresses.state.cells[slug].port,
        "public_url": addresses.cell(slug),
        "database_url": addresses.database(database, cell.database_password, database),
        "workspace_url": f"{addresses.workspace}/v1",
        "workspace_public_key": secrets.verifying_key,
        "cell_key": cell.cell_key,
        "temporal_address": addresses.temporal,
        "temporal_namespace": namespace_of(slug),
        "payload_keys": cell.payload_keys,
        "active_payload_key": cell.active_payload_key,
        "sealing_private_key": cell.sealing_private_key,
        "session_secret": cell.session_secret,
    }
    write_json(paths.cell_settings(slug), values)


def templates_folder() -> Path | None:
    """The runbook templates beside the packages in a checkout; none where the packages are installed alone."""
    spec = importlib.util.find_spec("ntro_cli")
    assert spec is not None
    assert spec.origin is not None
    found = Path(spec.origin).parents[4] / "runbooks"
    return found if found.is_dir() else None
