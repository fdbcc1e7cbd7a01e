"""Options and arguments that several commands take, and how JSON is given on a command line."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ntro_cli.errors import UsageError

TenantOption = Annotated[str | None, typer.Option("--tenant", help="Tenant, slug or id.", show_default=False)]
EntityOption = Annotated[str | None, typer.Option("--entity", help="Entity, slug or id.", show_default=False)]
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="Task id, or the id of a child run.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, send nothing.")]
WaitOption = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the end.")]


def json_object(text: str | None, option: str) -> dict[str, object] | None:
    """The object that `text` holds: JSON, `@FILE`, or `@-` for standard input.

    Raises:
        UsageError: the file cannot be read, or what it holds is no JSON object.
    """
    if text is None:
        return None
    try:
        found = json.loads(_content(text) if text.startswith("@") else text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{option}: {text[1:]} cannot be read: {error}.") from error
    except json.JSONDecodeError as error:
        raise UsageError(f"{option} is no JSON: {error}.", hint="Give an object, or @FILE.") from error
    if not isinstance(found, dict):
        raise UsageError(f"{option} is no JSON object.", hint='Such as {"key": "value"}, or @FILE.')
    return found


def _content(text: str) -> str:
    return sys.stdin.read() if text == "@-" else Path(text[1:]).read_text(encoding="utf-8")
