"""PDF files as cells and text: `files.parse` for one format."""

from ntro.capabilities import files
from ntro.capabilities.files import CellGrid

__all__ = ["CellGrid", "parse"]


async def parse(content: bytes) -> CellGrid:
    """The cells and the text of a PDF; see `ntro.capabilities.files.parse`."""
    return await files.parse(content=content, format="pdf")
