"""Fields with a closed set of values: what the model wrote is one of them, or it is taken out and shown to a person."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from ntro.capabilities.ai.models import ExtractionIssue, ExtractionResult

FieldEnums = Mapping[str, Sequence[Mapping[str, Any] | str]]
"""Dotted path to the values that may stand there: `slug` (or `value`) and `hint` (or `description`), or plain text."""

_ROWS, _FIELDS = "line_items", "fields"


@dataclass(frozen=True, slots=True)
class Option:
    """One value that a field may have, and when it is meant."""

    slug: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    holder: MutableMapping[str, Any]
    key: str
    path: str


def options_of(field_enums: FieldEnums) -> dict[str, tuple[Option, ...]]:
    """The options of each path.

    Raises:
        ValueError: a path has no options, or an option no value.
    """
    return {path: _options(path, given) for path, given in field_enums.items()}


def enforce(result: ExtractionResult, field_enums: FieldEnums) -> ExtractionResult:
    """`result` with only allowed values at the paths of `field_enums`.

    A value that differs in case, spaces or hyphens alone becomes the allowed one, with an issue that says so. Any other
    becomes None, with no confidence and an issue that holds what the model wrote.

    Args:
        result: an extraction; it is not changed.
        field_enums: the allowed values. A path begins with `fields.` or `line_items.`; one that begins with neither
            is of the fields, and of the rows where the fields have no such place.
    """
    found = result.model_copy(deep=True)
    for path, options in options_of(field_enums).items():
        for place in _places(found, path):
            _hold(found, place, options)
    return found


def _options(path: str, given: Sequence[Mapping[str, Any] | str]) -> tuple[Option, ...]:
    if not path or isinstance(given, str) or not given:
        raise ValueError(f"the field {path!r} needs a list of the values that it may have")
    options = []
    for option in given:
        values = {"slug": option} if isinstance(option, str) else option
        slug, hint = values.get("slug", values.get("value")), values.get("hint", values.get("description"))
        if slug is None or slug == "":
            raise ValueError(f"a value of the field {path!r} has no slug")
        options.append(Option(str(slug), str(hint or "")))
    return tuple(options)


def _places(result: ExtractionResult, path: str) -> list[_Place]:
    first, _, rest = path.replace("[]", "").partition(".")
    if first == _ROWS and rest:
        return list(_within(result.line_items, rest.split("."), _ROWS))
    if first == _FIELDS and rest:
        return list(_within(result.fields, rest.split("."), _FIELDS))
    parts = path.replace("[]", "").split(".")
    in_fields = list(_within(result.fields, parts, _FIELDS))
    return in_fields or list(_within(result.line_items, parts, _ROWS))


def _within(value: Any, parts: list[str], path: str) -> Iterator[_Place]:
    """The places below `value`, through every element of a list on the way."""
    if isinstance(value, list):
        for number, element in enumerate(value):
            yield from _within(element, parts, f"{path}.{number}")
    elif isinstance(value, dict) and parts[0] in value:
        here = f"{path}.{parts[0]}"
        if len(parts) == 1:
            yield _Place(value, parts[0], here)
        else:
            yield from _within(value[parts[0]], parts[1:], here)


def _hold(result: ExtractionResult, place: _Place, options: tuple[Option, ...]) -> None:
    value = place.holder[place.key]
    if value is None or any(value == option.slug for option in options):
        return
    meant = {option.slug for option in options if _folded(option.slug) == _folded(value)}
    if len(meant) == 1:
        slug = meant.pop()
        place.holder[place.key] = slug
        message = f"it was read as {slug}"
        result.issues.append(ExtractionIssue(code="repaired_enum", path=place.path, message=message, value=value))
        return
    place.holder[place.key] = None
    allowed = ", ".join(option.slug for option in options)
    result.issues.append(
        ExtractionIssue(code="not_in_enum", path=place.path, message=f"it is none of {allowed}", value=value)
    )
    result.confidence_scores[place.path] = 0.0
    result.confidence_scores[place.path.removeprefix(f"{_FIELDS}.")] = 0.0


def _folded(value: Any) -> str:
    return "".join(character for character in str(value).casefold() if character.isalnum())
