"""Reports whose bytes depend on their content alone: the same input gives the same SHA-256, anywhere and always.

`workbook` writes XLSX, `pdf_report` writes PDF. Both compute; call them in a thread from asynchronous code.
"""

from ntro.capabilities.reports.model import Cell, Column, Report, ReportError, Section, Signature, Table
from ntro.capabilities.reports.pdf import pdf_report
from ntro.capabilities.reports.workbook import workbook

__all__ = [
    "Cell",
    "Column",
    "Report",
    "ReportError",
    "Section",
    "Signature",
    "Table",
    "pdf_report",
    "workbook",
]
