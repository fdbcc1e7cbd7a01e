"""What a review gate shows, taken from its payload and display hint, and the corrections a form makes of it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ntro_tenant.core.views import GateView

_AMOUNT = re.compile(r"^[+-]?\d+(\.\d+)?$")
_TEXTUAL = ("id", "code", "date", "name", "number", "account", "reference", "iban", "unit", "period", "description")
_CORRECTABLE_HINTS = frozenset({"review_extraction", "review_journals"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. `input` names its form field where a person may correct it."""

    text: str
    is_amount: bool
    input: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    editable: bool


@dataclass(frozen=True, slots=True)
class Table:
    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value of the document or of the run."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a reviewer sees at one gate, in the order in which it is shown."""

    summary: str
    issues: tuple[dict[str, Any], ...]
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    checks: tuple[dict[str, Any], ...]
    correctable: bool


def review_of(gate: GateView) -> Review:
    """The review that `gate` asks for."""
    payload = gate.payload if isinstance(gate.payload, dict) else {}
    correctable = _config(gate).get("type") in _CORRECTABLE_HINTS
    return Review(
        summary=str(payload.get("summary") or ""),
        issues=tuple(item for item in payload.get("issues") or () if isinstance(item, dict)),
        facts=_facts(payload, correctable=correctable),
        tables=tuple(_table(payload, dataset, correctable=correctable) for dataset in _datasets(gate, payload)),
        checks=_checks(gate, payload),
        correctable=correctable,
    )


def facts_of(result: Any) -> tuple[Fact, ...]:
    """The plain values of a run's result."""
    return _facts(result, correctable=False) if isinstance(result, dict) else ()


def corrections_of(gate: GateView, form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The values of `form` that differ from what `gate` shows, as corrections by line and field."""
    payload = gate.payload if isinstance(gate.payload, dict) else {}
    found = []
    for name, new in form.items():
        old, line_id = _shown(payload, name)
        if old is None or new.strip() == text_of(old[0]):
            continue
        field = name.rsplit(":", 1)[1]
        ids = {"line_item_id": line_id, "expense_id": line_id, "id": line_id}
        found.append({**ids, "field": field, "old_value": old[0], "new_value": new.strip() or None})
    return found


def text_of(value: Any) -> str:
    """A value as a person reads it; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text_of(item) for item in value)
    return str(value)


def grouped(text: str) -> str:
    """An amount with its thousands grouped; other text as it is."""
    if not _AMOUNT.match(text):
        return text
    sign = "-" if text.startswith("-") else ""
    whole, _, rest = text.lstrip("+-").partition(".")
    return f"{sign}{int(whole):,}" + (f".{rest}" if rest else "")


def label_of(key: str) -> str:
    """A field's name in words."""
    return key.replace("_", " ").strip().capitalize()


def _config(gate: GateView) -> dict[str, Any]:
    found = gate.display_hint.get("config")
    return found if isinstance(found, dict) else {}


def _datasets(gate: GateView, payload: dict[str, Any]) -> list[dict[str, Any]]:
    given = _config(gate).get("datasets")
    named = given if isinstance(given, list) else [{"data_key": key} for key in payload]
    return [item for item in named if isinstance(item, dict) and _rows(payload, item)]


def _rows(payload: dict[str, Any], dataset: dict[str, Any]) -> list[dict[str, Any]]:
    rows = payload.get(str(dataset.get("data_key")))
    if dataset.get("data_key") in {"issues", "checks"} or not isinstance(rows, list):
        return []
    return [row for row in rows if isinstance(row, dict)]


def _table(payload: dict[str, Any], dataset: dict[str, Any], *, correctable: bool) -> Table:
    key = str(dataset["data_key"])
    rows = _rows(payload, dataset)
    columns = _columns(dataset, rows, correctable=correctable)
    body = tuple(
        tuple(
            _cell(column.key, row.get(column.key), f"cell:{key}:{number}:{column.key}" if column.editable else None)
            for column in columns
        )
        for number, row in enumerate(rows)
    )
    return Table(str(dataset.get("label") or label_of(key)), columns, body)


def _columns(dataset: dict[str, Any], rows: list[dict[str, Any]], *, correctable: bool) -> tuple[Column, ...]:
    given = dataset.get("columns")
    if isinstance(given, list) and given:
        return tuple(
            Column(str(item["key"]), str(item.get("label") or label_of(str(item["key"]))), bool(item.get("editable")))
            for item in given
        )
    keys = dict.fromkeys(
        key for row in rows for key, value in row.items() if key != "id" and not isinstance(value, dict | list)
    )
    return tuple(Column(key, label_of(key), correctable) for key in keys)


def _facts(payload: dict[str, Any], *, correctable: bool) -> tuple[Fact, ...]:
    fields = payload.get("fields")
    own = fields if isinstance(fields, dict) else {}
    plain = {
        key: value
        for key, value in payload.items()
        if not isinstance(value, dict | list) and key not in {"summary", "document_ref"}
    }
    return (
        *(Fact(label_of(key), _cell(key, value, None)) for key, value in plain.items() if value not in (None, "")),
        *(
            Fact(label_of(key), _cell(key, value, f"field:{key}" if correctable else None))
            for key, value in own.items()
            if not isinstance(value, dict | list)
        ),
    )


def _checks(gate: GateView, payload: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    given = gate.checks if isinstance(gate.checks, dict) else payload.get("checks")
    items = given.get("items") if isinstance(given, dict) else given
    return tuple(item for item in items or () if isinstance(item, dict))


def _cell(key: str, value: Any, name: str | None) -> Cell:
    text = text_of(value)
    return Cell(text, bool(_AMOUNT.match(text)) and not any(word in key for word in _TEXTUAL), name)


def _shown(payload: dict[str, Any], name: str) -> tuple[tuple[Any] | None, str | None]:
    """What the form field `name` showed, in a tuple, and the id of its line; none where there is no such field."""
    match name.split(":"):
        case ["field", key] if isinstance(payload.get("fields"), dict) and key in payload["fields"]:
            return (payload["fields"][key],), None
        case ["cell", table, number, key] if number.isdecimal():
            rows = _rows(payload, {"data_key": table})
            if int(number) < len(rows):
                row = rows[int(number)]
                return (row.get(key),), str(row.get("id") or "")
    return None, None
