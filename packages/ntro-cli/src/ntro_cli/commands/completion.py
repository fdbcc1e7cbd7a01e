"""`ntro completion`: the script that makes a shell complete commands and options."""

from enum import StrEnum
from typing import Annotated

import typer
from typer.completion import get_completion_script  # type: ignore[attr-defined]  # public, but not re-exported

from ntro_cli.invocation import invocation_of


class Shell(StrEnum):
    """Shells that can complete."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def completion(context: typer.Context, shell: Annotated[Shell, typer.Argument(help="Your shell.")]) -> None:
    """Print the script that lets a shell complete commands and options."""
    out = invocation_of(context).out
    script = get_completion_script(prog_name="ntro", complete_var="_NTRO_COMPLETE", shell=shell.value)
    if out.is_json:
        out.document({"shell": shell.value, "script": script})
        return
    out.stdout.write(script + "\n")
