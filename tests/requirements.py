"""What is promised, where it is said, and which tests show it; the promises are in `tests/manifest`, by subject."""

from manifest import (
    agents,
    better_data,
    better_doors,
    better_runs,
    books,
    capabilities,
    cell,
    command_line,
    compatibility,
    data,
    gates,
    mcp,
    models,
    runbooks,
    seeds,
    stack,
    testing,
    workflow,
    workspace,
)
from manifest.requirement import Requirement

__all__ = ["REQUIREMENTS", "Requirement"]

REQUIREMENTS: tuple[Requirement, ...] = (
    *stack.REQUIREMENTS,
    *workspace.REQUIREMENTS,
    *cell.REQUIREMENTS,
    *workflow.REQUIREMENTS,
    *gates.REQUIREMENTS,
    *data.REQUIREMENTS,
    *books.REQUIREMENTS,
    *capabilities.REQUIREMENTS,
    *models.REQUIREMENTS,
    *testing.REQUIREMENTS,
    *agents.REQUIREMENTS,
    *mcp.REQUIREMENTS,
    *command_line.REQUIREMENTS,
    *runbooks.REQUIREMENTS,
    *seeds.REQUIREMENTS,
    *better_runs.REQUIREMENTS,
    *better_data.REQUIREMENTS,
    *better_doors.REQUIREMENTS,
    *compatibility.REQUIREMENTS,
)
