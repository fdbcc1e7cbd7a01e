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
    """Print the completion script of a shell, such as: ntro completion bash >> ~/.bashrc."""
    script = get_completion_script(prog_name="ntro", complete_var="_NTRO_COMPLETE", shell=shell.value)
    invocation_of(context).out.stdout.write(script + "\n")
