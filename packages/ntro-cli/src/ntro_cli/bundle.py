"""Reads a runbook's bundle from disk as it is deployed: `runbook.md`, pins, templates; text files only."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ntro.runbook.frontmatter import FrontMatterError, read_frontmatter
from ntro.workflow.registry import workflow_type_of
from ntro_cli.errors import CommandError

_FOLDERS = ("templates", "subledgers", "migrations")
_FILES = ("runbook.md", "skill.md", "requirements.txt")
_SKIPPED = frozenset({"__pycache__", ".DS_Store"})
MAX_FILES = 500
MAX_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is deployed: paths inside the bundle, always with forward slashes, and their text."""

    slug: str
    version: str
    workflow_class: str
    activity_modules: tuple[str, ...]
    files: dict[str, str]


def read_bundle(folder: Path) -> Bundle:
    """The bundle at `folder`.

    Raises:
        CommandError: it has not the layout of a bundle; the message names the file and what is wrong with it.
    """
    if not folder.is_dir():
        raise _invalid(f"{folder} is no folder.", "Give the folder that holds runbook.md.")
    fields = _front_matter(folder)
    slug, version = _text(fields, "slug", folder), _text(fields, "version", folder)
    if not (folder / "templates" / "workflow.py").is_file():
        raise _invalid(f"{folder} has no templates/workflow.py.", "The runbook's class is defined there.")
    has_activities = (folder / "templates" / "activities.py").is_file()
    return Bundle(
        slug=slug,
        version=version,
        workflow_class=workflow_type_of(slug),
        activity_modules=("activities",) if has_activities else (),
        files=_files(folder),
    )


def _front_matter(folder: Path) -> dict[str, object]:
    try:
        return read_frontmatter(folder / "runbook.md").fields
    except FrontMatterError as error:
        raise CommandError(str(error), code=error.code, hint="See docs: the layout of a runbook.") from error


def _text(fields: dict[str, object], name: str, folder: Path) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _invalid(f"{folder / 'runbook.md'} has no {name} as text in its front matter.", f'Such as {name}: "…".')
    return value.strip()


def _files(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    size = 0
    for path in _paths(folder):
        text = _read(path)
        found[path.relative_to(folder).as_posix()] = text
        size += len(text.encode())
        if len(found) > MAX_FILES or size > MAX_BYTES:
            raise _invalid(
                f"{folder} is larger than {MAX_FILES} files or {MAX_BYTES // 1024 // 1024} MiB.",
                "Move data out of templates/.",
            )
    return found


def _paths(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in _FILES if (folder / name).is_file())
    for name in _FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            inside = path.relative_to(folder).parts
            if path.is_file() and not path.is_symlink() and not _SKIPPED & set(inside) and path.suffix != ".pyc":
                yield path


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise _invalid(f"{path} is no UTF-8 text.", "A bundle holds text files only.") from error
    except OSError as error:
        raise _invalid(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error


def _invalid(message: str, hint: str) -> CommandError:
    return CommandError(message, code="invalid_bundle", hint=hint)
