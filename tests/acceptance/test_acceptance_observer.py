"""The observer beside real runs: it remarks on them where a tenant lets it, and never changes what comes out."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

pytestmark = pytest.mark.stack
TENANT = "demo"
REVIEW = "interactive_review"


@asynccontextmanager
async def observed(client: Any, database_url: str, mode: str) -> AsyncIterator[None]:
    """The tenant with its observer in `mode`, as soon as its cell knows; as it was afterwards."""
    before = (await client.tenants.get(TENANT)).config
    connection = await asyncpg.connect(database_url)
    try:
        await client.tenants.update(TENANT, config={**before, "observer": {"mode": mode}})
        known = None
        while known != mode:
            known = await connection.fetchval("select config #>> '{observer,mode}' from system.tenant")
        yield
    finally:
        await connection.close()
        await client.tenants.update(TENANT, config=before)


async def outcome(run: Any, file: Path) -> str:
    """All that a run showed and left, but for what names it."""
    document = await run.hand_in(file)
    gate = await run.wait_for(REVIEW)
    await run.decide(gate, "approved")
    task = await run.ended()
    left = {
        "gate": [gate.kind, gate.reason, gate.payload],
        "result": task.result,
        "steps": [[step.id, step.status] for step in task.steps],
        "committed": await run.books.committed(run.id),
        "log": sorted(event.type for event in await log_of(run) if event.type != "observation"),
    }
    text = json.dumps(left, default=str, sort_keys=True)
    names = (run.id, document, task.result["record_id"], run.books.entity.id, run.books.entity.slug)
    for number, name in enumerate(names):
        text = text.replace(str(name), f"name {number}")
    return text


async def log_of(run: Any) -> list[Any]:
    found: list[Any] = await run.books.cell.tasks.log(run.id, limit=1000)
    return found


async def remarks(run: Any) -> list[str]:
    """The rules that remarked on a run."""
    return [event.payload["rule"] for event in await log_of(run) if event.type == "observation"]


async def test_what_comes_out_is_the_same_whether_the_observer_is_on_or_off(
    doors: Any, stack: Any, deployed: Callable[[Path], str], books_of: Any, repository: Path, tmp_path: Path
) -> None:
    file = tmp_path / "tb.csv"
    file.write_text(f"Account code,Account name,Debit,Credit\n1000,{uuid4()},10.00,\n3000,Equity,,10.00\n")
    runbook = deployed(repository / "runbooks/document-ingest")
    database_url = stack.cell_settings(TENANT)["database_url"]
    outcomes, runs = set(), {}
    async with AsyncExitStack() as entities:
        for mode in ("off", "rules-only", "on"):
            books = await entities.enter_async_context(books_of(doors, stack, runbook))
            async with observed(books.client, database_url, mode):
                runs[mode] = await books.start()
                outcomes.add(await outcome(runs[mode], file))
                if mode != "off":
                    await runs[mode].until(partial(remarks, runs[mode]))
        # The observer reads the log in its order: by now it has long passed the run that it was to leave alone.
        remarked = {mode: await remarks(run) for mode, run in runs.items()}
    assert len(outcomes) == 1
    assert remarked == {"off": [], "rules-only": ["duplicate_bytes"], "on": ["duplicate_bytes"]}
