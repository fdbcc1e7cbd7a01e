"""Calls to Workspace that the cell makes for its people, with its own key."""

import uuid
from typing import Any

import httpx2
from pydantic import SecretStr

from ntro_server.errors import Unavailable

SECONDS = 25.0


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

    async def close(self) -> None:
        await self._client.aclose()
