"""The list of tasks: what waits for a person first, the longest wait on top. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from ntro_tenant.core.views import Awaiting, TaskRow

MAX_CLOSED = 200
_FRESH_HOURS = 24
_STALE_HOURS = 72
_SECTIONS = (
    ("needs", "Needs you", ("BLOCKED",)),
    ("failed", "Failed", ("FAILED",)),
    ("working", "Working", ("IN_PROGRESS", "READY", "PENDING")),
    ("done", "Done", ("COMPLETED",)),
)
STATES = tuple(key for key, _, _ in _SECTIONS)
_AGENT = "agent_request"
_WAITS = {
    "submit_file": "Document",
    "submit_files": "Documents",
    "interactive_review": "Review",
    _AGENT: "Answer for an agent",
}


@dataclass(frozen=True, slots=True)
class Section:
    """Tasks in like states. `count` is of all of them, also where only some are shown."""

    key: str
    title: str
    tasks: tuple[TaskRow, ...]
    count: int


def sections_of(tasks: Sequence[TaskRow], state: str) -> tuple[Section, ...]:
    """`tasks` (newest first) by state; with a `state` the others are counted and not shown."""
    return tuple(_section(tasks, key, title, statuses, state) for key, title, statuses in _SECTIONS)


def with_agents(tasks: Sequence[TaskRow], since: Mapping[UUID, datetime]) -> list[TaskRow]:
    """`tasks` as people see them: one that works while its agent waits for them, as `since` says, needs them too."""
    return [
        replace(task, status="BLOCKED", awaiting=Awaiting(None, _AGENT, since[task.id]))
        if task.status == "IN_PROGRESS" and task.id in since
        else task
        for task in tasks
    ]


def waits_for(task: TaskRow) -> str:
    """What the task waits for, in words."""
    if task.awaiting is None:
        return ""
    if task.awaiting.component == "APPROVAL_FORM":
        return "Sign-off"
    return _WAITS.get(task.awaiting.kind, "An answer")


def urgency(since: datetime, now: datetime | None = None) -> str:
    """How long something waits already: `fresh`, `aging` after a day, `stale` after three."""
    hours = int(((now or datetime.now(UTC)) - since).total_seconds()) // 3600
    return "fresh" if hours < _FRESH_HOURS else "aging" if hours < _STALE_HOURS else "stale"


def _section(tasks: Sequence[TaskRow], key: str, title: str, statuses: tuple[str, ...], state: str) -> Section:
    found = [task for task in tasks if task.status in statuses]
    if key == "needs":
        found.sort(key=lambda task: task.awaiting.since if task.awaiting else task.updated_at)
    shown = found if state in ("", key) else []
    return Section(key, title, tuple(shown[:MAX_CLOSED] if key == "done" else shown), len(found))
