"""The steps that a definition describes, as what the run does at each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ntro.runbook._scaffold.errors import ScaffoldError
from ntro.runbook._scaffold.names import identifier

Kind = Literal["documents", "review", "work"]

MAX_STEPS = 60
_BY_COMPONENT: dict[str, Kind] = {
    **dict.fromkeys(("FILE_UPLOAD", "MULTI_FILE_UPLOAD"), "documents"),
    **dict.fromkeys(("APPROVAL", "APPROVAL_FORM", "DATA_TABLE"), "review"),
}
_COMPONENTS: dict[Kind, str] = {"documents": "FILE_UPLOAD", "review": "DATA_TABLE", "work": "LOADING"}
_ICONS: dict[Kind, str] = {"documents": "Upload", "review": "ClipboardCheck", "work": "Cog"}
_MACHINES = frozenset({"agent", "automated", "automatic", "machine", "platform", "system"})
_DOCUMENT_WORDS = re.compile(r"\b(await|collect|receive|submit|upload)", re.IGNORECASE)
_REVIEW_WORDS = re.compile(r"\b(approv|review|sign)", re.IGNORECASE)

USUAL: tuple[Mapping[str, Any], ...] = (
    {"id": "upload", "label": "Upload", "component": "FILE_UPLOAD", "description": "Waits for the document."},
    {"id": "read", "label": "Read", "component": "LOADING", "description": "Reads what the document says."},
    {"id": "review", "label": "Review", "component": "DATA_TABLE", "description": "A person corrects and approves."},
    {"id": "record", "label": "Record", "component": "SUMMARY", "description": "Stores what was approved."},
)
"""The steps of a runbook that nobody described yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `name` is its method, and its activity's function where it is work; `sources` name its documents."""

    id: str
    name: str
    title: str
    kind: Kind
    component: str
    icon: str
    description: str
    activity: str
    minutes: int | None
    sources: tuple[str, ...]
    four_eyes: bool


def read_steps(given: Any) -> list[Step]:
    """The steps of a front matter.

    Raises:
        ScaffoldError: they are no list of steps that each have an id of their own.
    """
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise _wrong("The definition describes no steps. List them in its front matter, such as {id: review, …}.")
    if len(given) > MAX_STEPS:
        raise _wrong(f"The definition describes {len(given)} steps; {MAX_STEPS} are possible.")
    steps = [_step(item, number) for number, item in enumerate(given, start=1)]
    for part in ("id", "name", "activity"):
        values = [getattr(step, part) for step in steps]
        if twice := [value for value in values if values.count(value) > 1]:
            raise _wrong(f"Two steps have the {part} {twice[0]}. Give each step an id of its own.")
    return steps


def _step(item: Any, number: int) -> Step:
    if not isinstance(item, Mapping) or not isinstance(item.get("id"), str) or not item["id"].strip():
        raise _wrong(f"Step {number} has no id. Give it one, such as review_journals.")
    step_id = item["id"].strip()
    if ":" in step_id:
        raise _wrong(f"The id of step {number} holds a colon; ids become parts of the ids of child runs.")
    kind = _kind(item)
    name = identifier(step_id)
    config = item["config"] if isinstance(item.get("config"), Mapping) else {}
    title = _text(item.get("label")) or _text(item.get("title")) or step_id.replace("_", " ").capitalize()
    return Step(
        id=step_id,
        name=name,
        title=title,
        kind=kind,
        component=_text(item.get("component")) or _COMPONENTS[kind],
        icon=_text(item.get("icon")) or _ICONS[kind],
        description=_text(item.get("description")) or f"{title}.",
        activity=identifier(item["activity"]) if isinstance(item.get("activity"), str) else name,
        minutes=_minutes(item.get("timeout_minutes"), number),
        sources=_sources(config, step_id) if kind == "documents" else (),
        four_eyes=config.get("four_eyes") is True,
    )


def _kind(item: Mapping[str, Any]) -> Kind:
    component = _text(item.get("component")).upper()
    if _text(item.get("responsibility")).lower() in _MACHINES and component not in ("FILE_UPLOAD", "MULTI_FILE_UPLOAD"):
        return "work"
    if component:
        return _BY_COMPONENT.get(component, "work")
    words = f"{item['id']} {_text(item.get('label'))}".replace("_", " ").replace("-", " ")
    if _DOCUMENT_WORDS.search(words):
        return "documents"
    return "review" if _REVIEW_WORDS.search(words) or item.get("responsibility") else "work"


def _sources(config: Mapping[str, Any], step_id: str) -> tuple[str, ...]:
    expected = config.get("expected") or config.get("sources") or [config.get("source") or step_id]
    named = [item.get("source") if isinstance(item, Mapping) else item for item in expected]
    return tuple(_text(name) for name in named if _text(name)) or (step_id,)


def _minutes(given: Any, number: int) -> int | None:
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise _wrong(f"The timeout_minutes of step {number} is no whole number of minutes.")
    return given


def _text(value: Any) -> str:
    """One line of text; empty where there is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _wrong(message: str) -> ScaffoldError:
    return ScaffoldError("INVALID_STEPS", message)
