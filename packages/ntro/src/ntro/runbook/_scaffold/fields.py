"""The fields of a run's context that a configuration schema asks for."""

import json
import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ntro.runbook._scaffold.errors import ScaffoldError
from ntro.runbook._scaffold.text import literal

OWN = ("tenant_slug", "entity_slug", "period")
_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "Decimal",
    "boolean": "bool",
    "array": "list[Any]",
    "object": "dict[str, Any]",
}
_EXAMPLES: dict[str, Any] = {
    "str": "example",
    "int": 1,
    "Decimal": "1",
    "bool": True,
    "list[Any]": [],
    "dict[str, Any]": {},
    "Any": None,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its annotation and default as code, and an example where it has to be given."""

    name: str
    annotation: str
    default: str | None
    description: str
    example: Any

    @property
    def line(self) -> str:
        """Its line of the class body."""
        return f"    {self.name}: {self.annotation}" + (f" = {self.default}" if self.default is not None else "")


def read_fields(schema: Any) -> list[Field]:
    """The fields of `config_schema`, but those that every run has.

    Raises:
        ScaffoldError: a name cannot be a field.
    """
    if not isinstance(schema, Mapping):
        return []
    found = schema.get("global") or schema
    properties = found.get("properties", found) if isinstance(found, Mapping) else {}
    required = found.get("required", ()) if "properties" in found else ()
    return [
        _field(str(name), said, is_required=name in required)
        for name, said in properties.items()
        if name not in OWN and isinstance(said, Mapping)
    ]


def _field(name: str, said: Mapping[str, Any], *, is_required: bool) -> Field:
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith(("_", "model_")):
        raise ScaffoldError("INVALID_CONFIG_SCHEMA", f"config_schema names {name!r}, which is no name for a field.")
    annotation = _annotation(said)
    must = is_required or said.get("required") is True
    if "default" in said and said["default"] is not None:
        return Field(name, annotation, _default(annotation, said["default"]), _described(said), None)
    if not must:
        return Field(name, f"{annotation} | None", "None", _described(said), None)
    choices = said.get("enum")
    example = choices[0] if isinstance(choices, list) and choices else _EXAMPLES[annotation]
    return Field(name, annotation, None, _described(said), example)


def _annotation(said: Mapping[str, Any]) -> str:
    choices = said.get("enum")
    if isinstance(choices, list) and choices and all(isinstance(item, str) for item in choices):
        return f"Literal[{', '.join(literal(item) for item in choices)}]"
    kind = said.get("type")
    return _TYPES.get(kind if isinstance(kind, str) else "", "Any")


def _default(annotation: str, value: Any) -> str:
    if annotation == "Decimal":
        return f'Decimal("{value}")'
    if isinstance(value, str):
        return literal(value)
    # Lists and mappings of JSON are Python, but for its three words.
    return repr(value) if not isinstance(value, (list, dict)) else _python(value)


def _python(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(str(key))}: {_python(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_python(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _described(said: Mapping[str, Any]) -> str:
    text = said.get("description")
    return " ".join(text.split()) if isinstance(text, str) else ""
