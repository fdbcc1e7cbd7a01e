"""The demo on the running stack: the known NAV, a pack of the same bytes whenever it is computed, nothing twice."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from ntro_server.postgres import open_pool
from ntro_server.settings import load_settings
from ntro_tenant.core.engine import connect
from ntro_tenant.settings import CellSettings

pytestmark = pytest.mark.stack
COMPUTE = """
import asyncio, hashlib, json, sys
from importlib import import_module
from pathlib import Path
from ntro.runbook.bundle import load_bundle
package = load_bundle(Path(sys.argv[1]), slug="nav-monthly").workflow_class.__module__.rpartition(".")[0]
given = json.load(sys.stdin)
close = import_module(package + ".models").CloseInput.model_validate(given["close"])
files = asyncio.run(import_module(package + ".pack").pack_files(close, given["documents"]))
print(json.dumps({file.filename: hashlib.sha256(file.content).hexdigest() for file in files}))
"""


@pytest.fixture(scope="module")
def closed(stack: Any, doors: Any) -> Any:
    """What `ntro demo -o json` prints."""
    return stack.json("demo", seconds=240)


@pytest.fixture(scope="module")
def truth(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the month comes to, computed without the product's code."""
    folder = tmp_path_factory.mktemp("truth")
    subprocess.run(
        [sys.executable, str(repository / "examples/demo/generate.py"), str(folder)], check=True, timeout=120
    )
    return json.loads((folder / "truth.json").read_text())


@pytest.fixture
async def pool(stack: Any) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(stack.cell_settings("demo")["database_url"], application="acceptance") as opened:
        yield opened


async def ledger(pool: asyncpg.Pool, task: str) -> dict[str, Any]:
    """What the books hold of the task."""
    counts: dict[str, Any] = {
        table: await pool.fetchval(f"select count(*) from ledgers.{table} where task_id::text = $1", task)
        for table in ("journals", "nav", "trial_balances")
    }
    counts["lines"] = await pool.fetchval(
        "select count(*) from ledgers.journal_lines l join ledgers.journals j on j.id = l.journal_id"
        " where j.task_id::text = $1",
        task,
    )
    counts["documents"] = await pool.fetchval(
        "select count(*) from ingest.submitted_documents where task_id = $1", task
    )
    counts["committed"] = await pool.fetchval("select count(*) from ingest.extracted_payloads where task_id = $1", task)
    counts["tasks"] = await pool.fetchval("select count(*) from system.tasks where runbook_slug = 'nav-monthly'")
    return counts


def test_the_nav_is_the_known_one_to_the_penny(closed: Any, truth: Any) -> None:
    assert (closed["nav"], closed["nav_per_share"]) == (truth["nav"], truth["nav_per_share"])
    assert closed["currency"] == truth["currency"]
    assert closed["ui_url"].endswith(closed["task"])
    assert {Path(path).suffix for path in closed["pack"]} == {".xlsx", ".pdf"}
    assert all(Path(path).is_file() for path in closed["pack"])


async def test_the_books_hold_the_month_once_and_signed(closed: Any, truth: Any, pool: asyncpg.Pool) -> None:
    row = await pool.fetchrow(
        "select p.status, n.nav, n.signed_off_by from ledgers.periods p join ledgers.nav n using (entity_id, period)"
        " where n.task_id::text = $1",
        closed["task"],
    )
    assert (row["status"], f"{row['nav']:.2f}") == ("SIGNED_OFF", truth["nav"])
    assert row["signed_off_by"]
    lines = await pool.fetch(
        "select lines from ledgers.trial_balances where kind = 'closing' and task_id::text = $1", closed["task"]
    )
    assert len(lines) == 1
    unbalanced = await pool.fetchval(
        "select count(*) from"
        " (select from ledgers.journal_lines group by journal_id having sum(debit) <> sum(credit)) unbalanced"
    )
    assert unbalanced == 0


async def test_a_second_demo_does_nothing_twice(closed: Any, stack: Any, pool: asyncpg.Pool) -> None:
    before = await ledger(pool, closed["task"])
    again = stack.json("demo", seconds=240)
    assert {key: again[key] for key in ("task", "nav", "nav_per_share", "pack")} == {
        key: closed[key] for key in ("task", "nav", "nav_per_share", "pack")
    }
    assert await ledger(pool, closed["task"]) == before
    assert before["tasks"] >= 1


async def test_the_same_month_again_by_hand_is_refused(closed: Any, doors: Any, stack: Any) -> None:
    known = stack.json("run", "status", closed["task"])
    run = stack.json("workflow", "run", known["workflowId"], "--tenant", "demo", "--period", known["period"])
    watched = stack.ntro("run", "watch", run["id"], "-o", "json", "--timeout", "60", expect=1)
    failure = json.loads(watched.stdout)["failure"]
    assert failure["type"] == "PeriodSignedOff"
    assert known["period"] in failure["message"]


async def test_the_pack_computed_afresh_from_the_evidence_has_the_same_bytes(
    closed: Any, stack: Any, pool: asyncpg.Pool, repository: Path
) -> None:
    settings = load_settings(CellSettings, stack.home / "tenants" / "demo" / "settings.json")
    close = await recorded_input(await connect(settings, pool), closed["task"], "nav_monthly.write_pack")
    documents = await pool.fetch(
        "select distinct on (e.source) e.source, d.filename, d.sha256 from ingest.extracted_payloads e"
        " join ingest.submitted_documents d on d.id::text = e.document_ref where e.task_id = $1"
        " order by e.source, e.created_at desc, e.id",
        closed["task"],
    )
    given = json.dumps({"close": close, "documents": [dict(row) for row in documents]})
    kept = hashes(closed["pack"])
    bundle = str(repository / "runbooks/nav-monthly")
    for variables in ({"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "TZ": "UTC", "LANG": "C"}):
        assert await asyncio.to_thread(computed_afresh, bundle, given, variables) == kept


def hashes(paths: list[str]) -> dict[str, str]:
    return {Path(path).name: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths}


def computed_afresh(bundle: str, given: str, variables: dict[str, str]) -> Any:
    """The hashes of the pack as another process computes it."""
    done = subprocess.run(
        [sys.executable, "-c", COMPUTE, bundle],
        input=given,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def recorded_input(client: Client, task: str, activity: str) -> Any:
    """What the run gave to an activity, out of its encrypted history."""
    async for event in client.get_workflow_handle(task).fetch_history_events():
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == activity:
            return (await client.data_converter.decode(list(scheduled.input.payloads)))[0]
    raise AssertionError(f"the run {task} has no {activity}")
