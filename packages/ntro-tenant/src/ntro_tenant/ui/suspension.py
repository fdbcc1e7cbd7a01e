"""An earlier sign-off that no longer stands, and what moved since. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ntro_tenant.ui.values import label_of, text_of


@dataclass(frozen=True, slots=True)
class Move:
    """One figure that was signed and is another one now; a side is empty where there was nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """Who signed before and when, and every figure that moved. `more` counts what is not listed."""

    actor: str | None
    at: datetime | None
    moves: tuple[Move, ...]
    more: int


def suspension_of(config: Mapping[str, Any]) -> Suspension | None:
    """The suspended sign-off that a gate's settings tell of; none where nobody had signed."""
    told = config.get("suspended")
    if not isinstance(told, dict):
        return None
    given = [item for item in told.get("moves") or [] if isinstance(item, dict)]
    at = told.get("acted_at")
    return Suspension(
        actor=told.get("actor"),
        at=datetime.fromisoformat(at) if isinstance(at, str) else None,
        moves=tuple(_move(item) for item in given if item.get("path")),
        more=sum(int(item.get("more") or 0) for item in given),
    )


def _move(item: dict[str, Any]) -> Move:
    label = " / ".join(label_of(part) for part in str(item["path"]).split("."))
    return Move(label=label, before=text_of(item.get("before")), after=text_of(item.get("after")))
