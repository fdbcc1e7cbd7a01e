"""Runbooks as readers see them: from the latest good deployment, else from the catalog."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from ntro.workspace.models import (
    RunbookDetail,
    RunbookStep,
    RunbookSummary,
    RunbookTemplates,
    TemplateEntry,
    TemplateFile,
)
from ntro_server.errors import NotFound
from ntro_workspace.db.rows import wire_value
from ntro_workspace.runbooks import repository
from ntro_workspace.runbooks.bundle import unpack
from ntro_workspace.runbooks.catalog import Template, TemplateCatalog
from ntro_workspace.runbooks.manifest import SKILL_FILES, Manifest

_LANGUAGES = {"py": "python", "sql": "sql", "md": "markdown", "json": "json", "yaml": "yaml", "yml": "yaml"}


class Filters(BaseModel):
    """What a list is narrowed to; none means no narrowing. `tags` is any of a comma-separated list."""

    model_config = ConfigDict(frozen=True)

    state: str | None = None
    classification: str | None = None
    tags: str | None = None
    jurisdiction: str | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A runbook from wherever it is known. `sha256` is set where it was deployed, `files` where it is a template."""

    slug: str
    version: str
    state: str
    manifest: Manifest
    sha256: str | None = None
    files: Mapping[str, str] | None = None


async def known(connection: asyncpg.Connection, catalog: TemplateCatalog, tenant_id: UUID | None) -> list[Known]:
    """All runbooks by slug."""
    found = {template.slug: _of_template(template) for template in catalog.all()}
    for row in await repository.current(connection, tenant_id):
        found[row["slug"]] = _of_deployment(row, catalog.get(row["slug"]))
    return [found[slug] for slug in sorted(found)]


async def one(connection: asyncpg.Connection, catalog: TemplateCatalog, tenant_id: UUID | None, slug: str) -> Known:
    """The runbook of a slug.

    Raises:
        NotFound: there is none.
    """
    for item in await known(connection, catalog, tenant_id):
        if item.slug == slug:
            return item
    raise NotFound("There is no such runbook.", hint="GET /v1/runbooks lists them.")


def matches(item: Known, filters: Filters) -> bool:
    """Whether the runbook passes every filter; letters' case does not matter."""
    manifest = item.manifest
    wanted = {tag.strip().lower() for tag in (filters.tags or "").split(",") if tag.strip()}
    text = f"{item.slug} {manifest.name} {manifest.description}".lower()
    return (
        (filters.state is None or item.state.lower() == filters.state.lower())
        and (filters.classification is None or manifest.classification.lower() == filters.classification.lower())
        and (not wanted or bool(wanted & {tag.lower() for tag in manifest.tags}))
        and (
            filters.jurisdiction is None
            or filters.jurisdiction.lower() in {place.lower() for place in manifest.jurisdictions}
        )
        and (filters.search is None or filters.search.lower() in text)
    )


def summary(item: Known) -> RunbookSummary:
    manifest = item.manifest
    return RunbookSummary.model_validate(
        _head(item) | {"stepCount": len(manifest.steps), "templateCount": len(manifest.templates)}
    )


def detail(item: Known) -> RunbookDetail:
    manifest = item.manifest
    steps = [
        RunbookStep(
            id=step.id,
            label=step.label or step.title or step.id,
            description=step.description,
            expectedDurationDays=step.expectedDurationDays,
            component=step.component,
        )
        for step in manifest.steps
    ]
    return RunbookDetail.model_validate(
        _head(item)
        | {
            "author": manifest.author,
            "steps": steps,
            "configSchema": manifest.configSchema,
            "content": manifest.content,
            "templates": [TemplateEntry.model_validate(entry.model_dump()) for entry in manifest.templates],
        }
    )


async def templates(connection: asyncpg.Connection, item: Known) -> RunbookTemplates:
    """The runbook's files with their text."""
    files = item.files
    if files is None:
        content = await repository.artifact(connection, item.sha256 or "")
        assert content is not None
        files = await asyncio.to_thread(unpack, content)
    about = {entry.path.removeprefix("templates/"): entry for entry in item.manifest.templates}
    found = []
    for path, text in files.items():
        entry = about.get(path.removeprefix("templates/"))
        language = _LANGUAGES.get(path.rsplit(".", 1)[-1], "text")
        found.append(
            TemplateFile(path=path, description=entry.description if entry else "", language=language, content=text)
        )
    return RunbookTemplates(slug=item.slug, templates=found)


async def skill(connection: asyncpg.Connection, item: Known) -> str:
    """The whole `runbook.md`, front matter included; empty where the bundle has none."""
    files = {entry.path: entry.content for entry in (await templates(connection, item)).templates}
    return next((files[name] for name in SKILL_FILES if name in files), "")


def _head(item: Known) -> dict[str, object]:
    manifest = item.manifest
    return {
        "id": manifest.id or f"rb-{item.slug}",
        "slug": item.slug,
        "name": manifest.name or item.slug,
        "description": manifest.description,
        "classification": manifest.classification,
        "tags": manifest.tags,
        "jurisdictions": manifest.jurisdictions,
        "version": item.version,
        "state": item.state,
    }


def _of_template(template: Template) -> Known:
    manifest = template.manifest
    return Known(template.slug, manifest.version or "0.0.0", manifest.state, manifest, files=template.files)


def _of_deployment(row: asyncpg.Record, template: Template | None) -> Known:
    """A bundle that came without `runbook.md` is described by the template of its slug."""
    manifest = Manifest.model_validate(wire_value(row["manifest"]))
    if template is not None and not manifest.slug and not manifest.name:
        manifest = template.manifest
    return Known(row["slug"], row["version"], "DEPLOYED", manifest, sha256=row["sha256"])
