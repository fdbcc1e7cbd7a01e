"""A document that comes before its gate is handed over when the gate opens, once and to one run."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from ntro.workflow.records import RecordBatch, RunRecord
from ntro_tenant.core.recording.recorder import apply_batch

CSV = b"account_code,name,debit,credit\n1000,Bank,10.00,0.00\n3000,Equity,0.00,10.00\n"


async def upload(client: httpx2.AsyncClient, task: UUID, data: bytes, source: str) -> str:
    answer = await client.post(f"/tasks/{task}/files", params={"filename": "tb.csv", "source": source}, content=data)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


class Run:
    """Records gates of a run as its worker would."""

    def __init__(self, books: Any, task: UUID, run_id: str) -> None:
        self.books, self.task, self.run_id = books, task, run_id
        self.temporal_run, self.n = str(uuid4()), 0

    async def record(self, kind: Any, /, **data: Any) -> None:
        self.n += 1
        record = RunRecord(n=self.n, type=kind, at=datetime.now(UTC), data=data)
        batch = RecordBatch(workflow_id=self.run_id, run_id=self.temporal_run, task_id=str(self.task), records=[record])
        async with self.books.connection.transaction():
            await apply_batch(self.books.connection, batch)

    async def start(self) -> None:
        await self.record("run.started", slug="document-ingest", steps=[])

    async def open_gate(self, gate: str, source: str, **fields: Any) -> None:
        args = {"source": source, "signal_task_id": self.run_id, "signal_name": "document_submitted"}
        await self.record("gate.opened", gate_id=gate, **({"kind": "submit_file", "args": args} | fields))


@pytest.fixture
async def run(books: Any) -> Run:
    task = await books.task()
    started = Run(books, task, str(task))
    await started.start()
    return started


async def told(books: Any) -> list[tuple[str, str]]:
    return [(row["workflow_id"], row["payload"]["document_ref"]) for row in await books.signals()]


async def test_a_document_that_came_first_is_handed_over_when_its_gate_opens(
    anna: httpx2.AsyncClient, books: Any, run: Run
):
    document = await upload(anna, run.task, CSV, "tb")
    assert await told(books) == []
    await run.open_gate("g1", "tb")
    assert await told(books) == [(run.run_id, document)]


async def test_a_document_of_another_source_stays_where_it_is(anna: httpx2.AsyncClient, books: Any, run: Run):
    await upload(anna, run.task, CSV, "rent-roll")
    await run.open_gate("g1", "tb")
    assert await told(books) == []


async def test_two_runs_that_wait_for_one_source_get_a_document_each(anna: httpx2.AsyncClient, books: Any, run: Run):
    first, second = await upload(anna, run.task, CSV, "tb"), await upload(anna, run.task, CSV + b"\n", "tb")
    children = [Run(books, run.task, f"{run.run_id}:collect:document-ingest:tb{suffix}") for suffix in ("", ":2", ":3")]
    for number, child in enumerate(children):
        await child.start()
        await child.open_gate(f"c{number}", "tb")
    assert await told(books) == [(children[0].run_id, first), (children[1].run_id, second)]


async def test_what_was_handed_over_before_is_not_handed_to_the_gate_that_follows(
    anna: httpx2.AsyncClient, books: Any, run: Run
):
    await run.open_gate("g1", "tb")
    await upload(anna, run.task, CSV, "tb")
    await run.record("gate.closed", gate_id="g1", outcome="satisfied")
    await run.open_gate("g2", "tb")
    assert len(await told(books)) == 1


async def test_a_gate_that_shows_the_places_of_runs_below_leaves_them_to_those(
    anna: httpx2.AsyncClient, books: Any, run: Run
):
    await upload(anna, run.task, CSV, "tb")
    slot = {"source": "tb", "status": "pending", "args": {"signal_task_id": f"{run.run_id}:collect:x"}}
    hint = {"component": "MULTI_FILE_UPLOAD", "config": {"expected": [slot]}}
    await run.open_gate("g1", "tb", kind="submit_files", display_hint=hint)
    assert await told(books) == []


async def test_upload_and_gate_at_the_same_moment_meet(anna: httpx2.AsyncClient, books: Any, run: Run):
    document, _ = await asyncio.gather(upload(anna, run.task, CSV, "tb"), run.open_gate("g1", "tb"))
    assert await told(books) == [(run.run_id, document)]
