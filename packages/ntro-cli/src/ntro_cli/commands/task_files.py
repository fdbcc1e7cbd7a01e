"""`ntro task files`: a task's documents, handed in and taken out. Bytes go to the tenant's cell directly."""

from pathlib import Path
from typing import Annotated

import typer

from ntro.workspace.cell import CellFile
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column
from ntro_cli.parameters import DryRunOption
from ntro_cli.rehearsal import rehearse
from ntro_cli.session import session

app = group("A task's files.", "ntro task files add statement.xml --task TASK", "ntro task files list --task TASK")

_COLUMNS = (
    Column("file", "filename"),
    Column("source", "source"),
    Column("type", "contentType"),
    Column("bytes", "sizeBytes"),
    Column("uploaded", "uploadedAt"),
    Column("id", "id"),
)
TaskOption = Annotated[str, typer.Option("--task", help="Task id, or the id of a child run.")]


@app.command(
    help=explained(
        "Hand in files. The same bytes twice are one document.",
        "ntro task files add statement.xml rent-roll.pdf --task TASK",
        "ntro task files add tb.xlsx --task TASK --source trial_balance",
    )
)
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to hand in.", show_default=False)],
    *,
    task: TaskOption,
    source: Annotated[str | None, typer.Option(help="What they are, as the gate calls it.")] = None,
    gate: Annotated[str | None, typer.Option(help="Which gate, where several are open.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Hands in files."""
    if dry_run:
        names = [str(path) for path in paths]
        rehearse(invocation_of(context).out, "task files add", {"task": task, "files": names, "source": source})
        return
    with session(context) as found:
        cell = found.cell_of(task)
        added = []
        for path in paths:
            added.append(cell.files.add_sync(task, path, source=source, gate_id=gate))
            found.out.say(f"Handed in {path.name}.")
        found.out.rows(added, _COLUMNS, empty="")


@app.command("list", help=explained("List a task's files, newest first.", "ntro task files list --task TASK"))
def list_files(context: typer.Context, *, task: TaskOption) -> None:
    """Lists files."""
    with session(context) as found:
        files = found.cell_of(task).files.list_sync(task)
        found.out.rows(files, _COLUMNS, empty="This task has no files.")


@app.command(help=explained("Save a file of a task.", "ntro task files get DOCUMENT --task TASK --to pack.xlsx"))
def get(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="Id of the document.")],
    *,
    task: TaskOption,
    to: Annotated[Path | None, typer.Option(help="Where to; its own name in this folder by default.")] = None,
) -> None:
    """Saves a file."""
    with session(context) as found:
        cell = found.cell_of(task)
        target = to or Path(_own_name([*cell.files.list_sync(task)], document))
        saved = cell.files.download_sync(task, document, target)
        if found.out.is_json:
            found.out.document({"id": document, "path": str(saved)})
        found.out.text(str(saved))


def _own_name(files: list[CellFile], document: str) -> str:
    """The document's name without folders, so that nothing is written elsewhere; its id where it has none."""
    name = next((file.filename for file in files if file.id == document), document)
    return Path(name.replace("\\", "/")).name or document
