"""What an agent left behind is among the task's files, downloaded like any other."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from ntro import data
from ntro.agents import files_repository
from ntro.agents.files_repository import ReceivedFile
from ntro.capabilities import config
from ntro.capabilities.secret import Secret

SESSION = """
insert into system.agent_sessions
    (agent_id, kind, external_ref, task_id, run_id, call_id, input, input_sha256, session_id, state, deadline)
values (gen_random_uuid(), 'claude_managed', 'a', $1, $1, 'c', 'x', $2, 's', 'running', now()) returning id::text
"""


@pytest.fixture
async def plane(settings: Any) -> AsyncIterator[data.DataPlane]:
    """The cell's database as its runbook workers see it."""
    url = Secret(settings.database_url.get_secret_value())
    config.set(config.WorkerConfig(tenant_slug="acme", tenant_postgres_url=url))
    try:
        yield await data.get_data_plane("acme")
    finally:
        await data.close_data_planes()
        config.reset()


async def test_a_file_of_an_agent_is_listed_and_downloaded(anna: httpx2.AsyncClient, books: Any, plane: data.DataPlane):
    task = await books.task()
    tag = await books.connection.fetchval(SESSION, str(task), "a" * 64)
    place = await files_repository.place_of(plane, tag, agent_id="6f1c", task_id=str(task), entity_slug=None)

    async def pieces() -> AsyncIterator[bytes]:
        for piece in (b"hand", b"over"):
            yield piece

    file = ReceivedFile("file_1", "handover.docx", "application/msword", 8, "b" * 64)
    stored = await files_repository.store(plane, place, file, pieces())
    (listed,) = (await anna.get(f"/tasks/{task}/files")).json()
    assert (listed["id"], listed["source"]) == (stored.document_ref, "agent_output:6f1c")
    assert place.entity_slug == "spv-1"
    answer = await anna.get(f"/tasks/{task}/files/{listed['id']}")
    assert answer.content == b"handover"
    assert "handover.docx" in answer.headers["content-disposition"]
    assert "handover.docx" in (await anna.get(f"http://cell.test/tasks/{task}")).text
