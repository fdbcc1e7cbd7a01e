"""Single corrections out of the events that hold them: what it was, what it became, from which document. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from ntro_tenant.core.recording.json_values import exact
from ntro_tenant.core.views import CorrectionView, Json
from ntro_tenant.db.corrections_repository import CorrectingEvent

_LINE_IDS = ("line_item_id", "expense_id", "row_id", "id")
_SOURCES = ("source_refs", "source_ref", "document_ref", "provenance")
_FOLLOWS = frozenset({"status", "validation_errors"})  # of an edit: the ledger's rules set them, not the person
_MAX_DEPTH = 12


def corrections_of(event: CorrectingEvent) -> list[CorrectionView]:
    """The corrections of an event, in the order in which they were made."""
    taken = _OF_TYPE[event.type](event)
    return [_view(event, number, values) for number, values in enumerate(taken)]


def _at_gate(event: CorrectingEvent) -> Iterator[dict[str, Any]]:
    decision = event.payload.get("decision") or {}
    for given in decision.get("corrections") or []:
        if isinstance(given, Mapping):
            yield _of_shown(event.shown, given) | {"reason": decision.get("reason"), "verdict": decision.get("action")}


def _of_shown(shown: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    line_id = next((str(given[name]) for name in _LINE_IDS if given.get(name) not in (None, "")), None)
    field = str(given.get("field") or "")
    line = _fields(shown, field) if line_id is None else _line(shown, line_id, _MAX_DEPTH)
    # What the gate showed counts; what the sender says that it was is taken where the gate showed no such field.
    before = line[field] if line is not None and field in line else given.get("old_value")
    sources = _sources(line) or _sources(shown)
    return {"line_id": line_id, "field": field, "before": before, "after": given.get("new_value"), "sources": sources}


def _fields(shown: Any, field: str) -> Mapping[str, Any] | None:
    """The part of what is shown that has the field of no line."""
    if not isinstance(shown, Mapping):
        return None
    fields = shown.get("fields")
    return fields if isinstance(fields, Mapping) and field in fields else shown


def _line(value: Any, line_id: str, depth: int) -> Mapping[str, Any] | None:
    """The line of that id, however deep it is shown."""
    if depth == 0:
        return None
    if isinstance(value, Mapping):
        if any(str(value.get(name)) == line_id for name in _LINE_IDS if value.get(name) is not None):
            return value
        value = list(value.values())
    if isinstance(value, list):
        return next((found for item in value if (found := _line(item, line_id, depth - 1)) is not None), None)
    return None


def _sources(value: Any) -> list[Json]:
    """The documents that a part of what is shown names, as it names them."""
    if not isinstance(value, Mapping):
        return []
    named = [value[name] for name in _SOURCES if value.get(name)]
    return [one for item in named for one in (item if isinstance(item, list) else [item])]


def _at_row(event: CorrectingEvent) -> Iterator[dict[str, Any]]:
    payload = event.payload
    line = {"ledger": payload.get("ledger"), "line_id": payload.get("row_id"), "sources": _sources(payload)}
    if payload.get("action") == "edit_cell":
        yield line | {"field": payload.get("field"), "before": payload.get("was"), "after": payload.get("value")}
    else:
        yield line | {"field": "status", "before": payload.get("was"), "after": "REJECTED"}


def _outside(event: CorrectingEvent) -> Iterator[dict[str, Any]]:
    payload = event.payload
    was = payload.get("was") or {}
    changes = payload.get("changes") or {}
    for field in sorted(changes.keys() - _FOLLOWS or changes):
        line = {"ledger": payload.get("ledger"), "line_id": payload.get("row_id"), "sources": _sources(payload)}
        yield line | {"field": field, "before": was.get(field), "after": changes[field]}


_OF_TYPE = {
    "gate.closed": _at_gate,
    "row.action": _at_row,
    "ledger.row_edited": _outside,
    "ledger.row_rejected": _outside,
}


def _view(event: CorrectingEvent, number: int, values: dict[str, Any]) -> CorrectionView:
    return CorrectionView(
        id=f"{event.seq}:{number}",
        at=event.at,
        actor=event.actor,
        runbook_slug=event.runbook_slug,
        runbook_version=event.runbook_version,
        entity_slug=event.entity_slug,
        period=event.period,
        task_id=event.task_id,
        run_id=event.run_id,
        gate_id=event.gate_id,
        step_id=event.step_id,
        payload_hash=event.payload_hash,
        verdict=values.get("verdict"),
        reason=values.get("reason"),
        ledger=values.get("ledger"),
        line_id=values["line_id"],
        field=values["field"] or "",
        before=exact(values["before"]),
        after=exact(values["after"]),
        sources=exact(values["sources"]),
    )
