"""The reference of the command line, written from the commands themselves."""

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from ntro_cli.errors import MEANINGS
from ntro_cli.group import load
from ntro_cli.invocation import Invocation
from ntro_cli.main import ENTRIES, root

_HEAD = """# The command line

Written by `python -m ntro_cli reference`; do not edit it here. `ntro COMMAND --help` says the same.

`-o json` writes one document on standard output and nothing else there; its schema for each command is in
[`cli-output.json`](cli-output.json). Without it results are a table on a terminal and tab-separated lines, without
titles, in a pipe. Whatever else is said goes to standard error. `NO_COLOR` turns colours off.

## Exit codes

| code | meaning |
|---|---|
"""

_SETTINGS = """
An error is one line on standard error, and where something can be done a second one that says what. With `-o json` it
is also the document, `{"error": {"code", "message", "hint"}}`; decide by `code` and by the exit code, never by the
message.

## Which Workspace, which key, which tenant

Connections are kept in `$NTRO_HOME/config.toml`, else `~/.ntro/config.toml`, readable by their owner alone. Each field
is taken from the first that names it:

| field | option | variable | variable of one connection | file |
|---|---|---|---|---|
| connection | `-c` | `NTRO_DEFAULT_CONNECTION_NAME` | | `default_connection_name` |
| address | `--host` | `NTRO_HOST` | `NTRO_CONNECTIONS_<NAME>_HOST` | `host` |
| key | | `NTRO_API_KEY` | `NTRO_CONNECTIONS_<NAME>_API_KEY` | `api_key` |
| tenant | `--tenant` | `NTRO_TENANT` | `NTRO_CONNECTIONS_<NAME>_DEFAULT_TENANT` | `default_tenant` |
| entity | `--entity` | `NTRO_ENTITY` | `NTRO_CONNECTIONS_<NAME>_DEFAULT_ENTITY` | `default_entity` |

`<NAME>` is the connection's name in capitals, every other sign than letters and digits as `_`. `ntro config show` says
which value applies and where it comes from; it never shows a key.

Where an option takes JSON it takes it inline, as `@FILE`, or as `-` for standard input. `--json` gives all that a
command sends at once; options win over it, and a member that there is not is refused by name. `--dry-run` shows what
would be sent and sends nothing; only `workflow run --dry-run` starts a run, one that posts nothing (`--plan` does not).

## Options of every command

They may stand before or after the command.

"""


def reference() -> str:
    """The reference as Markdown."""
    group = root()
    context = typer.Context(group, info_name="ntro", obj=Invocation())
    codes = "".join(f"| {code.value} | {meaning} |\n" for code, meaning in MEANINGS.items())
    parts = [_HEAD, codes, _SETTINGS, _options(group, context)]
    for section in dict.fromkeys(entry.section for entry in ENTRIES.values()):
        parts.append(f"\n## {section}\n")
        for name, entry in ENTRIES.items():
            if entry.section == section:
                parts.extend(_described(load(entry, name), name, context))
    return "".join(parts)


def _described(command: TyperCommand | TyperGroup, name: str, parent: typer.Context) -> Iterator[str]:
    """A command, or the commands of a group."""
    context = typer.Context(command, info_name=name, parent=parent)
    if isinstance(command, TyperGroup):
        for below, child in command.commands.items():
            assert isinstance(child, (TyperCommand, TyperGroup))
            yield from _described(child, below, context)
        return
    if command.hidden:
        return
    summary, _, examples = (command.help or "").partition("\b\nExamples:\n")
    yield f"\n### `{context.command_path}`\n\n{' '.join(summary.split())}\n"
    if examples:
        lines = "\n".join(line.removeprefix("  ") for line in examples.rstrip().splitlines())
        yield f"\n```console\n{lines}\n```\n"
    if options := _options(command, context):
        yield f"\n{options}"


def _options(command: TyperCommand | TyperGroup, context: typer.Context) -> str:
    """The arguments and options, a row each; those of every command only where they are the command's own."""
    rows = [
        (record[0], record[1])
        for parameter in command.params
        if isinstance(parameter, (TyperArgument, TyperOption)) and (record := parameter.get_help_record(context))
    ]
    if not rows:
        return ""
    lines = "".join(f"| `{names}` | {_cell(text)} |\n" for names, text in rows)
    return f"| | |\n|---|---|\n{lines}"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
