"""Delimited text: encoding and delimiter are found in the content."""

import csv
import io

from ntro.capabilities.documents._table import Cell, Table, column_letters
from ntro.capabilities.documents.errors import DocumentRefusedError

MAX_ROWS = 200_000
MAX_COLUMNS = 500
_DELIMITERS = ";\t,|"
_SAMPLE_LINES = 200


def decode_text(content: bytes) -> str:
    """The text of `content`: by its byte order mark, as UTF-8, or else as Windows-1252.

    Raises:
        DocumentRefusedError: `malformed` for text that its own byte order mark does not decode.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise DocumentRefusedError("malformed", f"the file is marked as {encoding} but is not") from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_csv(text: str) -> Table:
    """The rows of delimited text.

    Raises:
        DocumentRefusedError: `too_large` for more than `MAX_ROWS` rows or `MAX_COLUMNS` columns, `malformed` for text
            that is not delimited.
    """
    delimiter = _delimiter(text)
    rows: list[tuple[Cell, ...]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, values in enumerate(reader, start=1):
            if number > MAX_ROWS or len(values) > MAX_COLUMNS:
                raise DocumentRefusedError("too_large", f"more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")
            rows.append(
                tuple(Cell(value.strip() or None, f"{column_letters(n)}{number}") for n, value in enumerate(values))
            )
    except csv.Error as error:
        raise DocumentRefusedError("malformed", f"line {reader.line_num} is not delimited text: {error}") from None
    return Table("csv", tuple(rows))


def _delimiter(text: str) -> str:
    """The delimiter that splits most lines into equally many cells, more than one."""
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1]
        score = max((widths.count(width) * 10 + width for width in set(widths)), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best
