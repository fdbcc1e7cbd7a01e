"""Asking a person before something is ended that does not come back."""

import sys

import typer

from ntro_cli.errors import UsageError


def confirm(question: str, *, yes: bool) -> None:
    """Goes on where `yes` was given or the person agrees.

    Raises:
        UsageError: nobody is there to ask.
        typer.Abort: the person said no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("This cannot be undone, and nobody is there to ask.", hint="Repeat it with --yes.")
    typer.confirm(question, abort=True, err=True)
