"""Stored histories of both runbooks run through the code as it is: same commands in the same order."""

import base64
import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

sys.path.insert(0, str(Path(__file__).parent))
try:
    from replaying import CHECKOUT, HISTORIES, load, replayer
finally:
    sys.path.pop(0)

NAMES = sorted(path.stem for path in HISTORIES.glob("*.json"))
OF_A_MACHINE = ("/home/", "/root/", "/Users/", "/tmp/", "postgresql://", "api_key", "BEGIN PRIVATE KEY")


def slug_of(name: str) -> str:
    return next(slug for slug in ("nav-monthly", "document-ingest") if name.startswith(slug))


def stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HISTORIES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def history(name: str) -> WorkflowHistory:
    found = stored(name)
    return WorkflowHistory.from_json(found["workflow_id"], found["history"])


@pytest.mark.parametrize("name", NAMES)
async def test_a_stored_run_replays(name: str):
    await replayer(load(slug_of(name))).replay_workflow(history(name))


def test_every_way_that_a_run_can_end_is_stored():
    ways = {
        "nav-monthly": {"happy", "rejected-review", "rejected-sign-off", "corrected", "failed-opening-balance"},
        "document-ingest": {"happy", "refused-then-good", "rejected", "corrected", "timed-out"},
    }
    for slug, expected in ways.items():
        assert {f"{slug}-{way}" for way in expected} <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "file", "old", "new"),
    [
        ("nav-monthly-happy", "activities.py", "nav_monthly.calculate_nav", "nav_monthly.another"),
        ("nav-monthly-happy", "workflow.py", "await self.post(close)", "pass"),
        ("document-ingest-happy", "workflow.py", "await self.read_file(context, submission)", "Reading()"),
    ],
)
async def test_a_changed_order_of_commands_is_caught(name: str, file: str, old: str, new: str, tmp_path: Path):
    slug = slug_of(name)
    changed = tmp_path / slug
    shutil.copytree(CHECKOUT / "runbooks" / slug, changed)
    source = (changed / "templates" / file).read_text(encoding="utf-8")
    assert source.count(old) == 1
    (changed / "templates" / file).write_text(source.replace(old, new), encoding="utf-8")
    with pytest.raises(NondeterminismError):
        await replayer(load(slug, changed)).replay_workflow(history(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_run_tells_nothing_of_a_machine(name: str):
    said = "\n".join(texts(stored(name)))
    assert not [word for word in (*OF_A_MACHINE, socket.gethostname(), str(CHECKOUT)) if word in said]


def texts(value: Any, key: str = "") -> list[str]:
    """All texts of a history, payloads decoded."""
    match value:
        case dict():
            return [text for name, item in value.items() for text in texts(item, name)]
        case list():
            return [text for item in value for text in texts(item)]
        case str() if key == "data":
            return [base64.b64decode(value).decode("utf-8", "replace")]
        case str():
            return [value]
        case _:
            return []
