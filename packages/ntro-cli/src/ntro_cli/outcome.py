"""How a run ended, as an exit code."""

from typing import Protocol

import typer

from ntro_cli.errors import ExitCode

_REJECTED = "reject"


class Closed(Protocol):
    """What Workspace and cell both say of a closed task."""

    @property
    def status(self) -> str:
        """COMPLETED or FAILED."""


def leave_with(task: Closed, *, failure_type: str | None, rejected: bool = False) -> None:
    """Ends the command with the code of the run's end; returns where the run completed.

    A failed run counts as rejected by a person where its last decision was a rejection, or its failure is named so.
    """
    if task.status != "FAILED":
        return
    by_person = rejected or _REJECTED in (failure_type or "").lower()
    raise typer.Exit(ExitCode.REJECTED if by_person else ExitCode.FAILED)
