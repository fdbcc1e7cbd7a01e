"""Writes `runbook.md`."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ntro.runbook._scaffold.steps import Step

_WIDTH = 120
_TEMPLATES = {
    "templates/__init__.py": "Makes the templates a package.",
    "templates/workflow.py": "The order of the steps and the gates.",
    "templates/activities.py": "What is read and written.",
    "templates/models.py": "Context, what steps hand on, outcome.",
}
_BODY = """
# {name}

## When to use

Say here for which work this runbook is, and when.

## What happens

{steps}

## Edge cases

- *Rejected*: the run ends as `rejected` and says at which step and why.
- *Corrected*: corrections are kept and shown again before they count.
"""


def runbook_md(slug: str, given: Mapping[str, Any], steps: Sequence[Step], body: str) -> str:
    """The document: what was given, completed."""
    name = given.get("name") or slug.replace("-", " ").capitalize()
    fields = {
        "id": f"rb-{slug}",
        "slug": slug,
        "name": name,
        "description": given.get("description") or f"{name}, step by step.",
        "version": "0.1.0",
        "state": "DRAFT",
        "author": "somebody",
    }
    said = {key: value for key, value in given.items() if value not in (None, "") and key not in ("id", "slug")}
    fields |= {key: str(value) if key == "version" else value for key, value in said.items()}
    fields["steps"] = [
        _described(step, original) for step, original in zip(steps, _originals(given, steps), strict=True)
    ]
    fields["templates"] = _templates(given)
    front = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=_WIDTH)
    listed = "\n".join(f"{number}. {step.description}" for number, step in enumerate(steps, start=1))
    return f"---\n{front}---\n" + (body if body.strip() else _BODY.format(name=name, steps=listed))


def _originals(given: Mapping[str, Any], steps: Sequence[Step]) -> list[Mapping[str, Any]]:
    return list(given["steps"]) if given.get("steps") else [{} for _ in steps]


def _described(step: Step, original: Mapping[str, Any]) -> dict[str, Any]:
    known = {"id": step.id, "label": step.title, "component": step.component, "description": step.description}
    return known | {key: value for key, value in original.items() if key not in known}


def _templates(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = given.get("templates")
    own = [dict(item) for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    named = {item.get("path") for item in own}
    return own + [{"path": path, "description": text} for path, text in _TEMPLATES.items() if path not in named]
