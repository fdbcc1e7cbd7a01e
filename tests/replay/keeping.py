"""Writes histories as files that tell nothing of the machine that they were made on."""

import json
from typing import Any

from replaying import HISTORIES

from ntro.testing import WorkflowHarness


async def keep(harness: WorkflowHarness, name: str, workflow_id: str, *, run_id: str | None = None) -> None:
    """Keep the history of a run in the harness; of one that went on as new, the last run unless one is named."""
    handle = client_of(harness).get_workflow_handle(workflow_id, run_id=run_id)
    write(name, handle.id, (await handle.fetch_history()).to_json_dict())


def client_of(harness: WorkflowHarness) -> Any:
    """The client of the harness's server."""
    assert harness._environment is not None
    return harness._environment.client


def write(name: str, workflow_id: str, history: dict[str, Any]) -> None:
    HISTORIES.mkdir(exist_ok=True)
    text = json.dumps(
        {"workflow_id": workflow_id, "history": scrubbed(history)}, indent=1, sort_keys=True, ensure_ascii=False
    )
    (HISTORIES / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def scrubbed(value: Any, key: str = "") -> Any:
    """The history without what tells of the machine that it was made on."""
    match value:
        case dict():
            return {name: scrubbed(item, name) for name, item in value.items() if name != "stackTrace"}
        case list():
            return [scrubbed(item) for item in value]
        case str() if key == "identity":
            return "recorder"
        case _:
            return value
