"""Marks methods of a runbook as steps that people see."""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from ntro.workflow._steps import STEP_MARK, Steps

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Steps)
StepMethod = Callable[Concatenate[S, P], Awaitable[R]]


class UIComponent(StrEnum):
    """Components that the Tenant UI can render at a gate."""

    LOADING = "LOADING"
    FILE_UPLOAD = "FILE_UPLOAD"
    MULTI_FILE_UPLOAD = "MULTI_FILE_UPLOAD"
    DATA_TABLE = "DATA_TABLE"
    SUMMARY = "SUMMARY"
    APPROVAL_FORM = "APPROVAL_FORM"
    REPORT_PREVIEW = "REPORT_PREVIEW"

    @property
    def is_interactive(self) -> bool:
        """Whether a person has to do something there."""
        return self in _INTERACTIVE


_INTERACTIVE = frozenset(
    {UIComponent.FILE_UPLOAD, UIComponent.MULTI_FILE_UPLOAD, UIComponent.DATA_TABLE, UIComponent.APPROVAL_FORM}
)


def ui_step(
    *, name: str, title: str, icon: str | None = None, config: dict[str, Any] | None = None
) -> Callable[[StepMethod[S, P, R]], Callable[Concatenate[S, P], Coroutine[Any, Any, R]]]:
    """A step of the run. The order of the class body is the order in the breadcrumb.

    Args:
        name: stable id of the step; part of child ids, so without colons.
        title: what people read.
        icon: a Lucide icon name.
        config: free settings of the step's page.

    Raises:
        ValueError: the name is empty or holds a colon.
    """
    if not name or ":" in name:
        raise ValueError(f"step name {name!r}: a step needs a name without colons, it becomes part of child ids")
    mark = {"name": name, "title": title, "icon": icon, "config": config}

    def decorate(method: StepMethod[S, P, R]) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
        @functools.wraps(method)
        async def step(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
            with self._step(name, title=title, icon=icon) as visit:
                result = await method(self, *args, **kwargs)
                visit.result = result
            return result

        setattr(step, STEP_MARK, mark)
        return cast("Callable[Concatenate[S, P], Coroutine[Any, Any, R]]", step)

    return decorate
