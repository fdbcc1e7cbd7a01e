"""Which runbook is meant: one in a folder of this machine, or the files that come with the call."""

import asyncio
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ntro.runbook.deployable import Deployable, deployable_of, read_deployable
from ntro_mcp.errors import ToolUsageError

Folder = Annotated[str, Field(description="Folder of the runbook, which holds runbook.md; an absolute path is safest.")]
OptionalFolder = Annotated[str | None, Field(description="Folder of the runbook, on the machine of a local server.")]
Files = Annotated[
    dict[str, str] | None,
    Field(description="In place of a folder: the text of each file by its path, such as templates/workflow.py."),
]


async def bundle_of(path: str | None, files: dict[str, str] | None, *, local: bool) -> Deployable:
    """The runbook that is meant.

    Raises:
        ToolUsageError: neither or both are given, or a folder is named to a server that runs elsewhere.
        DeployableError: it is no runbook.
    """
    if files is not None and path is None:
        return await asyncio.to_thread(deployable_of, files)
    if path is None or files is not None:
        raise ToolUsageError("Which runbook?", hint="Give either path or files.")
    if not local:
        raise ToolUsageError(
            "This server runs elsewhere; it reads no folders of its machine for its callers.",
            code="local_only",
            hint="Send the runbook in files.",
        )
    return await asyncio.to_thread(_read, path)


def _read(path: str) -> Deployable:
    return read_deployable(Path(path).expanduser())


def folder_of(path: str) -> Path:
    """The folder at `path`.

    Raises:
        ToolUsageError: there is none.
    """
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise ToolUsageError(f"{path} is no folder.", code="no_such_folder", hint="Give the folder with runbook.md.")
    return folder.resolve()
