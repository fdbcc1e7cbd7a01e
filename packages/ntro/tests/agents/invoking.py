"""One worker's part in an invocation, as a process that can be killed: `python invoking.py REQUEST.json`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from ntro import data
from ntro.agents import opening, passback
from ntro.agents.running import run_invocation
from ntro.capabilities import config
from ntro.workflow.agents.models import AgentInvocation, AgentResult


async def main(said: dict[str, Any]) -> AgentResult:
    config.set(config.WorkerConfig.model_validate(said["worker"]))
    opening.LOOK_PAUSE_SECONDS = 0.1
    passback.SETTLED_SECONDS = 0.3
    passback.LOOK_SECONDS = 0.05
    try:
        return await run_invocation(AgentInvocation.model_validate(said["request"]))
    finally:
        await data.close_data_planes()


REQUEST = Path(sys.argv[1])
RESULT = asyncio.run(main(json.loads(REQUEST.read_text("utf-8"))))
REQUEST.with_suffix(".result").write_text(RESULT.model_dump_json(), "utf-8")
