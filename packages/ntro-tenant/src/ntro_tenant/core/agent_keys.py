"""Whether keys of agents still count. Workspace says so: a token outlives its key, and is worth nothing then."""

import time
from dataclasses import dataclass
from uuid import UUID

from ntro_server.errors import Unauthenticated
from ntro_tenant.core.workspace_door import WorkspaceDoor

TRUSTED_SECONDS = 0.9
"""How long an answer of Workspace is believed, from when it was asked: a revoked key is dead within a second."""

MAX_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    valid: bool
    until: float


class AgentKeys:
    """Asks Workspace about keys, once a second for each at most."""

    def __init__(self, workspace: WorkspaceDoor) -> None:
        self._workspace = workspace
        self._known: dict[tuple[UUID, str], _Known] = {}

    async def check(self, agent_id: UUID, key_id: str | None) -> None:
        """Passes where the key of the agent counts now.

        Args:
            agent_id: the agent.
            key_id: the key that its token was given for.

        Raises:
            Unauthenticated: the key was revoked or has expired, the agent is gone, or the token names no key.
            Unavailable: Workspace did not say so in time.
        """
        if key_id is None or not await self._is_valid(agent_id, key_id):
            raise Unauthenticated(
                "The agent's key does not count any more, nor do tokens that were given for it.",
                hint="Register the agent, or rotate its key, and use the new one.",
            )

    async def _is_valid(self, agent_id: UUID, key_id: str) -> bool:
        known = self._known.get((agent_id, key_id))
        asked_at = time.monotonic()
        if known is not None and asked_at < known.until:
            return known.valid
        valid = await self._workspace.agent_key_is_valid(agent_id, key_id)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[agent_id, key_id] = _Known(valid, asked_at + TRUSTED_SECONDS)
        return valid
