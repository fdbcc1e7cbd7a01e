"""The audit log for people who close books: what mattered on top, everything behind a fold. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from ntro_tenant.core.views import REVIEW_KIND, EventView
from ntro_tenant.ui.agent_requests import title_of
from ntro_tenant.ui.values import label_of

UPLOADED = "document.uploaded"
_NO_STEP = "run"
# The engine's own bookkeeping: other events say the same in words of the work.
_HIDDEN = frozenset({"gate.updated", "child.started", "child.closed", "step.started", "run.started"})
_OUTCOMES = {"timed_out": "nobody answered in time", "cancelled": "closed without an answer"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `run` names the run below the task that it happened in, `gate_id` what was decided."""

    at: datetime
    text: str
    actor: str | None = None
    icon: str = "circle-dot"
    tone: str = ""
    run: str = ""
    gate_id: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive events of one run."""

    run: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Newest first. `told` is what a person wants to know, `everything` all that is not bookkeeping."""

    told: tuple[Entry, ...]
    everything: tuple[Passage, ...]
    count: int


def timeline_of(events: Sequence[EventView], run_id: str) -> Timeline:
    """The timeline of the run `run_id` from its events, oldest first."""
    titles = _titles(events)
    entries = [(event, _entry(event, run_id, titles)) for event in events if event.type not in _HIDDEN]
    waiting = _still_open(events)
    told = [(event, entry) for event, entry in entries if _matters(event, run_id, waiting)]
    passages = groupby((entry for _, entry in reversed(entries)), key=lambda entry: entry.run)
    everything = tuple(Passage(run, tuple(members)) for run, members in passages)
    return Timeline(tuple(reversed(_uploads_together(told))), everything, len(entries))


def run_label(run_id: str, above: str) -> str:
    """A run below `above` in words: its source where it has one, else its runbook; nothing for `above` itself."""
    if run_id in ("", above) or not run_id.startswith(above + ":"):
        return ""
    step, slug, *rest = [*run_id.removeprefix(above + ":").split(":"), ""][:4]
    del step
    return label_of(" ".join(filter(None, rest)) or slug)


def sentence(event: EventView, titles: dict[tuple[str, str], str]) -> str:
    """One event in words; an unknown type shows as its name."""
    payload = event.payload if isinstance(event.payload, dict) else {}
    say = _SENTENCES.get(event.type)
    return say(payload, _step(event, payload, titles)) if say else label_of(event.type.replace(".", " "))


def _entry(event: EventView, run_id: str, titles: dict[tuple[str, str], str]) -> Entry:
    icon, tone = _LOOKS.get(event.type, ("circle-dot", ""))
    payload = event.payload if isinstance(event.payload, dict) else {}
    decision = _decision(payload)
    if decision.get("action") == "rejected":
        icon, tone = "circle-x", "fail"
    gate_id = str(payload["gate_id"]) if decision and payload.get("gate_id") else None
    label = run_label(event.run_id or "", run_id)
    return Entry(event.at, sentence(event, titles), event.actor, icon, tone, label, gate_id)


def _matters(event: EventView, run_id: str, waiting: frozenset[str]) -> bool:
    payload = event.payload if isinstance(event.payload, dict) else {}
    if event.type == "gate.closed":
        return bool(_decision(payload)) or payload.get("outcome") == "timed_out"
    if event.type == "gate.opened":
        return str(payload.get("gate_id")) in waiting
    if event.type in ("run.completed", "step.failed"):
        return event.run_id == run_id
    return event.type in _TELLING


def _uploads_together(told: Sequence[tuple[EventView, Entry]]) -> list[Entry]:
    """Uploads of one person on end as one entry."""
    entries = []
    for (is_upload, _), members in groupby(told, key=lambda pair: (pair[0].type == UPLOADED, pair[0].actor)):
        found = list(members)
        if not is_upload or len(found) == 1:
            entries += [entry for _, entry in found]
            continue
        names = ", ".join(str(event.payload.get("filename") or "a document") for event, _ in found)
        entries.append(replace(found[-1][1], text=f"{len(found)} documents uploaded: {names}"))
    return entries


def _still_open(events: Sequence[EventView]) -> frozenset[str]:
    """Reviews that wait for a person."""
    opened = [event.payload for event in events if event.type == "gate.opened"]
    closed = {event.payload.get("gate_id") for event in events if event.type == "gate.closed"}
    reviews = [gate for gate in opened if gate.get("kind") == REVIEW_KIND]
    return frozenset(str(gate["gate_id"]) for gate in reviews if gate["gate_id"] not in closed)


def _titles(events: Sequence[EventView]) -> dict[tuple[str, str], str]:
    """Titles of steps by run and step id, as the steps said when they started."""
    return {
        (event.run_id or "", str(event.payload.get("step_id"))): str(event.payload["title"])
        for event in events
        if event.type == "step.started" and event.payload.get("title")
    }


def _step(event: EventView, payload: dict[str, Any], titles: dict[tuple[str, str], str]) -> str:
    """The title of the event's step. A gate's id names it too: `<run>/<step>/<number>`."""
    parts = str(payload.get("gate_id") or "").rsplit("/", 2)
    step_id = str(payload.get("step_id") or (parts[1] if len(parts) == 3 else ""))
    return titles.get((event.run_id or "", step_id)) or label_of("" if step_id == _NO_STEP else step_id) or "The run"


def _decision(payload: dict[str, Any]) -> dict[str, Any]:
    found = payload.get("decision")
    return found if isinstance(found, dict) else {}


def _closed(payload: dict[str, Any], step: str) -> str:
    decision = _decision(payload)
    if not decision:
        return f"{step}: {_OUTCOMES.get(str(payload.get('outcome')), 'received')}"
    corrections = decision.get("corrections")
    count = len(corrections) if isinstance(corrections, list) else 0
    changed = f" with {count} correction{'s' if count > 1 else ''}" if count else ""
    reason = f" — {decision['reason']}" if decision.get("reason") else ""
    return f"{step}: {str(decision.get('action') or 'decided').replace('_', ' ')}{changed}{reason}"


def _said(payload: dict[str, Any], key: str, otherwise: str) -> str:
    """A value of a runbook's own event, which keeps what it says in `payload`."""
    inner = payload.get("payload")
    return str((inner if isinstance(inner, dict) else payload).get(key) or otherwise)


def _asked(payload: dict[str, Any]) -> str:
    """What an agent asked for: it says so itself, so nothing in it need be there."""
    said = payload.get("payload")
    pending = said.get("pending_action") if isinstance(said, dict) else None
    return title_of(pending) if isinstance(pending, dict) else "something"


def _answered(payload: dict[str, Any]) -> str:
    said = payload.get("payload")
    result = said.get("result") if isinstance(said, dict) else None
    found = result if isinstance(result, dict) else {}
    reason = f" — {found['reason']}" if found.get("reason") else ""
    return f"{found.get('action') or found.get('filename') or 'answered'}{reason}"


_Say = Callable[[dict[str, Any], str], str]
_SENTENCES: dict[str, _Say] = {
    "task.created": lambda payload, _step: "Scheduled" if payload.get("scheduled") else "Started",
    "run.completed": lambda _payload, _step: "Finished",
    "run.failed": lambda payload, _step: f"Failed: {payload.get('message') or payload.get('error_type')}",
    "run.cancelled": lambda _payload, _step: "Cancelled",
    "step.completed": lambda _payload, step: f"{step} done",
    "step.failed": lambda payload, step: f"{step} failed: {payload.get('message') or payload.get('error_type')}",
    "gate.opened": lambda payload, step: f"Waiting: {payload.get('reason') or step}",
    "gate.closed": _closed,
    "decision.ignored": lambda payload, _step: f"A decision was not counted: {payload.get('reason') or ''}",
    "document.uploaded": lambda payload, _step: f"{payload.get('filename') or 'A document'} uploaded",
    "document.parsed": lambda payload, _step: f"Read: {_said(payload, 'summary', 'a document')}",
    "observation": lambda payload, _step: str(payload.get("message") or "Something to look at"),
    "document.ingested": lambda payload, _step: f"Taken in: {_said(payload, 'summary', 'a document')}",
    "requires_input": lambda payload, _step: f"An agent asks: {_asked(payload)}",
    "input_resolved": lambda payload, _step: f"Answer to an agent: {_answered(payload)}",
    "period.closed": lambda payload, _step: f"{label_of(_said(payload, 'status', 'closed'))}",
}
_LOOKS = {
    "run.completed": ("circle-check", "pass"),
    "run.failed": ("circle-x", "fail"),
    "run.cancelled": ("circle-x", "fail"),
    "step.failed": ("circle-x", "fail"),
    "step.completed": ("check", ""),
    "gate.opened": ("clock", "waiting"),
    "gate.closed": ("badge-check", "pass"),
    "decision.ignored": ("triangle-alert", "waiting"),
    "observation": ("info", "waiting"),
    "document.uploaded": ("upload", ""),
    "document.ingested": ("file-check", ""),
    "task.created": ("play", ""),
    "requires_input": ("bot", "waiting"),
    "input_resolved": ("badge-check", "pass"),
}
_TELLING = frozenset(
    {
        "task.created",
        "document.uploaded",
        "document.ingested",
        "run.failed",
        "run.cancelled",
        "decision.ignored",
        "observation",
        "requires_input",
        "input_resolved",
    }
)
