"""What all bodies of the Workspace API share.

Attribute names are the names on the wire: the published clients read `answer.orgId`, `answer.latencyMs`.
Answers ignore members they do not know and take an unknown state as text, so that an older client reads a newer
server. Requests are strict: no unknown member, no silent conversion, nothing that cannot be stored.
"""

import json
import math
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_snake

MAX_DEPTH = 32
MAX_TEXT = 200
MAX_LONG_TEXT = 10_000


def _check_storable(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"the body is nested deeper than {MAX_DEPTH} levels")
    match value:
        case str():
            if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
                raise ValueError("the body holds a character that cannot be stored (NUL or half a surrogate pair)")
        case float():
            if not math.isfinite(value):
                raise ValueError("the body holds a number that is not finite")
        case dict():
            for key, item in value.items():
                _check_storable(key, depth + 1)
                _check_storable(item, depth + 1)
        case list():
            for item in value:
                _check_storable(item, depth + 1)
        case _:
            return


def _read_object(value: Any) -> Any:
    """Published clients send some objects as JSON text; both are taken."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError("expected an object or the JSON text of one") from error
    _check_storable(found)
    return found


JsonObject = Annotated[dict[str, Any], BeforeValidator(_read_object)]
"""A JSON object; its JSON text is taken too."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$")]
"""Lower-case letters, digits and inner hyphens, at most 48."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]
"""A name for people: not blank, at most 200 characters."""

Reference = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
"""An id, a slug or (for a workflow) a name."""

Text = Annotated[str, StringConstraints(max_length=MAX_LONG_TEXT)]
"""Prose of at most 10 000 characters."""

_BOTH_SPELLINGS = AliasGenerator(validation_alias=lambda name: AliasChoices(name, to_snake(name)))


class Answer(BaseModel):
    """Base of what Workspace answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Request(BaseModel):
    """Base of what clients send; `camelCase` is canonical, `snake_case` is taken too."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=_BOTH_SPELLINGS, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        _check_storable(value)
        return value


def open_enum(*values: str) -> WithJsonSchema:
    """Documents the values of a text member without refusing a later one."""
    return WithJsonSchema({"type": "string", "enum": list(values)})
