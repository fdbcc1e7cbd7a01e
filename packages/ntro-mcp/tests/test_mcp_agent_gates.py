"""A gate that the tenant opens to agents: the tool puts the decision to the run instead of asking for a person."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

OPEN = {"gates": {"nav-monthly/review": {"agents": True}}}


@pytest.fixture
async def opened(world: Any) -> AsyncIterator[None]:
    await world.sql("update system.tenant set config = $1 where id = $2", OPEN, UUID(world.tenant_id))
    yield
    await world.sql("update system.tenant set config = '{}' where id = $1", UUID(world.tenant_id))


@pytest.mark.usefixtures("opened")
async def test_an_agents_decision_reaches_the_run_of_a_gate_that_is_open_to_agents(
    world: Any, registered_agent: dict[str, Any]
) -> None:
    task = await world.task(status="BLOCKED")
    await world.gate(task)
    await world.invoke(registered_agent, task)
    async with world.agent(key=registered_agent["apiKey"]) as agent:
        # The run behind this row is none that the engine knows: it is the one to say so, no door refused.
        answered = await agent.fail("ntro_task_approve", task_id=task, payload_hash="a" * 64)
    assert (answered["status"], answered["code"]) == (409, "conflict")


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("fields", [{"four_eyes": True}, {"sign_off": "nav"}])
async def test_a_sign_off_stays_with_people(world: Any, registered_agent: dict[str, Any], fields: Any) -> None:
    task = await world.task(status="BLOCKED")
    await world.gate(task, **fields)
    await world.invoke(registered_agent, task)
    async with world.agent(key=registered_agent["apiKey"]) as agent:
        prepared = await agent.call("ntro_task_approve", task_id=task)
    assert prepared["state"] == "needs_person"
