"""How a cell is, judged from what Workspace knows of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ntro_workspace.console import formats

PATIENCE = timedelta(minutes=2)
"""How long a command may lie or a run be queued before it is said."""


@dataclass(frozen=True, slots=True)
class Health:
    """`state` gives the colour; `advice` what to do, where there is something."""

    state: str
    text: str
    advice: str = ""


def health_of(cell: Mapping[str, Any], now: datetime | None = None) -> Health:
    """The health of a row of cells.

    A cell that has nothing to tell keeps silent, so silence alone is no illness.
    """
    latest = (now or datetime.now(UTC)) - PATIENCE
    if cell["status"] == "REQUESTED":
        return Health("READY", "Waits for its cell", "ntro up")
    if cell["status"] != "ACTIVE":
        advice = "ntro logs" if cell["status"] == "FAILED" else ""
        return Health(formats.tone(cell["status"]), formats.word(cell["status"]), advice)
    if cell["oldest_command"] is not None and cell["oldest_command"] < latest:
        return Health("FAILED", "Commands wait for Temporal", "ntro status")
    if cell["oldest_queued"] is not None and cell["oldest_queued"] < latest:
        return Health("FAILED", "Takes no commands", "ntro status")
    if cell["last_contact"] is None:
        return Health("READY", "Not heard of yet")
    return Health("COMPLETED", "Working")
