"""From a row to what the wire shows: camelCase names, ids and times as text."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from pydantic.alias_generators import to_camel

from ntro.workspace.models import Answer

AnswerT = TypeVar("AnswerT", bound=Answer)


def to_answer(model: type[AnswerT], row: Mapping[str, Any], **extra: Any) -> AnswerT:
    """`row` as an answer; `extra` are further members under their wire names."""
    return model.model_validate({to_camel(name): wire_value(value) for name, value in row.items()} | extra)


def wire_value(value: Any) -> Any:
    """`value` as JSON has it. Numbers of a stored config come back as numbers; they are never money."""
    match value:
        case UUID():
            return str(value)
        case datetime():
            return iso(value)
        case Decimal():
            return float(value)
        case dict():
            return {name: wire_value(item) for name, item in value.items()}
        case list():
            return [wire_value(item) for item in value]
        case _:
            return value


def iso(moment: datetime) -> str:
    """Aware UTC as ISO 8601 with a `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
