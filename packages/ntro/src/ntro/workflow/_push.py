"""Posts what an agent outside the engine does to its task's audit log, and waits there for people's answers."""

import asyncio
from typing import Any, cast
from uuid import uuid4

import httpx2

from ntro.auth import AuthConfig
from ntro.types.wire import PendingAction, StepDescriptor, StepEvent, StepEventKind
from ntro.workflow._push_address import PushAddress
from ntro.workspace._transport import Transport, path_of

_SOURCE = "agent"


class Push:
    """The connection of one agent to one task.

    Args:
        config: where to report, and as whom.
        connect: how connections are made; over the network when not given.
        look_again_s: seconds between two looks for a person's answer.

    Raises:
        RuntimeError: the configuration names no task.
    """

    def __init__(
        self, config: AuthConfig, *, connect: httpx2.AsyncBaseTransport | None = None, look_again_s: float = 2.0
    ) -> None:
        if config.task_id is None:
            raise RuntimeError("Set NTRO_TASK_ID: steps are reported on a task.")
        self._events = path_of("tasks", config.task_id, "events")
        self._address = PushAddress(config, connect=connect)
        self._transport = Transport(self._address, connect=connect)
        self._look_again_s = look_again_s

    async def declare(self, steps: list[StepDescriptor]) -> None:
        """Say which steps there will be."""
        await self._post(StepEvent(kind="plan_declared", steps=steps))

    async def report(self, kind: StepEventKind, step_id: str, **said: Any) -> None:
        """Say that a step began, was done or failed."""
        await self._post(StepEvent(kind=kind, step_id=step_id, **said))

    async def tell(self, step_id: str, text: str) -> None:
        """Say what goes on in a step."""
        payload = {"phase": "delta", "chunk": text, "activityName": step_id}
        body = {"type": "reasoning.delta", "source": _SOURCE, "groupKey": step_id, "payload": payload}
        await self._transport.send("POST", self._events, body=body)

    async def ask(self, step_id: str, pending: PendingAction, timeout_s: float | None) -> dict[str, Any]:
        """Ask people for something and wait for the answer: an event `input_resolved` that names the request.

        Raises:
            TimeoutError: nobody answered in time.
        """
        request_id = str(uuid4())
        asked = StepEvent.model_validate(
            {"kind": "requires_input", "step_id": step_id, "pending_action": pending, "request_id": request_id}
        )
        seq = await self._post(asked)
        async with asyncio.timeout(timeout_s):
            while True:
                rows = await self._transport.send("GET", self._events, params={"after": str(seq)})
                for row in rows:
                    seq = row["seq"]
                    answer = (row["payload"] or {}).get("payload") or {}
                    if row["type"] == "input_resolved" and answer.get("request_id") == request_id:
                        return dict(answer.get("result") or {})
                await asyncio.sleep(self._look_again_s)

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        await self._transport.aclose()
        await self._address.aclose()

    async def _post(self, event: StepEvent) -> int:
        payload = event.model_dump(mode="json", exclude_none=True, exclude={"kind"})
        body = {"type": event.kind, "source": _SOURCE, "payload": payload}
        return cast("int", (await self._transport.send("POST", self._events, body=body))["seq"])
