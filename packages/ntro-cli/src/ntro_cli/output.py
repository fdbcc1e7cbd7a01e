"""The one place that writes results: a table on a terminal, tab-separated lines in a pipe, or one JSON document.

Results go to standard output, everything else that is said to standard error.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title and where its text is in an item."""

    title: str
    path: str


class Output:
    """Where results go and how. One JSON document at most is written in an invocation."""

    def __init__(self, *, stdout: IO[str] | None = None, stderr: IO[str] | None = None) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._json = False
        self._color = not os.environ.get("NO_COLOR")
        self.is_written = False

    @property
    def is_json(self) -> bool:
        return self._json

    @property
    def stdout(self) -> IO[str]:
        return self._stdout or sys.stdout

    @property
    def stderr(self) -> IO[str]:
        return self._stderr or sys.stderr

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads the results."""
        return self.stdout.isatty() and not self._json

    @property
    def has_color(self) -> bool:
        return self._color

    def use_json(self, wanted: bool) -> None:
        self._json = wanted

    def without_color(self) -> None:
        self._color = False

    def document(self, value: object) -> None:
        """Writes `value` as the one JSON document."""
        self.is_written = True
        json.dump(plain(value), self.stdout, indent=2, ensure_ascii=False)
        self.stdout.write("\n")

    def rows(self, items: Sequence[object], columns: Sequence[Column], *, empty: str) -> None:
        """Writes a list: all members in JSON, `columns` otherwise; on a terminal `empty` where there is nothing."""
        if self._json:
            self.document([plain(item) for item in items])
            return
        cells = [[text_of(plain(item), column.path) for column in columns] for item in items]
        if not self.is_terminal:
            self._lines(cells)
        elif cells:
            self._table([column.title for column in columns], cells)
        else:
            self.say(empty)

    def record(self, item: object, fields: Sequence[Column]) -> None:
        """Writes one thing: all members in JSON, otherwise `fields`, one a line; empty ones only in a pipe."""
        if self._json:
            self.document(item)
            return
        pairs = [[field.title, text_of(plain(item), field.path)] for field in fields]
        if not self.is_terminal:
            self._lines(pairs)
            return
        self._grid([pair for pair in pairs if pair[1]])

    def text(self, line: str) -> None:
        """Writes a line of a result; nothing in JSON, where the document says it."""
        if not self._json:
            self.stdout.write(safe(line) + "\n")

    def say(self, line: str) -> None:
        """Tells the person something that is no result."""
        self.stderr.write(safe(line) + "\n")
        self.stderr.flush()

    def _lines(self, cells: Sequence[Sequence[str]]) -> None:
        for row in cells:
            self.stdout.write("\t".join(re.sub(r"\s+", " ", cell) for cell in row) + "\n")

    def _table(self, titles: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        from rich.table import Table  # noqa: PLC0415 - loaded only where a person looks

        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in titles:
            table.add_column(title.upper(), overflow="fold")
        self._print(table, cells)

    def _grid(self, pairs: Sequence[Sequence[str]]) -> None:
        from rich.table import Table  # noqa: PLC0415 - loaded only where a person looks

        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        self._print(table, pairs)

    def _print(self, table: "Table", cells: Sequence[Sequence[str]]) -> None:
        from rich.console import Console  # noqa: PLC0415 - loaded only where a person looks
        from rich.text import Text  # noqa: PLC0415 - loaded only where a person looks

        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        Console(file=self.stdout, no_color=not self._color, highlight=False).print(table)


def plain(value: object) -> object:
    """`value` as JSON values: models become objects, sequences lists."""
    dump: Callable[..., dict[str, object]] | None = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def text_of(item: object, path: str) -> str:
    """The member of `item` at the dotted `path` as one text; empty where there is none."""
    found = item
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if found is None:
        return ""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, list) and all(isinstance(part, str) for part in found):
        return safe(", ".join(found))
    return safe(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))


def safe(text: str) -> str:
    """`text` without control characters: what a server sends must not steer the terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
