"""PDFs as words, lines, tables and attachments. The file is opened in a child process."""

import base64
from dataclasses import dataclass
from typing import cast

from ntro.capabilities.documents._isolation import extract

_LINE_TOLERANCE = 0.4
_PIECE_GAP = 0.9


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box in points; the origin is the page's lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def middle(self) -> float:
        """Height of the word's middle."""
        return (self.bottom + self.top) / 2

    @property
    def height(self) -> float:
        """Height of the word."""
        return max(self.top - self.bottom, 0.1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, as a box without width or height."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page."""

    number: int
    words: tuple[Word, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF's pages and attached files by name."""

    pages: tuple[Page, ...]
    attachments: tuple[tuple[str, bytes], ...]


def read_pdf(content: bytes) -> Pdf:
    """The words, rules and attachments of a PDF.

    Raises:
        DocumentRefusedError: `encrypted`, `malformed` or `too_large`.
    """
    answer = extract(content, "pdf")
    pages = cast("list[dict[str, list[list[object]]]]", answer["pages"])
    files = cast("list[dict[str, str]]", answer["attachments"])
    return Pdf(
        tuple(_page(number, page) for number, page in enumerate(pages, start=1)),
        tuple((file["name"], base64.b64decode(file["data"])) for file in files),
    )


def _page(number: int, page: dict[str, list[list[object]]]) -> Page:
    words = cast("list[tuple[str, float, float, float, float]]", page["words"])
    rules = cast("list[tuple[float, float, float, float]]", page["rules"])
    return Page(number, tuple(Word(*word) for word in words), tuple(Rule(*rule) for rule in rules))


def lines_of(words: tuple[Word, ...]) -> list[list[Word]]:
    """Words grouped into lines, from the top of the page down, each from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (-word.middle, word.left)):
        if lines and abs(lines[-1][0].middle - word.middle) < _LINE_TOLERANCE * max(lines[-1][0].height, word.height):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.left) for line in lines]


def pieces_of(line: list[Word]) -> list[list[Word]]:
    """A line split where a gap is wider than the space between words."""
    pieces: list[list[Word]] = []
    for word in line:
        if pieces and word.left - pieces[-1][-1].right < _PIECE_GAP * min(word.height, pieces[-1][-1].height) * 0.6:
            pieces[-1].append(word)
        else:
            pieces.append([word])
    return pieces


def text_of(words: list[Word]) -> str:
    """The words with single spaces between."""
    return " ".join(word.text for word in words)
