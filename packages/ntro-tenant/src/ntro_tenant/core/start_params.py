"""The values that a person gives when starting a workflow, read from a runbook's configuration schema. Pure."""

from typing import Any

from ntro_tenant.core.views import StartParam


def start_params(config_schema: dict[str, Any]) -> list[StartParam]:
    """The parameters of the schema's `global` part.

    The part is a JSON schema with `properties`, or the properties themselves by key. A parameter without a default
    is required.
    """
    section = config_schema.get("global")
    if not isinstance(section, dict):
        return []
    properties = section.get("properties", section)
    if not isinstance(properties, dict):
        return []
    return [_param(key, field) for key, field in properties.items() if isinstance(field, dict)]


def _param(key: str, field: dict[str, Any]) -> StartParam:
    choices = field.get("enum")
    return StartParam(
        key=key,
        type=_text(field.get("type")) or "string",
        description=_text(field.get("description")),
        pattern=_text(field.get("pattern")),
        enum=choices if isinstance(choices, list) else None,
        default=field.get("default"),
        required="default" not in field,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
