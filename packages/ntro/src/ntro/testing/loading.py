"""Loads runbooks from their folders for tests."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ntro.runbook.bundle import load_bundle

Activity = Callable[..., Any]


def load_runbook(
    directory: str | Path, *, workflow_class: str | None = None, activity_modules: Sequence[str] | None = None
) -> tuple[type, list[Activity]]:
    """The workflow class and the activities of the runbook in `directory`; its slug is the folder's name.

    Raises:
        BundleError: the runbook does not load; the message says which file and why.
    """
    folder = Path(directory)
    modules = ("activities",) if activity_modules is None else tuple(activity_modules)
    bundle = load_bundle(folder, slug=folder.resolve().name, workflow_class=workflow_class, activity_modules=modules)
    return bundle.workflow_class, list(bundle.activities)


def load_runbook_with_children(
    directory: str | Path, *, children_dirs: Sequence[str | Path], workflow_class: str | None = None
) -> tuple[type, list[type], list[Activity]]:
    """Like `load_runbook`, with the runbooks that it dispatches: the class, the children's classes, all activities."""
    cls, activities = load_runbook(directory, workflow_class=workflow_class)
    children: list[type] = []
    for child_dir in children_dirs:
        child, child_activities = load_runbook(child_dir)
        children.append(child)
        activities += child_activities
    return cls, children, activities
