"""Options and arguments that several commands take, and how JSON is given on a command line."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ntro_cli.errors import UsageError


class Overlap(StrEnum):
    """What a scheduled run does while an earlier one is open."""

    ALLOW = "ALLOW"
    SKIP = "SKIP"


TenantOption = Annotated[str | None, typer.Option("--tenant", help="Tenant, slug or id.", show_default=False)]
EntityOption = Annotated[str | None, typer.Option("--entity", help="Entity, slug or id.", show_default=False)]
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="Task id, or the id of a child run.")]
WorkflowArgument = Annotated[str, typer.Argument(metavar="WORKFLOW", help="Id or name.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, send nothing.")]
WaitOption = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the end.")]
YesOption = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
JsonOption = Annotated[
    str | None,
    typer.Option("--json", help="All of it as JSON: inline, @FILE, or - for standard input.", show_default=False),
]
ConfigOption = Annotated[str | None, typer.Option("--config", help="JSON object, @FILE, or -.", show_default=False)]
PeriodOption = Annotated[str | None, typer.Option("--period", help="Such as 2026-03.", show_default=False)]
OverlapOption = Annotated[
    Overlap | None,
    typer.Option("--overlap", help="Where a scheduled run comes while another is open: beside it, or left out."),
]


def json_object(text: str | None, option: str) -> dict[str, object] | None:
    """The object that `text` holds: JSON, `@FILE`, or `-` (also `@-`) for standard input.

    Raises:
        UsageError: the file cannot be read, or what it holds is no JSON object.
    """
    if text is None:
        return None
    try:
        found = json.loads(_content(text))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{option}: {text[1:]} cannot be read: {error}.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise UsageError(f"{option} is no JSON: {error}.", hint="Give an object, @FILE, or -.") from error
    if not isinstance(found, dict):
        raise UsageError(f"{option} is no JSON object.", hint='Such as {"key": "value"}, @FILE, or -.')
    return found


def _content(text: str) -> str:
    if text in {"-", "@-"}:
        return sys.stdin.read()
    return Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text
