"""PDF reports with embedded fonts, fixed times and page numbers."""

import io
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import reportlab
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as FlowTable

from ntro.capabilities.reports.model import Cell, Column, Report, Section, Signature, Table, shown

_FONT, _BOLD = "Vera", "VeraBd"
_MARGIN = 18 * mm
_RULE = colors.HexColor("#9AA5B1")
_SHADE = colors.HexColor("#E7ECF2")
_ROOM = 30 * mm  # a heading with less space under it starts a page
_WIDE_FROM = 7  # columns from which a page lies on its side


def pdf_report(report: Report) -> bytes:
    """`report` as a PDF on A4 pages: title, facts, sections, signatures, and `Page n of m` at the foot of each page.

    The fonts are embedded ones of the library. A letter that they lack is written without its accent, any other
    character as its code, such as `U+4E2D`.
    """
    _register_fonts()
    size = landscape(A4) if _widest(report) >= _WIDE_FROM else A4
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=size,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=report.title,
        author="ntro",
        creator="ntro",
        producer="ntro",
        subject=report.subtitle,
        invariant=1,
        pageCompression=1,
        initialFontName=_FONT,
        lang="en",
    )
    document.build(_story(report, document.width), canvasmaker=_NumberedCanvas)
    return buffer.getvalue()


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # the library has no types
    """Keeps its pages until their number is known."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # the library's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        kept = self._kept
        for number, state in enumerate(kept, start=1):
            self.__dict__.update(state)
            self.setFont(_FONT, 7)
            self.drawRightString(self._pagesize[0] - _MARGIN, 10 * mm, f"Page {number} of {len(kept)}")
            super().showPage()
        super().save()


@lru_cache(maxsize=1)
def _register_fonts() -> frozenset[int]:
    """Registers the two fonts and returns the characters that both have."""
    folder = Path(reportlab.__file__).parent / "fonts"
    known: list[frozenset[int]] = []
    for name in (_FONT, _BOLD):
        font = TTFont(name, str(folder / f"{name}.ttf"))
        pdfmetrics.registerFont(font)
        known.append(frozenset(font.face.charToGlyph))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
    return known[0] & known[1]


def _style(name: str, **options: Any) -> ParagraphStyle:
    return ParagraphStyle(name, **({"fontName": _FONT, "fontSize": 8, "leading": 10.5} | options))


_BODY = _style("body")
_NUMBER = _style("number", alignment=TA_RIGHT)
_STRONG = _style("strong", fontName=_BOLD)
_STRONG_NUMBER = _style("strong number", fontName=_BOLD, alignment=TA_RIGHT)
_TITLE = _style("title", fontName=_BOLD, fontSize=16, leading=20)
_HEADING = _style("heading", fontName=_BOLD, fontSize=11, leading=14, spaceBefore=12, spaceAfter=4)
_CAPTION = _style("caption", fontName=_BOLD, spaceBefore=6, spaceAfter=3)


def _story(report: Report, width: float) -> list[Any]:
    story: list[Any] = [_paragraph(report.title, _TITLE), _paragraph(report.subtitle, _BODY), Spacer(1, 8)]
    if report.facts:
        rows = [[_paragraph(label, _STRONG), _paragraph(value, _BODY)] for label, value in report.facts]
        story.append(FlowTable(rows, colWidths=[width * 0.3, width * 0.7], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]))
    for section in report.sections:
        story += _section(section, width)
    if report.signatures:
        story.append(_signatures(report.signatures, width))
    return story


def _section(section: Section, width: float) -> list[Any]:
    story: list[Any] = [CondPageBreak(_ROOM), _paragraph(section.heading, _HEADING)]
    story += [_paragraph(text, _BODY) for text in section.paragraphs]
    for table in section.tables:
        if table.title:
            story += [CondPageBreak(_ROOM), _paragraph(table.title, _CAPTION)]
        story += [_table(table, width), Spacer(1, 6)]
    return story


def _table(table: Table, width: float) -> FlowTable:
    whole = sum(column.width for column in table.columns)
    rows = [[_paragraph(column.title, _STRONG_NUMBER if _is_number(column) else _STRONG) for column in table.columns]]
    rows += [_row(table.columns, row, _BODY, _NUMBER) for row in table.rows]
    style: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, _RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    if table.totals is not None:
        rows.append(_row(table.columns, table.totals, _STRONG, _STRONG_NUMBER))
        style.append(("LINEABOVE", (0, -1), (-1, -1), 0.75, colors.black))
    widths = [width * column.width / whole for column in table.columns]
    return FlowTable(rows, colWidths=widths, repeatRows=1, style=style)


def _row(
    columns: Sequence[Column], cells: Sequence[Cell], text: ParagraphStyle, number: ParagraphStyle
) -> list[Paragraph]:
    return [
        _paragraph(shown(column, cell), number if _is_number(column) else text)
        for column, cell in zip(columns, cells, strict=True)
    ]


def _signatures(signatures: Sequence[Signature], width: float) -> KeepTogether:
    rows = [[_paragraph(title, _STRONG) for title in ("Role", "Name", "Signed")]]
    for signature in signatures:
        at = signature.at.isoformat(timespec="seconds") if signature.at else ""
        rows.append([_paragraph(text, _BODY) for text in (signature.role, signature.name, at)])
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.5, _RULE), ("BOTTOMPADDING", (0, 1), (-1, -1), 14)]
    widths = [width * 0.25, width * 0.4, width * 0.35]
    return KeepTogether([_paragraph("Signatures", _HEADING), FlowTable(rows, colWidths=widths, style=style)])


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    printable = "".join(_printable(character) for character in text)
    return Paragraph(escape(printable).replace("\n", "<br/>"), style)


def _printable(character: str) -> str:
    known = _register_fonts()
    if ord(character) in known or character in "\n\t":
        return character
    base = unicodedata.normalize("NFKD", character)[0]
    return base if ord(base) in known else f"U+{ord(character):04X}"


def _is_number(column: Column) -> bool:
    return column.kind in {"amount", "number"}


def _widest(report: Report) -> int:
    return max((len(table.columns) for section in report.sections for table in section.tables), default=0)
