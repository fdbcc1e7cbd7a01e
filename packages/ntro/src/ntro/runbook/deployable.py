"""A runbook as it is sent to be deployed: `runbook.md`, pins, templates; text files only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ntro.runbook.frontmatter import FrontMatterError, parse_frontmatter
from ntro.workflow.registry import workflow_type_of
from ntro.workspace.errors import NtroError

_FOLDERS = ("templates", "subledgers", "migrations")
_FILES = ("runbook.md", "skill.md", "requirements.txt")
_SKIPPED = frozenset({"__pycache__", ".DS_Store"})
_CODE = "templates/workflow.py"
_ACTIVITIES = "templates/activities.py"
MAX_FILES = 500
MAX_BYTES = 8 * 1024 * 1024


class DeployableError(NtroError):
    """A folder, or a set of files, has not the layout of a runbook; the message names the file and what is wrong."""

    default_code = "invalid_bundle"


@dataclass(frozen=True, slots=True)
class Deployable:
    """What is deployed: paths inside the bundle, always with forward slashes, and their text."""

    slug: str
    version: str
    workflow_class: str
    activity_modules: tuple[str, ...]
    files: dict[str, str]


def read_deployable(folder: Path) -> Deployable:
    """The runbook in `folder`; what does not belong to a bundle, such as its tests, is left out.

    Raises:
        DeployableError: it is no runbook, or larger than 500 files or 8 MiB.
    """
    if not folder.is_dir():
        raise DeployableError(f"{folder} is no folder.", hint="Give the folder that holds runbook.md.")
    return _deployable(_read_files(folder), str(folder))


def deployable_of(files: Mapping[str, str]) -> Deployable:
    """The runbook that `files` are: the text of each by its path inside the bundle.

    Raises:
        DeployableError: they are no runbook, or more than 500 files or 8 MiB.
    """
    size = sum(len(text.encode()) for text in files.values())
    if len(files) > MAX_FILES or size > MAX_BYTES:
        raise _too_large("The runbook")
    return _deployable(dict(files), "The runbook")


def _deployable(files: dict[str, str], where: str) -> Deployable:
    fields = _front_matter(files, where)
    slug, version = _text(fields, "slug", where), _text(fields, "version", where)
    if _CODE not in files:
        raise DeployableError(f"{where} has no {_CODE}.", hint="The runbook's class is defined there.")
    return Deployable(
        slug=slug,
        version=version,
        workflow_class=workflow_type_of(slug),
        activity_modules=("activities",) if _ACTIVITIES in files else (),
        files=files,
    )


def _front_matter(files: Mapping[str, str], where: str) -> dict[str, object]:
    if "runbook.md" not in files:
        raise DeployableError(
            f"{where} has no runbook.md.", code="RUNBOOK_MD_MISSING", hint="A runbook describes itself there."
        )
    try:
        return parse_frontmatter(files["runbook.md"]).fields
    except FrontMatterError as error:
        raise DeployableError(str(error), code=error.code, hint="See docs: the layout of a runbook.") from error


def _text(fields: dict[str, object], name: str, where: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DeployableError(
            f"{where}: runbook.md has no {name} as text in its front matter.", hint=f'Such as {name}: "…".'
        )
    return value.strip()


def _read_files(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    size = 0
    for path in _paths(folder):
        text = _read(path)
        found[path.relative_to(folder).as_posix()] = text
        size += len(text.encode())
        if len(found) > MAX_FILES or size > MAX_BYTES:
            raise _too_large(str(folder))
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
        raise DeployableError(f"{path} is no UTF-8 text.", hint="A bundle holds text files only.") from error
    except OSError as error:
        raise DeployableError(f"{path} cannot be read: {error.strerror}.", hint="Check its permissions.") from error


def _too_large(what: str) -> DeployableError:
    return DeployableError(
        f"{what} is larger than {MAX_FILES} files or {MAX_BYTES // 1024 // 1024} MiB.",
        hint="Move data out of templates/.",
    )
