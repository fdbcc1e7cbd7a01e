"""What the observer reads, and what it notes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

OBSERVATION = "observation"
SOURCE = "observer"


class Mode(StrEnum):
    """What a tenant lets the observer do: nothing, its rules, or its rules and a model's remark on what they found."""

    OFF = "off"
    RULES_ONLY = "rules-only"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the log, with the run and the task that it belongs to."""

    seq: int
    task_id: UUID
    run_id: str | None
    type: str
    source: str
    payload: dict[str, Any]
    at: datetime
    runbook_slug: str
    entity_id: UUID
    period: str | None

    @property
    def said(self) -> dict[str, Any]:
        """What a runbook's own event says; empty for others, and for one that was too large to be kept."""
        inner = self.payload.get("payload") if self.source == "runbook" else None
        return inner if isinstance(inner, dict) else {}


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that a person should look at: which rule says so, in words, and what it goes by.

    `key` makes it one: the same observation is noted once, however often it is made.
    """

    rule: str
    key: str
    message: str
    evidence: dict[str, Any]


def mode_of(config: Any) -> Mode:
    """The mode in a tenant's config, `{"observer": {"mode": "off"}}`; rules only where it names none that there is."""
    section = config.get("observer") if isinstance(config, dict) else None
    said = section.get("mode") if isinstance(section, dict) else None
    return next((mode for mode in Mode if mode.value == said), Mode.RULES_ONLY)
