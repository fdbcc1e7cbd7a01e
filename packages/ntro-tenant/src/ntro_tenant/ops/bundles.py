"""Versions of runbooks that this cell has: rows of `system.bundles` and what lies on disk for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from ntro.runbook.frontmatter import FrontMatterError, read_frontmatter
from ntro_tenant.core.recording.json_values import json_text
from ntro_tenant.ops.artifacts import fetch, holds, unpack
from ntro_tenant.ops.cell import build_id
from ntro_tenant.ops.environments import build_environment

_COLUMNS = "slug, version, sha256, workflow_class, activity_modules, name, config_schema"
_IN_USE = f"""
select {_COLUMNS} from system.bundles b where is_current or exists
    (select from system.tasks t where t.runbook_slug = b.slug and t.runbook_version = b.version and t.closed_at is null)
    or exists (select from system.runs r
        where r.slug = b.slug and r.runbook_version = b.version and r.status = 'RUNNING')
order by slug, version"""
_INSERT = """
insert into system.bundles (slug, version, sha256, workflow_class, activity_modules, name, config_schema)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A version of a runbook: what its worker needs to know."""

    slug: str
    version: str
    sha256: str
    workflow_class: str
    activity_modules: tuple[str, ...] = ("activities",)
    name: str = ""
    config_schema: dict[str, Any] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Slug and version."""
        return self.slug, self.version

    @property
    def build_id(self) -> str:
        """The build id of its worker deployment."""
        return build_id(self.version, self.sha256)


class BundleHome:
    """Unpacked bundles and environments below the cell's home."""

    def __init__(self, home: Path, http: httpx2.AsyncClient) -> None:
        self._home = home
        self._http = http

    async def prepare(self, bundle: Bundle) -> Path:
        """The Python of the bundle's environment; bundle and environment are made where they are missing.

        Raises:
            BundleRefusedError: the artifact is not acceptable.
            EnvironmentBuildError: its requirements cannot be installed.
            httpx2.HTTPError: Workspace does not answer.
        """
        folder = await self.unpacked(bundle)
        name = f"{bundle.slug}-{bundle.version}-{bundle.sha256[:12]}"
        return await build_environment(self._home / "envs" / name, folder)

    async def unpacked(self, bundle: Bundle) -> Path:
        """The bundle's folder, fetched first where it is missing. Raises as `prepare`."""
        folder = bundle_folder(self._home, bundle.slug, bundle.version)
        if not holds(folder, bundle.sha256):
            await unpack(await fetch(self._http, bundle.sha256), folder, bundle.sha256)
        return folder


def bundle_folder(home: Path, slug: str, version: str) -> Path:
    """Where below the cell's home a version lies unpacked."""
    return home / "bundles" / slug / version


def front_matter(folder: Path) -> dict[str, Any]:
    """The front matter of the bundle's `runbook.md`; empty where a bundle comes without one."""
    try:
        return read_frontmatter(folder / "runbook.md").fields
    except FrontMatterError:
        return {}


async def find_bundle(connection: asyncpg.Connection, slug: str, version: str | None) -> Bundle | None:
    """The named version of a runbook, or its current one where `version` is None."""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from system.bundles"
        " where slug = $1 and case when $2::text is null then is_current else version = $2 end",
        slug,
        version,
    )
    return _bundle(row) if row else None


async def bundles_in_use(connection: asyncpg.Connection) -> list[Bundle]:
    """The versions that need a worker: the current ones, and those with tasks or runs that have not ended."""
    return [_bundle(row) for row in await connection.fetch(_IN_USE)]


async def store_bundle(connection: asyncpg.Connection, bundle: Bundle) -> bool:
    """Enters a version. False where slug and version are there already, which changes nothing."""
    status = await connection.execute(
        _INSERT,
        bundle.slug,
        bundle.version,
        bundle.sha256,
        bundle.workflow_class,
        json_text(list(bundle.activity_modules)),
        bundle.name,
        json_text(bundle.config_schema or {}),
    )
    return bool(status == "INSERT 0 1")


async def remove_bundle(connection: asyncpg.Connection, slug: str, version: str) -> None:
    """Forgets a version that never came to run."""
    await connection.execute(
        "delete from system.bundles where slug = $1 and version = $2 and not is_current", slug, version
    )


async def make_current(connection: asyncpg.Connection, slug: str, version: str) -> None:
    """Makes a version the one that new tasks run on."""
    await connection.execute("update system.bundles set is_current = false where slug = $1 and is_current", slug)
    await connection.execute(
        "update system.bundles set is_current = true where slug = $1 and version = $2", slug, version
    )


def _bundle(row: asyncpg.Record) -> Bundle:
    return Bundle(**(dict(row) | {"activity_modules": tuple(row["activity_modules"])}))
