"""The opening trial balance as a workbook, as an accounting package would export it."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import figures
import xlsxwriter

FIXED = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)


def trial_balance() -> bytes:
    """Title rows, a header, an account a row, a row of totals."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": FIXED})
    sheet = book.add_worksheet("Trial Balance")
    money = book.add_format({"num_format": "#,##0.00"})
    bold = book.add_format({"bold": True})
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 3, 16)
    sheet.write(0, 0, figures.ENTITY, bold)
    sheet.write(1, 0, "Trial balance as at 28 February 2026")
    for column, title in enumerate(("Account code", "Account name", "Debit", "Credit")):
        sheet.write(3, column, title, bold)
    row = 4
    for account in figures.OPENING:
        sheet.write_string(row, 0, account.code)
        sheet.write_string(row, 1, account.name)
        sheet.write_number(row, 2 if account.balance >= 0 else 3, Decimal(abs(account.balance)).scaleb(-2), money)
        row += 1
    sheet.write_string(row, 1, "Total", bold)
    for column, total in enumerate(totals(), 2):
        sheet.write_number(row, column, Decimal(total).scaleb(-2), money)
    book.close()
    return buffer.getvalue()


def totals() -> tuple[int, int]:
    """Sum of debits, sum of credits."""
    debits = sum(account.balance for account in figures.OPENING if account.balance > 0)
    return debits, debits
