"""Workers killed again and again during one invocation: one session, every file once."""

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from ntro import data
from ntro.capabilities import config
from ntro.workflow.agents import AgentResult

KILLS = 5
"""How often a worker is killed here; `benchmarks/bench_agent_kills.py` does it fifty times."""

HERE = Path(__file__).parent
FILES = 4


async def worker_process(request: Path) -> asyncio.subprocess.Process:
    script = str(HERE / "invoking.py")
    return await asyncio.create_subprocess_exec(sys.executable, script, str(request), env=dict(os.environ))


@pytest.mark.timeout(150)
@pytest.mark.parametrize("seed", [1])
async def test_killed_workers_pay_for_one_session_and_store_each_file_once(
    claude: Any,
    registry: Any,
    worker: config.WorkerConfig,
    task: str,
    db: data.DataPlane,
    plan_type: Any,
    file_type: Any,
    tmp_path: Path,
    seed: int,
):
    """The first dies between creating the session and keeping it, the next while polling and passing back."""
    claude.plan = plan_type(
        working=10_000, files=[file_type(f"{number}.bin", bytes([number]) * 5_000_000) for number in range(FILES)]
    )
    request = tmp_path / "request.json"
    request.write_text(json.dumps(said_to(worker, registry.add(), task)), "utf-8")
    chance = random.Random(seed)
    created = asyncio.Event()
    loop = asyncio.get_running_loop()
    claude.after_create = lambda: loop.call_soon_threadsafe(created.set)
    for kill in range(KILLS):
        process = await worker_process(request)
        async with asyncio.timeout(60):
            await created.wait()
            looks = claude.only.looks
            while kill > 0 and claude.only.looks == looks and process.returncode is None:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
        await asyncio.sleep(chance.uniform(0, 0.2) if kill else 0)
        if kill == KILLS - 2:
            claude.plan.working = 0
        process.kill()
        await process.wait()
    process = await worker_process(request)
    async with asyncio.timeout(60):
        assert await process.wait() == 0
    result = AgentResult.model_validate_json(request.with_suffix(".result").read_text("utf-8"))
    assert (result.status, result.session_id) == ("completed", "sesn_1")
    assert list(claude.sessions) == ["sesn_1"]
    assert [file.filename for file in result.output_files] == [f"{number}.bin" for number in range(FILES)]
    rows = await db.fetch("select filename from ingest.submitted_documents order by filename")
    assert [row["filename"] for row in rows] == [f"{number}.bin" for number in range(FILES)]


def said_to(worker: config.WorkerConfig, agent: str, task: str) -> dict[str, Any]:
    """What a worker process is told: its configuration with the secrets, and the request."""
    names = ("tenant_postgres_url", "workspace_api_key", "anthropic_api_key")
    plain = {name: getattr(worker, name).get_secret_value() for name in names}
    kept = {name: getattr(worker, name) for name in ("tenant_id", "tenant_slug", "workspace_api_url")}
    request = {"agent_id": agent, "input": "Write it.", "task_id": task, "call_id": "call-1"}
    return {
        "worker": plain | kept | {"anthropic_base_url": worker.anthropic_base_url},
        "request": request | {"poll_interval_seconds": 0.05, "max_poll_seconds": 600},
    }
