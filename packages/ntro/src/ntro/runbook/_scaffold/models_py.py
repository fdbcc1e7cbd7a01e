"""Writes `templates/models.py`."""

from collections.abc import Sequence

from ntro.runbook._scaffold.fields import Field
from ntro.runbook._scaffold.names import camel, snake

_MODELS = '''\
"""What {slug} is given, what its steps hand on, and what it leaves behind."""

{imports}
from pydantic import BaseModel, ConfigDict

from ntro.events import ObservableResult
from ntro.types import Period


class {camel}Context(BaseModel):
    """The entity and the period, and the entity's configuration."""

    model_config = ConfigDict(extra="ignore")

    tenant_slug: str
    entity_slug: str
    period: Period
{fields}

class Submission(BaseModel):
    """A document that was submitted for this run."""

    model_config = ConfigDict(extra="ignore")

    document_ref: str
    source: str = ""
    filename: str = ""


class StepResult(ObservableResult):
    """What a step found. Give it the fields that later steps and the reviewer need."""

    class ObserverMeta:
        event_type = "{snake}.step"

    step: str
    summary: str = ""


class StepInput(BaseModel):
    """What a step works with: everything that came before it."""

    context: {camel}Context
    documents: list[Submission]
    results: list[StepResult]
    corrections: list[dict[str, Any]]


class {camel}Outcome(ObservableResult):
    """What the run leaves behind. `rejected_at` is the step at which a person said no."""

    class ObserverMeta:
        event_type = "{snake}.ended"

    status: Literal["completed", "rejected"]
    period: str
    results: list[StepResult] = []
    rejected_at: str | None = None
    reason: str | None = None
'''


def models_py(slug: str, fields: Sequence[Field]) -> str:
    """The module."""
    decimal = any("Decimal" in field.line for field in fields)
    return _MODELS.format(
        slug=slug,
        camel=camel(slug),
        snake=snake(slug),
        imports=("from decimal import Decimal\n" if decimal else "") + "from typing import Any, Literal\n",
        fields="".join(f"{_above(field)}{field.line}\n" for field in _in_order(fields)),
    )


def _in_order(fields: Sequence[Field]) -> list[Field]:
    return sorted(fields, key=lambda field: field.default is not None)


def _above(field: Field) -> str:
    return f"    # {field.description}\n" if field.description and len(field.description) < 110 else ""
