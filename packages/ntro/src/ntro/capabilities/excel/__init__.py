"""Spreadsheets from rows, by template. The same rows give the same bytes; no text becomes a formula."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

Template = Literal["generic", "trial-balance", "journal-detail", "reconciliation", "investor-report"]

MAX_ROWS = 1_000_000
MAX_COLUMNS = 500

__all__ = ["MAX_COLUMNS", "MAX_ROWS", "Template", "generate"]


async def generate(
    *,
    data: Sequence[Mapping[str, Any]],
    template: Template = "generic",
    output_path: str,
    sheet_name: str | None = None,
    title: str | None = None,
) -> str:
    """Write rows as an XLSX file and answer with its path.

    Headers are the rows' keys in order of appearance, as titles. Amounts (`Decimal`, `int`, `float`) are numbers with
    two decimals at least; one of more digits than a spreadsheet keeps exactly is text. With a title, it stands in the
    first row and the headers in the third. Without rows there are the title and the template's own headers.

    `trial-balance` adds a row of totals over columns of debits, credits, balances and amounts; `journal-detail` orders
    the lines by journal, each with its totals, and shows what debits and credits differ by; `reconciliation` adds the
    difference of two compared columns and whether it is nought; `investor-report` is laid out for print with totals
    and shares as percentages.

    Args:
        data: the rows.
        template: how they are laid out.
        output_path: where the file goes; folders are made, a file that is there is replaced as a whole.
        sheet_name: the sheet's name, else the template's.
        title: what stands above.

    Raises:
        ValueError: the template is unknown, or there are more than `MAX_ROWS` rows or `MAX_COLUMNS` columns.
        TypeError: a row is no mapping.
    """
    if template not in get_args(Template):
        raise ValueError(f"there is no template {template!r}; the templates are {', '.join(get_args(Template))}")
    if len(data) > MAX_ROWS:
        raise ValueError(f"a sheet has at most {MAX_ROWS} rows, these are {len(data)}")
    from ntro.capabilities.excel._book import write_book  # noqa: PLC0415 - the writer loads when it is first needed

    await asyncio.to_thread(write_book, list(data), template, Path(output_path), sheet_name, title)
    return output_path
