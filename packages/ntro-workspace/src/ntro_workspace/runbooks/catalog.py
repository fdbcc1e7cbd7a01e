"""The runbooks that come with the product: folders below `templates_dir`, read once."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from ntro_workspace.runbooks.manifest import SKILL_FILES, Manifest, ManifestError, read_manifest

_TEXT_SUFFIXES = frozenset({".py", ".md", ".txt", ".sql", ".yaml", ".yml", ".json", ".toml"})
_FOLDERS = frozenset({"templates", "subledgers", "migrations"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Template:
    """A runbook of the catalog: its manifest and its files by path."""

    slug: str
    manifest: Manifest
    files: dict[str, str]


class TemplateCatalog:
    """Runbook templates by slug."""

    def __init__(self, templates: dict[str, Template]) -> None:
        self._templates = templates

    @classmethod
    async def load(cls, folder: Path | None) -> "TemplateCatalog":
        """Reads the folder in a thread; without one the catalog is empty."""
        return cls({} if folder is None else await asyncio.to_thread(_read_all, folder))

    def get(self, slug: str) -> Template | None:
        return self._templates.get(slug)

    def all(self) -> list[Template]:
        return [self._templates[slug] for slug in sorted(self._templates)]


def _read_all(folder: Path) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for place in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not any((place / name).is_file() for name in SKILL_FILES):
            continue
        files = {path.relative_to(place).as_posix(): path.read_text("utf-8") for path in _files(place)}
        try:
            found[place.name] = Template(place.name, read_manifest(files), files)
        except ManifestError as error:
            _log.warning("a runbook template cannot be read", slug=place.name, reason=str(error))
    return found


def _files(place: Path) -> list[Path]:
    top = [path for path in sorted(place.iterdir()) if path.is_file()]
    below = [path for name in sorted(_FOLDERS) for path in sorted((place / name).rglob("*")) if path.is_file()]
    return [path for path in top + below if path.suffix in _TEXT_SUFFIXES and "__pycache__" not in path.parts]
