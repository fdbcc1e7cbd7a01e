"""A new runbook: a complete bundle that is valid and passes its own tests, made from a slug or from a definition."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ntro.runbook._scaffold.activities_py import activities_py
from ntro.runbook._scaffold.errors import ScaffoldError
from ntro.runbook._scaffold.fields import read_fields
from ntro.runbook._scaffold.models_py import models_py
from ntro.runbook._scaffold.names import checked_slug, snake
from ntro.runbook._scaffold.runbook_md import runbook_md
from ntro.runbook._scaffold.steps import USUAL, read_steps
from ntro.runbook._scaffold.tests_py import input_json, scenarios_py, test_py
from ntro.runbook._scaffold.text import docstring
from ntro.runbook._scaffold.workflow_py import workflow_py
from ntro.runbook.frontmatter import FrontMatterError, RunbookDocument, parse_frontmatter

__all__ = ["ScaffoldError", "scaffold_runbook", "write_scaffold"]


def scaffold_runbook(slug: str, *, definition: str | None = None) -> dict[str, str]:
    """The files of a new runbook: path inside the bundle, with forward slashes, to text.

    Each step of the definition becomes a step of the run: uploads become document gates, reviews and approvals become
    approval gates, everything else an activity with its typed input and result. `ntro runbook validate` finds nothing
    in the bundle, and its scenarios pass.

    Args:
        slug: the runbook's; one in the definition does not count.
        definition: the text of a `runbook.md` or another definition with front matter; the usual four steps (upload,
            read, review, record) without one.

    Raises:
        ScaffoldError: the slug is none, or the definition cannot be read or describes no steps.
    """
    checked_slug(slug)
    document = RunbookDocument(fields={"steps": list(USUAL)}, body="") if definition is None else _read(definition)
    given = document.fields
    steps = read_steps(given.get("steps"))
    fields = read_fields(given.get("config_schema"))
    name = given.get("name") if isinstance(given.get("name"), str) else None
    name = name or slug.replace("-", " ").capitalize()
    own = {
        "runbook.md": runbook_md(slug, given, steps, document.body),
        "templates/__init__.py": docstring(f"The {slug} runbook.", indent=0) + "\n",
        "templates/workflow.py": workflow_py(slug, name, steps),
        "templates/activities.py": activities_py(slug, steps),
        "templates/models.py": models_py(slug, fields),
        "tests/input.json": input_json(fields),
        "tests/scenarios.py": scenarios_py(steps),
        f"tests/test_{snake(slug)}.py": test_py(steps),
    }
    return own | {path: text for path, text in _listed(given).items() if path not in own}


def write_scaffold(files: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the files below `folder`, which is made; the answer is every file in order.

    Raises:
        ScaffoldError: there is something in `folder`; nothing is written over.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ScaffoldError("FOLDER_NOT_EMPTY", f"{folder} is there already; give another slug or another --path.")
    written = []
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def _read(definition: str) -> RunbookDocument:
    try:
        return parse_frontmatter(definition, where="the definition")
    except FrontMatterError as error:
        raise ScaffoldError(error.code, str(error)) from error


def _listed(given: Mapping[str, Any]) -> dict[str, str]:
    """Further modules that the definition lists, each with what it is for."""
    listed = given.get("templates")
    found = {}
    for item in listed if isinstance(listed, list) else []:
        path = PurePosixPath(str(item.get("path"))) if isinstance(item, Mapping) else PurePosixPath()
        if path.is_absolute() or ".." in path.parts or path.parts[:1] != ("templates",) or len(path.parts) < 2:
            raise ScaffoldError("INVALID_TEMPLATES", f"The definition lists {path}, which is no file below templates/.")
        said = str(item.get("description") or path.stem)
        found[str(path)] = docstring(said, indent=0) + "\n" if path.suffix == ".py" else f"{said}\n"
    return found
