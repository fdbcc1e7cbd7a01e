"""`ntro document`: reads a document on this machine, as a run of `document-ingest` would, without a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ntro_cli.errors import CommandError
from ntro_cli.group import explained, group
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Output

app = group(
    "Read a document on this machine.", "ntro document read statement.xml", "ntro document read tb.xlsx -o json"
)


@app.callback()
def _documents() -> None:
    """Keeps `read` a command of its own while it is the only one."""


@app.command(
    help=explained(
        "Read a bank statement, invoice, trial balance or rent roll. Needs no server and no config.",
        "ntro document read statement.xml",
        "ntro document read invoice.pdf --schema invoice -o json",
    )
)
def read(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The document.", show_default=False)],
    *,
    schema: Annotated[str | None, typer.Option(help="What it must be; found from its content otherwise.")] = None,
) -> None:
    """Reads a document."""
    from ntro.capabilities.documents import (  # noqa: PLC0415 - the readers take long to load
        DocumentRefusedError,
        read_document,
    )

    out = invocation_of(context).out
    try:
        reading = read_document(_bytes_of(path), filename=path.name, schema_slug=schema)
    except DocumentRefusedError as error:
        raise CommandError(error.message, code=error.code) from error
    if out.is_json or not out.is_terminal:
        out.document(reading.as_json())
        return
    _show(out, reading)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", code="unreadable_file") from error


def _show(out: Output, reading: "DocumentReading") -> None:
    """A picture for a person: what it is, then its content, then what to look at."""
    out.text(f"{reading.kind}: {reading.as_extraction()['summary']}")
    out.document({key: value for key, value in reading.as_json().items() if key not in {"provenance", "issues"}})
    for issue in reading.issues:
        out.say(f"Look at {issue.where or 'the document'}: {issue.message}")
