"""What earlier tasks left behind: none and not readable are different answers."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from ntro.capabilities import config
from ntro.data import DataPlaneError, close_data_planes
from ntro.testing import WorkflowHarness
from ntro.workflow import NtroWorkflow, PreviousTaskHandle, find_committed_document, previous, runbook, task

MIGRATIONS = Path(__file__).parents[2] / "ntro-tenant/src/ntro_tenant/db/migrations"
ENTITY = uuid4()


@runbook.defn
class BaselineWorkflow(NtroWorkflow):
    @runbook.run
    async def run(self, entity: str) -> list[Any]:
        handle = await previous(workflow_slug="nav-monthly", entity_id=entity, before_period="2026-03")
        same = await self.load_previous_task(workflow_slug="nav-monthly", entity_id=entity, before_period="2026-03")
        assert handle == same
        document = await find_committed_document(workflow_slug="nav-monthly", entity_id=entity, source="mortgage")
        return [None if handle is None else handle.extract(["nav", "missing"]), document]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    for path in sorted(MIGRATIONS.glob("*.sql")):
        await connection.execute(path.read_text())
    await connection.execute("insert into system.entities (id, slug, name) values ($1, 'spv-1', 'SPV 1')", ENTITY)
    config.set(config.WorkerConfig(tenant_slug="acme", tenant_postgres_url=SecretStr(database_url)))
    try:
        yield connection
    finally:
        config.reset()
        await close_data_planes()
        await connection.close()


async def put_task(database: asyncpg.Connection, period: str, *, status: str = "COMPLETED", **result: Any) -> UUID:
    task_id = uuid4()
    await database.execute(
        """insert into system.tasks (id, title, status, entity_id, workflow_id, runbook_slug, period, result, closed_at)
        values ($1, 'NAV', $2, $3, $4, 'nav-monthly', $5, $6::jsonb, $7)""",
        task_id,
        status,
        ENTITY,
        uuid4(),
        period,
        json.dumps(result),
        datetime.now(UTC),
    )
    return task_id


async def put_document(database: asyncpg.Connection, task_id: str, amount: str) -> None:
    await database.execute(
        """insert into ingest.extracted_payloads
        (entity_slug, period, source, document_ref, schema_slug, payload, task_id)
        values ('spv-1', '2026-01', 'mortgage', $1, 'loan', $2::jsonb, $3)""",
        str(uuid4()),
        json.dumps({"fields": {"amount": amount}}),
        task_id,
    )


def query(**fields: Any) -> Any:
    model = task._DocumentQuery if "source" in fields else task._PreviousTaskQuery
    return model(**{"workflow_slug": "nav-monthly", "entity_id": "spv-1", **fields})


async def test_the_latest_completed_task_before_a_period_is_found_by_entity_id_or_slug(database: asyncpg.Connection):
    wanted = await put_task(database, "2026-02", nav="100.00")
    await put_task(database, "2026-01", nav="90.00")
    await put_task(database, "2026-03", nav="110.00")
    await put_task(database, "2026-02", status="FAILED")
    environment = ActivityEnvironment()
    for entity in ("spv-1", str(ENTITY)):
        answer = await environment.run(
            task.load_previous_task_activity, query(entity_id=entity, before_period="2026-03")
        )
        assert answer.handle == PreviousTaskHandle(task_id=str(wanted), period="2026-02", output={"nav": "100.00"})


async def test_without_an_earlier_task_there_is_none(database: asyncpg.Connection):
    answer = await ActivityEnvironment().run(task.load_previous_task_activity, query())
    assert answer.handle is None
    found = await ActivityEnvironment().run(task.find_committed_document_activity, query(source="mortgage"))
    assert found.payload is None


async def test_the_newest_document_of_the_task_or_its_children_is_found(database: asyncpg.Connection):
    task_id = await put_task(database, "2026-01")
    await put_document(database, str(task_id), "1.00")
    await put_document(database, f"{task_id}:collect:document-ingest:mortgage", "2.00")
    await put_document(database, str(uuid4()), "3.00")
    found = await ActivityEnvironment().run(task.find_committed_document_activity, query(source="mortgage"))
    assert found.payload == {"fields": {"amount": "2.00"}}
    other = await ActivityEnvironment().run(task.find_committed_document_activity, query(source="bank"))
    assert other.payload is None


async def test_a_database_that_cannot_be_reached_is_an_error_and_not_none():
    config.set(config.WorkerConfig(tenant_slug="acme"))
    try:
        with pytest.raises(DataPlaneError):
            await ActivityEnvironment().run(task.load_previous_task_activity, query())
    finally:
        config.reset()


async def test_a_run_reads_its_baseline_through_activities(database: asyncpg.Connection):
    task_id = await put_task(database, "2026-01", nav="100.00")
    await put_document(database, str(task_id), "7.00")
    real = [task.load_previous_task_activity, task.find_committed_document_activity]
    async with WorkflowHarness(BaselineWorkflow, extra_activities=real) as harness:
        result = await harness.run(input="spv-1")
    assert result.result == [{"nav": "100.00"}, {"fields": {"amount": "7.00"}}], result.error
