"""What a close has left behind, read from both databases, and what must be true of it whatever was killed."""

import asyncio
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
from tests.conftest import Stack

from ntro_server.postgres import register_json
from ntro_tenant.core.recording.log import verify_chain

DRAIN_SECONDS = 60.0
JOURNALS = 9
DOCUMENTS = 7
PACK = 2
STEPS = {"nav-monthly": 12, "document-ingest": 4}


def inspect(stack: Stack, result: dict[str, Any]) -> None:
    """Checks a finished close of the demo month from end to end."""
    truth = json.loads((stack.home / "demo" / "truth.json").read_text())
    assert {name: result[name] for name in ("nav", "nav_per_share")} == {
        name: truth[name] for name in ("nav", "nav_per_share")
    }
    asyncio.run(_inspect(stack, result))


async def _inspect(stack: Stack, result: dict[str, Any]) -> None:
    cell = await asyncpg.connect(stack.cell_settings("demo")["database_url"])
    workspace = await asyncpg.connect(
        json.loads((stack.home / "workspace" / "settings.json").read_text())["database_url"]
    )
    try:
        await register_json(cell)
        await everything_delivered(cell)
        await each_step_once(cell)
        await each_gate_decided_once(cell)
        await books_kept_once(cell)
        await documents_kept_once(cell, stack.home / "demo", [Path(path) for path in result["pack"]])
        assert await verify_chain(cell) is None
        await workspace_agrees(cell, workspace, result["task"])
    finally:
        await cell.close()
        await workspace.close()


async def everything_delivered(cell: asyncpg.Connection) -> None:
    """No status report and no signal is left behind."""
    left = """select (select count(*) from system.outbox)
                   + (select count(*) from system.signal_outbox where sent_at is null)"""
    async with asyncio.timeout(DRAIN_SECONDS):
        while await cell.fetchval(left):  # noqa: ASYNC110 - the database tells only when asked
            await asyncio.sleep(0.1)


async def each_step_once(cell: asyncpg.Connection) -> None:
    """One close with a run for each document; each step was visited once, and started and completed once in the log."""
    runs = await cell.fetch("select workflow_id, slug, status from system.runs")
    assert Counter((run["slug"], run["status"]) for run in runs) == {
        ("nav-monthly", "COMPLETED"): 1,
        ("document-ingest", "COMPLETED"): DOCUMENTS,
    }
    steps = await cell.fetch("select workflow_id, step_id, status, visits from system.steps")
    assert {(step["status"], step["visits"]) for step in steps} == {("completed", 1)}
    expected = Counter((step["workflow_id"], step["step_id"]) for step in steps)
    assert Counter(step["workflow_id"] for step in steps) == {run["workflow_id"]: STEPS[run["slug"]] for run in runs}
    for kind in ("step.started", "step.completed"):
        rows = await cell.fetch(
            "select workflow_id, payload ->> 'step_id' as step from system.events where type = $1", kind
        )
        assert Counter((row["workflow_id"], row["step"]) for row in rows) == expected, kind
    for kind in ("run.started", "run.completed"):
        rows = await cell.fetch("select workflow_id from system.events where type = $1", kind)
        assert Counter(row["workflow_id"] for row in rows) == {run["workflow_id"]: 1 for run in runs}, kind


async def each_gate_decided_once(cell: asyncpg.Connection) -> None:
    """Each gate was opened once and closed once; no decision came twice or went to another gate."""
    gates = await cell.fetch("select id, kind, status, decision from system.gates")
    assert {(gate["kind"], gate["status"]) for gate in gates} <= {
        ("submit_file", "satisfied"),
        ("submit_files", "satisfied"),
        ("interactive_review", "decided"),
    }
    for kind in ("gate.opened", "gate.closed"):
        rows = await cell.fetch("select payload ->> 'gate_id' as gate from system.events where type = $1", kind)
        assert Counter(row["gate"] for row in rows) == {gate["id"]: 1 for gate in gates}, kind
    decided = [gate for gate in gates if gate["kind"] == "interactive_review"]
    assert {(gate["decision"]["gate_id"], gate["decision"]["action"]) for gate in decided} == {
        (gate["id"], "approved") for gate in decided
    }


async def books_kept_once(cell: asyncpg.Connection) -> None:
    """Journals, trial balances and NAV are there once and the period is closed."""
    assert await cell.fetchval("select count(*) from ledgers.journals") == JOURNALS
    assert await cell.fetchval("select sum(debit) - sum(credit) from ledgers.journal_lines") == 0
    kinds = await cell.fetch("select kind from ledgers.trial_balances order by kind")
    assert [row["kind"] for row in kinds] == ["closing", "opening"]
    assert await cell.fetchval("select count(*) from ledgers.nav") == 1
    assert [row["status"] for row in await cell.fetch("select status from ledgers.periods")] == ["SIGNED_OFF"]


async def documents_kept_once(cell: asyncpg.Connection, demo: Path, pack: list[Path]) -> None:
    """Every document that was handed in and every file of the pack is there once, byte for byte; each was read once."""
    handed_in = [path for path in (demo / "documents").rglob("*") if path.is_file()]
    assert (len(handed_in), len(pack)) == (DOCUMENTS, PACK)
    stored = await cell.fetch("select filename, sha256, data_bytes from ingest.submitted_documents")
    assert Counter((row["filename"], hashlib.sha256(row["data_bytes"]).hexdigest()) for row in stored) == Counter(
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in (*handed_in, *pack)
    )
    assert all(hashlib.sha256(row["data_bytes"]).hexdigest() == row["sha256"] for row in stored)
    read = await cell.fetch("select source from ingest.extracted_payloads")
    assert Counter(row["source"] for row in read) == {path.parent.name: 1 for path in handed_in}


async def workspace_agrees(cell: asyncpg.Connection, workspace: asyncpg.Connection, task: str) -> None:
    """Both sides know one task, in the same state with the same steps."""
    columns = "select id::text, status, closed_at is not null as closed from"
    here = [tuple(row) for row in await cell.fetch(f"{columns} system.tasks")]
    there = [tuple(row) for row in await workspace.fetch(f"{columns} tasks")]
    assert here == there == [(task, "COMPLETED", True)]
    steps = json.loads(await workspace.fetchval("select steps from tasks"))
    assert Counter(step["status"] for step in steps) == {"COMPLETED": STEPS["nav-monthly"]}
