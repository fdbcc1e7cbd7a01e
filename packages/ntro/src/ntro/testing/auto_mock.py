"""Values made from annotations: for mocked activities and example inputs."""

import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import annotated_types
from pydantic import BaseModel, PydanticSchemaGenerationError, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

_PLAIN: dict[Any, Any] = {
    str: "auto-mock",
    int: 0,
    float: 0.0,
    bool: True,
    bytes: b"",
    Decimal: Decimal(0),
    UUID: UUID(int=0),
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    time: time(0, 0),
    timedelta: timedelta(0),
    Path: Path("auto-mock"),
    Any: None,
    object: None,
    None: None,
    type(None): None,
}
_being_made: ContextVar[frozenset[Any]] = ContextVar("ntro_examples", default=frozenset())
_TEXTS = ("auto-mock", "2026-01", "2026-01-01", "GBP", "a", "AAA", "0", "1", "00", "000", "0000", "a@example.com")


class MockUnavailable(Exception):
    """No value can be made for an annotation; give the activity or the input yourself."""


def generate_fake(annotation: Any) -> Any:
    """A value that `annotation` accepts.

    Raises:
        MockUnavailable: none of the values known here is accepted.
    """
    value = _fake(annotation)
    if annotation in (None, Any, object):
        return value
    try:
        return TypeAdapter(annotation).validate_python(value)
    except ValidationError as error:
        raise MockUnavailable(f"no example is known for {annotation}: {error.errors()[0]['msg']}") from error


def _fake(annotation: Any) -> Any:
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin = get_origin(annotation) or annotation
    if origin is Annotated:
        return _constrained(annotation)
    if origin is Literal:
        return get_args(annotation)[0]
    if origin in (Union, types.UnionType):
        return _first_possible(get_args(annotation))
    if origin in _CONTAINERS:
        return _CONTAINERS[origin](get_args(annotation))
    return _of_class(annotation)


def _list_of(items: tuple[Any, ...]) -> list[Any]:
    if items and items[0] in _being_made.get():
        return []
    return [_fake(item) for item in items[:1]]


def _tuple_of(items: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_fake(item) for item in items if item is not Ellipsis)


def _empty_mapping(_items: tuple[Any, ...]) -> dict[Any, Any]:
    return {}


_CONTAINERS: dict[Any, Callable[[tuple[Any, ...]], Any]] = {
    **dict.fromkeys((list, Sequence, set, frozenset), _list_of),
    **dict.fromkeys((dict, Mapping), _empty_mapping),
    tuple: _tuple_of,
}


def _of_class(cls: Any) -> Any:
    if not isinstance(cls, type):
        raise MockUnavailable(f"no example is known for {cls}")
    if issubclass(cls, enum.Enum):
        return next(iter(cls))
    if issubclass(cls, BaseModel):
        return _of_model(cls)
    if dataclasses.is_dataclass(cls):
        hints = typing.get_type_hints(cls, include_extras=True)
        needed = [field for field in dataclasses.fields(cls) if _is_needed(field)]
        return cls(**{field.name: _fake(hints[field.name]) for field in needed})
    return _accepted(cls, list(_PLAIN.values()))


def _of_model(cls: type[BaseModel]) -> dict[str, Any]:
    if cls in _being_made.get():
        raise MockUnavailable(f"an example of {cls.__name__} would hold another one, without end")
    outer = _being_made.set(_being_made.get() | {cls})
    try:
        # Annotations that are text, or name what is defined later, are resolved now.
        cls.model_rebuild(raise_errors=False)
        return {
            field.alias or name: _of_field(field) for name, field in cls.model_fields.items() if field.is_required()
        }
    finally:
        _being_made.reset(outer)


def _is_needed(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _of_field(field: FieldInfo) -> Any:
    return _fake(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)


def _first_possible(annotations: Sequence[Any]) -> Any:
    for annotation in annotations:
        try:
            return _fake(annotation)
        except MockUnavailable:
            continue
    raise MockUnavailable(f"no example is known for any of {annotations}")


def _constrained(annotation: Any) -> Any:
    """The first of the known values that the constraints accept."""
    base, *metadata = get_args(annotation)
    constraints = [part for item in metadata for part in (item.metadata if isinstance(item, FieldInfo) else [item])]
    return _accepted(annotation, _candidates(base, constraints))


def _accepted(annotation: Any, candidates: Sequence[Any]) -> Any:
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    except PydanticSchemaGenerationError as error:
        raise MockUnavailable(f"no example is known for {annotation}") from error
    for value in candidates:
        try:
            adapter.validate_python(value)
        except ValidationError:
            continue
        return value
    raise MockUnavailable(f"no example is known for {annotation}")


def _candidates(base: Any, constraints: Sequence[Any]) -> list[Any]:
    first = _fake(base)
    if isinstance(first, str):
        lengths = [item.min_length for item in constraints if isinstance(item, annotated_types.MinLen)]
        return [first, *_TEXTS, *("a" * length for length in lengths)]
    if isinstance(first, list):
        return [first, [], *(first * count for count in range(2, 11))]
    if isinstance(first, int | float | Decimal) and not isinstance(first, bool):
        kind = type(first)
        bounds = [
            getattr(item, name) for item in constraints for name in ("gt", "ge", "lt", "le") if hasattr(item, name)
        ]
        near = [kind(bound + step) for bound in bounds if bound is not None for step in (0, 1, -1)]
        return [first, kind(1), *near]
    return [first]
