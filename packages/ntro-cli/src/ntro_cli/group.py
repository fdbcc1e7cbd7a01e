"""Groups of commands: made alike, and loaded only when one of their commands is called."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from ntro_cli.invocation import global_options


class HelpFormatter(Protocol):
    """What typer hands over to write help."""

    def section(self, name: str) -> AbstractContextManager[None]:
        """A headed part of the help."""

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and what they are."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A top-level name: where its group or function is, one line on it, and how a function is called."""

    module: str
    attribute: str
    summary: str
    section: str
    examples: tuple[str, ...] = ()


def group(summary: str, *examples: str) -> typer.Typer:
    """An empty group of commands."""
    return typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=explained(summary, *examples),
    )


def explained(summary: str, *examples: str) -> str:
    """The help of a command: what it does, then how it is called."""
    if not examples:
        return summary
    lines = "\n".join(f"  {example}" for example in examples)
    return f"{summary}\n\n\b\nExamples:\n{lines}"


def load(entry: Entry, name: str) -> TyperCommand | TyperGroup:
    """The command or group of `entry`, with the global options added to it and to all below it."""
    found = getattr(import_module(entry.module), entry.attribute)
    app = found if isinstance(found, typer.Typer) else _single(found)
    command = get_command(app)
    command.name = name
    command.help = explained(command.help or entry.summary, *entry.examples)
    assert isinstance(command, (TyperCommand, TyperGroup))
    add_global_options(command)
    return command


def add_global_options(command: TyperCommand | TyperGroup) -> None:
    """Lets `command`, and all commands below it, take the global options; its own ones of the same name win."""
    command.short_help = command.short_help or _short(command.help or "")
    command.epilog = command.epilog or "Also: -c CONNECTION, --host, -o json, --debug, --no-color (see ntro --help)."
    taken = {flag for param in command.params for flag in param.opts}
    for option in _global_options():
        option.hidden = True
        if not taken & set(option.opts):
            command.params.append(option)
    for child in getattr(command, "commands", {}).values():
        add_global_options(child)


def _short(text: str) -> str:
    """The beginning of a help text, for a list of commands: up to where its first thought ends."""
    return re.split(r"[.:;](?:\s|$)", text, maxsplit=1)[0] + "."


def _single(function: Callable[..., None]) -> typer.Typer:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(function)
    return app


class LazyGroup(TyperGroup):
    """The root: knows its commands by one line each, and loads the one that is called."""

    def __init__(self, entries: Mapping[str, Entry], *, name: str, summary: str, epilog: str) -> None:
        placeholders = [TyperCommand(key, help=entry.summary) for key, entry in entries.items()]
        super().__init__(name=name, commands=placeholders, help=summary, epilog=epilog, rich_markup_mode=None)
        self.no_args_is_help = True
        self._entries = entries

    def get_command(self, _context: object, name: str) -> TyperCommand | TyperGroup | None:
        """The command `name`, loaded; none where there is no such name."""
        return load(self._entries[name], name) if name in self._entries else None

    def format_commands(self, _context: object, formatter: HelpFormatter) -> None:
        """Writes the commands by section, without loading any."""
        for section in dict.fromkeys(entry.section for entry in self._entries.values()):
            rows = [(name, entry.summary) for name, entry in self._entries.items() if entry.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)


def add_root_options(command: LazyGroup) -> None:
    """Lets the root take the global options, shown in its help."""
    for option in _global_options():
        command.params.append(option)


def _global_options() -> list[TyperOption]:
    """The global options anew: a command changes its own."""
    return [copy(option) for option in _declared_options()]


@cache
def _declared_options() -> tuple[TyperOption, ...]:
    declared = [param for param in get_command(_single(global_options)).params if isinstance(param, TyperOption)]
    for option in declared:
        option.expose_value = False
    return tuple(declared)
