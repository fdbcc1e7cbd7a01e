"""What the engine knows of a decorated class or function."""

from typing import Any

from temporalio import activity, workflow


def workflow_definition(cls: type) -> Any:
    """The engine's definition of a workflow class, none when it is not decorated."""
    return workflow._Definition.from_class(cls)  # noqa: SLF001 - the engine has no public way to ask


def workflow_type(cls: type) -> str:
    """The workflow type that `cls` is registered under.

    Raises:
        TypeError: the class is not decorated.
    """
    definition = workflow_definition(cls)
    if definition is None or definition.name is None:
        raise TypeError(f"{cls.__name__} is no workflow: decorate it with workflow.defn or runbook.defn")
    return str(definition.name)


def activity_name(fn: Any) -> str | None:
    """The activity name of `fn`, none when it is not decorated."""
    definition = activity._Definition.from_callable(fn)  # noqa: SLF001 - the engine has no public way to ask
    return None if definition is None else definition.name
