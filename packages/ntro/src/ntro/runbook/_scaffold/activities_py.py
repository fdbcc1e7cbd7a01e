"""Writes `templates/activities.py`."""

from collections.abc import Sequence

from ntro.runbook._scaffold.names import snake
from ntro.runbook._scaffold.steps import Step
from ntro.runbook._scaffold.text import docstring, literal

_HEAD = '"""What {slug} reads and writes. Each activity stands for one step; fill it in."""\n'
_NONE = _HEAD + "\n__all__: list[str] = []\n"
_IMPORTS = """
from ntro.workflow import activity

from .models import StepInput, StepResult

__all__ = [{names}]
"""
_ACTIVITY = """

@activity.defn(name="{snake}.{activity}")
async def {activity}(given: StepInput) -> StepResult:
    {docstring}
    return StepResult(step={step}, summary=f"{{given.context.period}}: {{len(given.documents)}} documents")
"""


def activities_py(slug: str, steps: Sequence[Step]) -> str:
    """The module."""
    work = [step for step in steps if step.kind == "work"]
    if not work:
        return _NONE.format(slug=slug)
    names = sorted(step.activity for step in work)
    line = ", ".join(literal(name) for name in names)
    listed = line if len(line) < 105 else "\n" + "".join(f"    {literal(name)},\n" for name in names)
    body = "".join(
        _ACTIVITY.format(
            snake=snake(slug), activity=step.activity, docstring=docstring(step.description), step=literal(step.id)
        )
        for step in work
    )
    return _HEAD.format(slug=slug) + _IMPORTS.format(names=listed) + body
