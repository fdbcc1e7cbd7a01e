"""`ntro document`: reads a document on this machine, as a run of `document-ingest` would, without a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ntro_cli.errors import CommandError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Column, Output

if TYPE_CHECKING:
    from ntro.capabilities.documents import DocumentReading

app = group(
    "Read a document on this machine.", "ntro document read statement.xml", "ntro document read tb.xlsx -o json"
)


@app.callback()
def _documents() -> None:
    """Keeps `read` a command of its own while it is the only one."""


@app.command(
    help=explained(
        "Read a bank statement, invoice, trial balance, rent roll or loan agreement. Needs no server and no config.",
        "ntro document read statement.xml",
        "ntro document read roll.pdf --schema rent-roll -o json",
    )
)
def read(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The document.", show_default=False)],
    *,
    schema: Annotated[
        str | None, typer.Option(help="What it must be, such as trial-balance; found from its content otherwise.")
    ] = None,
) -> None:
    """Reads a document. What is refused has a code and exit code 1."""
    from ntro.capabilities.documents import (  # noqa: PLC0415 - the readers take long to load
        MAX_DOCUMENT_BYTES,
        DocumentRefusedError,
        read_document,
    )

    out = invocation_of(context).out
    content = _start_of(path, MAX_DOCUMENT_BYTES + 1)
    try:
        reading = read_document(content, filename=path.name, schema_slug=schema)
    except DocumentRefusedError as error:
        raise CommandError(error.message, code=error.code) from error
    if out.is_json:
        out.document(reading.as_json())
    else:
        _show(out, reading)


def _start_of(path: Path, limit: int) -> bytes:
    """The file's first bytes: one more than a document may have is enough to refuse it."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", code="unreadable_file") from error


def _show(out: Output, reading: "DocumentReading") -> None:
    """What it is, its fields, its rows, then what a person must look at."""
    extraction = reading.content.as_extraction()
    out.say(extraction.summary)
    out.record({"kind": reading.kind, **extraction.fields}, [Column("kind", "kind"), *_columns(extraction.fields)])
    if extraction.line_items:
        out.rows(extraction.line_items, _columns(extraction.line_items[0]), empty="")
    for issue in reading.issues:
        out.say(f"Look at {issue.where or 'the document'}: {issue.message}")


def _columns(item: Mapping[str, object]) -> list[Column]:
    return [Column(name.replace("_", " "), name) for name in item]
