"""The runbook under test on a real database of a cell."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ntro import data
from ntro.ingest import insert_submitted_document
from ntro.runbook.bundle import LoadedBundle, load_bundle
from ntro.testing import RunResult, Scenario, WorkflowHarness

TENANT, ENTITY, PERIOD, SOURCE = "acme", "small-spv", "2026-03", "opening"


@pytest.fixture(scope="session")
def ingest() -> LoadedBundle:
    """The runbook, loaded once."""
    return load_bundle(Path(__file__).parents[1], slug="document-ingest")


@pytest.fixture
def db(data_plane: data.DataPlane) -> data.DataPlane:
    """The tenant's database, empty."""
    return data_plane


@pytest.fixture
def upload(db: data.DataPlane) -> Callable[[str, bytes], Awaitable[str]]:
    """Stores a file as an upload would and answers its reference."""

    async def store(filename: str, content: bytes) -> str:
        stored = await insert_submitted_document(
            db,
            entity_slug=ENTITY,
            period=PERIOD,
            source=SOURCE,
            filename=filename,
            content_type="text/csv",
            data_bytes=content,
            task_id=None,
        )
        return str(stored.id)

    return store


@pytest.fixture
def run(ingest: LoadedBundle) -> Callable[..., Awaitable[RunResult]]:
    """Takes one document in as a scenario answers it."""

    async def once(scenario: Scenario, **changes: Any) -> RunResult:
        given = {
            "tenant_slug": TENANT,
            "entity_slug": ENTITY,
            "period": PERIOD,
            "source": SOURCE,
            "schema_slug": "trial-balance",
        }
        async with WorkflowHarness(ingest.workflow_class, extra_activities=ingest.activities) as harness:
            return await harness.run(input=given | changes, scenario=scenario, timeout_s=60)

    return once
