"""Files as cells and text, without asking what they mean; for the meaning see `ntro.capabilities.documents`.

The file is opened in a process of its own with limits on memory and time, and waited for in a thread.
"""

import asyncio
from typing import Any, Literal, get_args

from pydantic import BaseModel

from ntro.capabilities.documents.uploads import MAX_DOCUMENT_BYTES

Format = Literal["pdf", "xlsx", "csv"]

__all__ = ["MAX_DOCUMENT_BYTES", "CellGrid", "Format", "parse"]


class CellGrid(BaseModel):
    """What a file shows.

    Args:
        cells: rows of tables, in the order of sheets or pages; empty cells are empty text, numbers are decimal text.
        plain_text: all text in reading order. Pages of a PDF are parted by an empty line; a sheet begins with
            `# Sheet: <name>` and has a line for each row, its cells parted by tabs.
        metadata: `format`, and `page_count` of a PDF, `sheets` of a book, `row_count` of delimited text.
    """

    cells: list[list[str]] = []
    plain_text: str = ""
    metadata: dict[str, Any] = {}


async def parse(*, content: bytes, format: Format) -> CellGrid:  # noqa: A002 - the contract's keyword
    """The cells and the text of a file.

    Args:
        content: the bytes, at most `MAX_DOCUMENT_BYTES` of them.
        format: what they are. `xlsx` takes books of other spreadsheet programs too (ODS, XLS).

    Raises:
        ValueError: the format is unknown.
        DocumentRefusedError: the bytes are of another format, broken, encrypted or too large; a `ValueError` as well.
    """
    if format not in get_args(Format):
        raise ValueError(f"files of format {format!r} are not parsed; the formats are {', '.join(get_args(Format))}")
    from ntro.capabilities.files._grids import grid_of  # noqa: PLC0415 - the readers load when the first is needed

    return await asyncio.to_thread(grid_of, content, format)
