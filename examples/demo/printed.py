"""The rent roll and the loan agreement as PDFs, as a managing agent and a bank would send them."""

from io import BytesIO

import figures
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

STYLES = getSampleStyleSheet()
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("ALIGN", (2, 1), (-1, -1), "RIGHT"),
    ]
)


def rent_roll() -> bytes:
    """A ruled table: a unit a row, a row of totals."""
    head = ["Unit", "Tenant", "Monthly rent", "Rent received", "Arrears 30 days", "Arrears 60 days", "Arrears 90+ days"]
    rows = [[unit.unit, unit.tenant, *map(figures.grouped, amounts(unit))] for unit in figures.RENT_ROLL]
    totals = [figures.grouped(sum(column)) for column in zip(*map(amounts, figures.RENT_ROLL), strict=True)]
    table = Table([head, *rows, ["Total", "", *totals]], repeatRows=1)
    table.setStyle(GRID)
    title = Paragraph(f"Rent roll: {figures.ENTITY}, period {figures.PERIOD}", STYLES["Heading2"])
    note = Paragraph("Esplanade Property Managers, managing agents. Amounts in GBP.", STYLES["Normal"])
    return _pdf([title, note, Spacer(1, 12), table], wide=True)


def amounts(unit: figures.Unit) -> tuple[int, ...]:
    """The amounts of a unit in the order of the columns."""
    return unit.rent, unit.received, unit.arrears_30d, unit.arrears_60d, unit.arrears_90d_plus


def loan_agreement() -> bytes:
    """Terms as a table of labels and values under a heading."""
    terms = [
        ["Lender", "Island Commercial Bank"],
        ["Borrower", figures.ENTITY],
        ["Agreement date", "2024-06-28"],
        ["Maturity date", "2029-06-30"],
        ["Currency", figures.CURRENCY],
        ["Principal outstanding", figures.grouped(figures.LOAN_PRINCIPAL)],
        ["Interest rate", f"{figures.LOAN_RATE_PERCENT}%"],
        ["Monthly interest", figures.grouped(figures.LOAN_INTEREST)],
        ["Monthly principal", figures.grouped(figures.LOAN_REPAYMENT)],
    ]
    table = Table(terms, colWidths=[180, 260])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]))
    title = Paragraph("Facility agreement: schedule of terms", STYLES["Heading2"])
    note = Paragraph("Interest and principal fall due on the last banking day but one of each month.", STYLES["Normal"])
    return _pdf([title, Spacer(1, 12), table, Spacer(1, 12), note])


def _pdf(story: list[Flowable], *, wide: bool = False) -> bytes:
    buffer = BytesIO()
    SimpleDocTemplate(buffer, pagesize=landscape(A4) if wide else A4, invariant=1).build(story)
    return buffer.getvalue()
