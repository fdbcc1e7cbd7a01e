"""Calls to Workspace that the cell makes with its own key, mostly for its people."""

import asyncio
import uuid
from typing import Any

import httpx2
from pydantic import SecretStr

from ntro.workspace.models import AgentStanding
from ntro_server.errors import Unavailable

SECONDS = 25.0
STANDING_SECONDS = 2.0
"""How long an agent waits at a door for what Workspace says of its key."""


class WorkspaceDoor:
    """Workspace's API as the cell uses it."""

    def __init__(self, base_url: str, cell_key: SecretStr) -> None:
        self._client = httpx2.AsyncClient(
            base_url=base_url, headers={"Authorization": f"Bearer {cell_key.get_secret_value()}"}, timeout=SECONDS
        )

    async def create_task(self, body: dict[str, Any], *, idempotency_key: str | None) -> tuple[int, Any]:
        """Asks for a task; returns the status and body that Workspace answered, whatever they are.

        Raises:
            Unavailable: Workspace did not answer.
        """
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        try:
            answer = await self._client.post("/workspace/tasks", json=body, headers=headers)
            return answer.status_code, answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable(
                "Workspace does not answer, so the task was not started.",
                hint="Try again in a moment; look at the list of tasks first.",
            ) from error

    async def agent_key_is_valid(self, agent_id: uuid.UUID, key_id: str) -> bool:
        """Whether the key is one of the agent's and counts now.

        Raises:
            Unavailable: Workspace did not say within two seconds.
        """
        path = f"/internal/agents/{agent_id}/standing"
        try:
            async with asyncio.timeout(STANDING_SECONDS):
                answer = await self._client.get(path, params={"key": key_id})
            return AgentStanding.model_validate(answer.raise_for_status().json()).valid
        except (TimeoutError, httpx2.HTTPError, ValueError) as error:
            raise Unavailable(
                "Workspace does not say whether the agent's key still counts, so this door stays closed to it.",
                hint="Try again in a moment.",
            ) from error

    async def close(self) -> None:
        await self._client.aclose()
