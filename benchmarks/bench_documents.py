"""Times `read_document` on a long ruled table in a PDF, a large book and a large statement.

Run: `python benchmarks/bench_documents.py`. Compare the figures of one run with each other, not of two machines.
"""

import io
import statistics
import time

import xlsxwriter
from reportlab.lib import colors
from reportlab.platypus import SimpleDocTemplate, Table

from ntro.capabilities.documents import read_document

ROUNDS = 5
UNITS = 1_000


def rent_roll() -> bytes:
    """A ruled table of 1,000 units over 28 pages."""
    head = ["Unit", "Tenant", "Monthly rent", "Rent received", "Arrears"]
    rows = [[f"Unit {n}", f"Tenant {n} Limited", f"{900 + n:,}.00", f"{900 + n:,}.00", "0.00"] for n in range(UNITS)]
    out = io.BytesIO()
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    SimpleDocTemplate(out, invariant=1).build([Table([head, *rows], repeatRows=1, style=style)])
    return out.getvalue()


def trial_balance() -> bytes:
    """A book with 20,000 accounts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Account code", "Name", "Debit", "Credit"])
        for row in range(1, 20_001):
            sheet.write_row(row, 0, [str(row), f"Account {row}", row + 0.25, ""])
    return out.getvalue()


def statement() -> bytes:
    """An MT940 statement of 20,000 entries."""
    entries = "".join(f":61:2603020302C{n},25NTRFREF{n}\n:86:Payment {n}\n" for n in range(20_000))
    return f":20:X\n:25:1\n:60F:C260301EUR0,\n{entries}:62F:C260331EUR0,\n-\n".encode()


def measure(name: str, content: bytes, filename: str) -> None:
    """Prints the median of `ROUNDS` readings."""
    times: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        reading = read_document(content, filename=filename)
        times.append(time.perf_counter() - start)
    print(f"{name:<40} {statistics.median(times) * 1000:8.0f} ms  {len(content):>9} bytes  {reading.kind}")


if __name__ == "__main__":
    measure("PDF, ruled table, 28 pages, 1,000 rows", rent_roll(), "roll.pdf")
    measure("XLSX, 20,000 accounts", trial_balance(), "tb.xlsx")
    measure("MT940, 20,000 entries", statement(), "statement.sta")
