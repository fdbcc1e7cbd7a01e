"""The tool that begins a runbook: a complete bundle from a slug, or from a skill definition."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from ntro.workspace.errors import NtroError
from ntro_mcp.caller import Callers
from ntro_mcp.errors import ToolUsageError
from ntro_mcp.hints import ADDS
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import Slug

MAX_DEFINITION = 200_000


class Scaffolded(BaseModel):
    """The new runbook: in `folder`, or, where none was named, as the text of its `files`."""

    slug: str
    paths: list[str]
    folder: str | None = None
    files: dict[str, str] | None = None
    nextStep: str  # noqa: N815 - the name on the wire


class ScaffoldTools(Group):
    """`ntro_runbook_scaffold`. It needs no Workspace."""

    def __init__(self, callers: Callers, *, local: bool) -> None:
        super().__init__(callers)
        self._local = local

    @tool("ntro_runbook_scaffold", title="Begin a runbook", hints=ADDS)
    async def scaffold(
        self,
        slug: Slug,
        path: Annotated[
            str | None, Field(description="Folder of runbooks; the new one is made in it under its slug.")
        ] = None,
        definition: Annotated[
            str | None,
            Field(max_length=MAX_DEFINITION, description="A skill definition: runbook.md with its front matter."),
        ] = None,
    ) -> Scaffolded:
        """Makes a complete runbook that is valid and passes its own tests: one step for each step of the definition.

        Uploads become document gates, reviews approval gates, the rest typed activities to be written. Nothing that is
        there already is written over. Without `path` the answer holds the text of the files.
        """
        if path is not None and not self._local:
            raise ToolUsageError(
                "This server runs elsewhere; it writes no folders for its callers.",
                code="local_only",
                hint="Leave path out and write the files that the answer holds.",
            )
        return await asyncio.to_thread(_scaffold, slug, path, definition)


def _scaffold(slug: str, path: str | None, definition: str | None) -> Scaffolded:
    from ntro.runbook import ScaffoldError, scaffold_runbook, write_scaffold  # noqa: PLC0415 - loaded where asked for

    try:
        files = scaffold_runbook(slug, definition=definition)
        folder = None if path is None else Path(path).expanduser().resolve() / slug
        if folder is not None:
            write_scaffold(files, folder)
    except ScaffoldError as error:
        raise NtroError(error.message, code=error.code, hint="Correct the slug, the definition or the path.") from error
    return _answer(slug, folder, files)


def _answer(slug: str, folder: Path | None, files: Mapping[str, str]) -> Scaffolded:
    return Scaffolded(
        slug=slug,
        paths=sorted(files),
        folder=None if folder is None else str(folder),
        files=dict(files) if folder is None else None,
        nextStep="Write templates/activities.py, then ntro_runbook_validate and ntro_runbook_test.",
    )
