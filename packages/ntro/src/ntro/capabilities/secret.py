"""A secret that is text: clients take it as it is, and no `repr`, log of a model or JSON of it shows what it holds."""

from typing import Any

from pydantic import GetCoreSchemaHandler, SecretStr
from pydantic_core import CoreSchema, core_schema

_MASK = "**********"


class Secret(str):
    """Text whose `repr` and whose JSON are a mask.

    Runbooks hand credentials of the configuration to clients that want a `str`, so it is one: `str(secret)`, formatting
    and comparison see the value. What prints objects (tracebacks, `repr` of the configuration, logs of it) does not.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Secret('{_MASK if self else ''}')"

    def get_secret_value(self) -> str:
        """The value as plain text."""
        return str.__str__(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Taken from text or another kind of secret; written as a mask."""
        return core_schema.no_info_before_validator_function(
            _revealed,
            core_schema.no_info_after_validator_function(cls, core_schema.str_schema()),
            serialization=core_schema.plain_serializer_function_ser_schema(_masked, when_used="json"),
        )


def _revealed(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr | Secret) else value


def _masked(value: Any) -> str:
    return _MASK if value else ""
