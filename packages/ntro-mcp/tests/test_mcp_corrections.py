"""Corrections of people and remarks of engineers, as an author of runbooks reads them."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from mcp.shared.exceptions import MCPError


@pytest.fixture
async def corrected(world: Any) -> str:
    """A task with three corrections, as the cell's log keeps them; the slug of its runbook is its own."""
    task = await world.task()
    await world.sql("update system.runs set slug = $1 where workflow_id = $2", f"r-{task}", task)
    for number in range(3):
        gate = await world.gate(task, payload={"lines": [{"id": "0", "net": "1.00"}]})
        said = {"id": "0", "field": "net", "new_value": f"{number}.50"}
        await world.sql(
            """insert into system.events (seq, task_id, workflow_id, type, source, actor, payload, at, prev_hash, hash)
               select coalesce(max(seq), 0) + 1, $1, $2, 'gate.closed', 'worker', 'u-anna', $3, now(), '', ''
               from system.events""",
            UUID(task),
            task,
            {"gate_id": gate, "decision": {"action": "corrected", "corrections": [said]}},
        )
    return f"r-{task}"


async def test_corrections_are_read_in_pages_with_what_was_and_what_became(world: Any, corrected: str) -> None:
    async with world.agent() as agent:
        first = await agent.call("ntro_corrections_list", tenant_id=world.tenant, runbook=corrected, limit=2)
        rest = await agent.call(
            "ntro_corrections_list", tenant_id=world.tenant, runbook=corrected, cursor=first["nextCursor"]
        )
        later = await agent.call("ntro_corrections_list", tenant_id=world.tenant, since="2999-01-01T00:00Z")
    told = [(row["field"], row["before"], row["after"]) for row in first["items"] + rest["items"]]
    assert told == [("net", "1.00", f"{number}.50") for number in range(3)]
    assert rest["nextCursor"] is None
    assert later["items"] == []


async def test_the_corpus_is_a_resource_of_json_lines(world: Any, corrected: str) -> None:
    async with world.agent() as agent:
        (found,) = (await agent.client.read_resource(f"ntro://tenants/{world.tenant}/corrections")).contents
    rows = [json.loads(line) for line in found.text.splitlines()]
    assert found.mime_type == "application/x-ndjson"
    assert len([row for row in rows if row["runbookSlug"] == corrected]) == 3


async def test_an_agents_own_key_reads_no_corrections(world: Any, agent_key: str, corrected: str) -> None:
    async with world.agent(key=agent_key) as agent:
        refused = await agent.fail("ntro_corrections_list", tenant_id=world.tenant)
        with pytest.raises(MCPError):
            await agent.client.read_resource(f"ntro://tenants/{world.tenant}/corrections")
    assert refused["status"] == 403


async def test_remarks_on_a_runbook_are_read_back(world: Any) -> None:
    words = f"Say which bank. {uuid4()}"
    async with world.agent() as agent:
        await agent.call("ntro_runbook_feedback", slug="nav-monthly", feedback=words)
        listed = await agent.call("ntro_runbook_feedback_list", slug="nav-monthly")
        (read,) = (await agent.client.read_resource("ntro://runbooks/nav-monthly/feedback")).contents
    assert listed["items"][0]["feedback"] == words
    assert json.loads(read.text)[0]["feedback"] == words
