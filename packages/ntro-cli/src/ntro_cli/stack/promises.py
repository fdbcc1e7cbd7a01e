"""The supervisor's hold on state and secrets: every change is on the disk before it is used."""

import asyncio
from uuid import UUID

from ntro_cli.stack.doors import HostDoors
from ntro_cli.stack.errors import StateBroken
from ntro_cli.stack.keys import CellSecrets, StackSecrets, load_secrets, new_cell_secrets, save_secrets
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.servers import external_temporal
from ntro_cli.stack.settings_files import (
    Addresses,
    write_cell_settings,
    write_workspace_settings,
)
from ntro_cli.stack.state import StackState, load_state, save_state


class Promises:
    """Ports, keys and passwords of one stack. `ntro up` has made the first of them.

    Raises:
        StateBroken: a file is missing or damaged.
    """

    def __init__(self, paths: StackPaths) -> None:
        state = load_state(paths)
        if state is None:
            raise StateBroken(f"{paths.state} is missing.", remedy="Start the stack with: ntro up")
        self.paths = paths
        self.state: StackState = state
        self.secrets: StackSecrets = load_secrets(paths)
        self._lock = asyncio.Lock()

    @property
    def addresses(self) -> Addresses:
        """Where everything listens."""
        own = f"127.0.0.1:{self.state.servers['temporal']}"
        return Addresses(self.state, external_temporal() or own)

    async def admit(self, slug: str, tenant_id: str, *, is_new: bool, doors: HostDoors) -> None:
        """Promises a tenant its port and its keys, where it has none.

        Raises:
            StateBroken: the tenant has data, and its keys are gone.
        """
        found = self.secrets.cells.get(tenant_id)
        if found is None and not is_new:
            raise StateBroken(
                f"{self.paths.secrets} lacks the keys of {slug}, which has data.", remedy="Bring it back from a backup."
            )
        found = found or new_cell_secrets()
        if found.cell_key is None:
            found = found.model_copy(update={"cell_key": await doors.new_cell_key(tenant_id)})
        async with self._lock:
            self.secrets = self.secrets.with_cell(tenant_id, found)
            self.state = await asyncio.to_thread(self.state.with_cell, slug, UUID(tenant_id))
            await self._save()

    async def dismiss(self, slug: str) -> None:
        """Takes a tenant's port back; its keys are kept with its data."""
        async with self._lock:
            self.state = self.state.without_cell(slug)
            await self._save()

    def cell_secrets(self, slug: str) -> CellSecrets:
        """The keys of an admitted tenant.

        Raises:
            StateBroken: they are gone.
        """
        found = self.secrets.cells.get(str(self.state.cells[slug].tenant_id))
        if found is None:
            raise StateBroken(f"{self.paths.secrets} lacks the keys of {slug}.", remedy="Bring it back from a backup.")
        return found

    async def write_workspace_settings(self) -> None:
        """Writes Workspace's settings file."""
        await asyncio.to_thread(write_workspace_settings, self.paths, self.secrets, self.addresses)

    async def write_cell_settings(self, slug: str) -> None:
        """Writes a cell's settings file."""
        cell = self.cell_secrets(slug)
        await asyncio.to_thread(write_cell_settings, self.paths, self.secrets, cell, self.addresses, slug)

    async def _save(self) -> None:
        await asyncio.to_thread(save_secrets, self.paths, self.secrets)
        await asyncio.to_thread(save_state, self.paths, self.state)
