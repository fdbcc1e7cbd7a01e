"""What the flows do outside workflow code."""

from ntro.workflow import WorkflowError, activity

__all__ = ["add", "refuse"]


@activity.defn(name="flows.add")
async def add(first: int, second: int | None) -> int:
    """A sum."""
    return first + (second or 0)


@activity.defn(name="flows.refuse")
async def refuse(number: int) -> int:
    """A failure that trying again cannot help."""
    raise WorkflowError(f"{number} is refused", type="Refused", non_retryable=True)
