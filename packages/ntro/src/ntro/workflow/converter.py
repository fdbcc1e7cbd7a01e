"""Values of runs as JSON. One that a run or an activity cannot read fails it with the reason in words."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter, pydantic_data_converter
from temporalio.exceptions import ApplicationError

from ntro.types.validation import in_words

INVALID_INPUT = "InvalidInput"
"""Type of the failure where a value is not what was promised, such as a run's context."""


class RunPayloadConverter(PydanticPayloadConverter):
    """Pydantic's JSON."""

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """The values.

        Raises:
            ApplicationError: of type `InvalidInput`: a value does not fit its type; trying again cannot help.
        """
        try:
            return super().from_payloads(payloads, type_hints)
        except ValidationError as error:
            message = f"{error.title} cannot be read: {in_words(error)}."
            raise ApplicationError(message, type=INVALID_INPUT, non_retryable=True) from error


run_data_converter = dataclasses.replace(pydantic_data_converter, payload_converter_class=RunPayloadConverter)
"""The converter of runs, without encryption."""
