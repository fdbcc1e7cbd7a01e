"""Observable results of activities become events of their task, where people follow them live."""

from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from ntro.capabilities.ai import ExtractionResult
from ntro.events import emit_observable, get_emitter, register_emitter
from ntro_server.postgres import open_pool
from ntro_tenant.core.recording.emitter import RecordingEmitter

ENTITY = UUID("22222222-2222-4222-8222-222222222222")
RESULT = ExtractionResult(
    schema_slug="invoice", fields={"total": "10.50", "note": "a\x00b"}, confidence_scores={"x": 0.9}
)


@pytest.fixture
async def pool(cell_database_url: str):
    before = get_emitter()
    async with await open_pool(cell_database_url, application="test", max_size=2) as opened:
        async with opened.acquire() as connection:
            await connection.execute("insert into system.entities (id, slug, name) values ($1, 'spv', 'SPV')", ENTITY)
        register_emitter(RecordingEmitter(opened))
        yield opened
    register_emitter(before)


async def new_task(pool: asyncpg.Pool) -> UUID:
    task_id = uuid4()
    await pool.execute(
        "insert into system.tasks (id, title, status, entity_id, workflow_id, runbook_slug) values"
        " ($1, 'NAV', 'READY', $2, $3, 'nav-monthly')",
        task_id,
        ENTITY,
        uuid4(),
    )
    return task_id


async def test_an_observable_result_is_an_event_of_its_task_once_however_often_its_activity_is_tried(
    pool: asyncpg.Pool,
):
    task_id = await new_task(pool)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=f"{task_id}:ingest:document-ingest")
    for _ in range(2):
        await environment.run(emit_observable, RESULT)
    [event] = await pool.fetch("select task_id, workflow_id, type, source, payload from system.events")
    assert (event["task_id"], event["workflow_id"]) == (task_id, environment.info.workflow_id)
    assert (event["type"], event["payload"]["payload"]["fields"]["total"]) == ("extraction.completed", "10.50")
