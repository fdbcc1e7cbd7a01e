"""Stored histories of the runbooks and of the SDK alone run through today's code: same commands, same order."""

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
    from replaying import CHECKOUT, HISTORIES, flow, load, replayer
finally:
    sys.path.pop(0)

NAMES = sorted(path.stem for path in HISTORIES.glob("*.json"))
OF_A_MACHINE = ("/home/", "/root/", "/Users/", "/tmp/", "postgresql://", "api_key", "BEGIN PRIVATE KEY")


SLUGS = ("nav-monthly-journals", "nav-monthly", "document-ingest", "expense-processor")
FLOWS = {
    "flow-queued-gates": "QueuedGates",
    "flow-sign-off-suspended": "SignOff",
    "flow-four-eyes": "FourEyes",
    "flow-row-actions": "RowActions",
    "flow-feedback": "Feedback",
    "flow-double-click": "Waiting",
    "flow-timed-out": "Waiting",
    "flow-cancelled": "Waiting",
    "flow-onward": "Onward",
    "flow-onward-last": "Onward",
    "flow-fan-out": "FanOut",
    "flow-failed-child": "FanOut",
    "flow-leaf-failed": "Leaf",
    "flow-facade": "Facade",
    "flow-checked": "Checked",
}


def slug_of(name: str) -> str:
    return next(slug for slug in SLUGS if name.startswith(slug))


def bundle_of(name: str) -> Any:
    return flow(FLOWS[name]) if name in FLOWS else load(slug_of(name))


def stored(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HISTORIES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def history(name: str) -> WorkflowHistory:
    found = stored(name)
    return WorkflowHistory.from_json(found["workflow_id"], found["history"])


@pytest.mark.parametrize("name", NAMES)
async def test_a_stored_run_replays(name: str):
    await replayer(bundle_of(name)).replay_workflow(history(name))


def test_every_way_that_a_run_can_end_is_stored():
    ways = {
        "nav-monthly": {"happy", "rejected-review", "rejected-sign-off", "corrected", "failed-opening-balance"},
        "document-ingest": {"happy", "refused-then-good", "rejected", "corrected", "timed-out"},
        "nav-monthly-journals": {"happy", "rejected", "corrected", "refused-correction"},
        "expense-processor": {"happy", "rejected", "corrected", "nothing-came", "changed-meanwhile"},
    }
    for slug, expected in ways.items():
        assert {f"{slug}-{way}" for way in expected} <= set(NAMES)
    assert set(FLOWS) <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("flow-queued-gates", "/right/2"),
        ("flow-sign-off-suspended", "sign_off.suspended"),
        ("flow-four-eyes", "the gate asks for a second person"),
        ("flow-row-actions", '"level":"error"'),
        ("flow-feedback", "unreadable"),
        ("flow-double-click", "decision.ignored"),
        ("flow-timed-out", '"outcome":"timed_out"'),
        ("flow-cancelled", "run.cancelled"),
        ("flow-onward", "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW"),
        ("flow-fan-out", ":fan_out:leaf:2"),
        ("flow-failed-child", "-2 is refused"),
        ("flow-facade", "4 is refused"),
        ("flow-onward-last", '"number":2'),
        ("flow-checked", "journal_balanced"),
        ("expense-processor-nothing-came", '"outcome":"timed_out"'),
        ("expense-processor-changed-meanwhile", "Rows were changed while you decided"),
        ("nav-monthly-journals-refused-correction", "The journal does not balance."),
    ],
)
def test_a_history_holds_what_it_is_kept_for(name: str, said: str):
    assert said in "\n".join(texts(stored(name)))


@pytest.mark.parametrize(
    ("name", "file", "old", "new"),
    [
        ("nav-monthly-happy", "activities.py", "nav_monthly.calculate_nav", "nav_monthly.another"),
        ("nav-monthly-happy", "workflow.py", "await self.post(close)", "pass"),
        ("document-ingest-happy", "workflow.py", "await self.read_file(context, submission)", "Reading()"),
        (
            "expense-processor-happy",
            "workflow.py",
            "committed = await self.commit(context)",
            'committed = Committed(status="committed")',
        ),
        ("nav-monthly-journals-happy", "workflow.py", "if not context.dry_run:", "if context.dry_run:"),
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
