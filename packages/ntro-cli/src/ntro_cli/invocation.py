"""One call of `ntro`: the options that every command takes, before or after its name, and where output goes."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ntro_cli.diagnosis import LogLevel
from ntro_cli.output import Output


class OutputFormat(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"


@dataclass(slots=True)
class Invocation:
    """What the global options say. It is filled while the command line is parsed, hence not frozen."""

    connection: str | None = None
    host: str | None = None
    debug: bool = False
    log_level: LogLevel | None = None
    log_file: Path | None = None
    out: Output = field(default_factory=Output)


def invocation_of(context: typer.Context) -> Invocation:
    """The invocation that `context` is part of."""
    found: Invocation = context.find_root().obj
    return found


def _set_connection(context: typer.Context, value: str | None) -> None:
    if value is not None:
        invocation_of(context).connection = value


def _set_host(context: typer.Context, value: str | None) -> None:
    if value is not None:
        invocation_of(context).host = value


def _set_output(context: typer.Context, value: OutputFormat | None) -> None:
    if value is not None:
        invocation_of(context).out.use_json(value is OutputFormat.JSON)


def _set_debug(context: typer.Context, value: bool) -> None:
    if value:
        invocation_of(context).debug = True


def _set_log_level(context: typer.Context, value: LogLevel | None) -> None:
    if value is not None:
        invocation_of(context).log_level = value


def _set_log_file(context: typer.Context, value: Path | None) -> None:
    if value is not None:
        invocation_of(context).log_file = value


def _set_no_color(context: typer.Context, value: bool) -> None:
    if value:
        invocation_of(context).out.without_color()


def global_options(
    *,
    connection: Annotated[
        str | None,
        typer.Option("-c", "--connection", help="Connection of the config file.", callback=_set_connection),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Address of Workspace, with its /v1.", callback=_set_host)
    ] = None,
    output: Annotated[
        OutputFormat | None,
        typer.Option("-o", "--output", help="text, or json: one document on stdout.", callback=_set_output),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose.", callback=_set_debug)] = False,
    log_level: Annotated[
        LogLevel | None, typer.Option("--log-level", help="Log calls from this level on.", callback=_set_log_level)
    ] = None,
    log_file: Annotated[
        Path | None, typer.Option("--log-file", help="Where to log; standard error.", callback=_set_log_file)
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.", callback=_set_no_color)] = False,
) -> None:
    """Declares the options that every command takes; each notes its value by its callback."""
