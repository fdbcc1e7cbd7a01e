"""What the stack has promised: its ports and its tenants' cells. Changed by whoever holds the stack's lock."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ntro_cli.stack import ports
from ntro_cli.stack.errors import PortTaken, StateBroken
from ntro_cli.stack.files import read_model, write_json
from ntro_cli.stack.paths import StackPaths

SHARED_SERVERS = ("workspace", "postgres", "temporal")
_REMEDY = "Bring it back from a backup; or run ntro down, move the file away and start again: ports are chosen anew."


class CellState(BaseModel):
    """A tenant's cell on this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant_id: UUID
    port: int


class StackState(BaseModel):
    """Content of `state.json`. A port once chosen is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port_base: int = ports.DEFAULT_BASE
    servers: dict[str, int] = Field(default_factory=dict)
    cells: dict[str, CellState] = Field(default_factory=dict)

    @property
    def promised(self) -> set[int]:
        """Every port that is taken by a promise."""
        return {*self.servers.values(), *(cell.port for cell in self.cells.values())}

    def with_servers(self) -> "StackState":
        """This state with a port for each server that all tenants share."""
        state = self
        for name in SHARED_SERVERS:
            if name not in state.servers:
                port = ports.choose(name, state.port_base, state.promised)
                state = state.model_copy(update={"servers": {**state.servers, name: port}})
        return state

    def with_cell(self, slug: str, tenant_id: UUID) -> "StackState":
        """This state with a port for the cell of a tenant."""
        if slug in self.cells:
            return self
        port = ports.choose("cell", self.port_base, self.promised)
        return self.model_copy(update={"cells": {**self.cells, slug: CellState(tenant_id=tenant_id, port=port)}})

    def without_cell(self, slug: str) -> "StackState":
        """This state without the cell of a tenant."""
        return self.model_copy(update={"cells": {name: cell for name, cell in self.cells.items() if name != slug}})

    def moved_to(self, base: int) -> "StackState":
        """This state with every port chosen anew from `base`."""
        moved = StackState(port_base=base).with_servers()
        for slug, cell in self.cells.items():
            moved = moved.with_cell(slug, cell.tenant_id)
        return moved


def load_state(paths: StackPaths) -> StackState | None:
    """The state; none where there is none yet.

    Raises:
        StateBroken: the file is damaged.
    """
    state = read_model(StackState, paths.state, remedy=_REMEDY)
    if state is not None and not set(SHARED_SERVERS) <= set(state.servers):
        raise StateBroken(f"{paths.state} is damaged: a server has no port.", remedy=_REMEDY)
    return state


def save_state(paths: StackPaths, state: StackState) -> None:
    """Writes the state in one step."""
    write_json(paths.state, state.model_dump(mode="json"))


def require_free(name: str, port: int) -> None:
    """Checks a promised port whose server does not run.

    Raises:
        PortTaken: somebody else listens there.
    """
    if not ports.is_free(port):
        raise PortTaken(
            f"Port {port}, where {name} of this stack is known to be, is taken by another program.",
            remedy=f"Stop that program (find it with: lsof -i :{port}), or move the stack: ntro up --port-base N",
        )
