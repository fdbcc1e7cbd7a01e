"""Documents full of canaries: two trial balances and a bank statement that document-ingest reads."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from tests.security.canaries import Canaries

ACCOUNTS = 600
ENTRIES = 2400
_HEAD = ("Account code", "Account name", "Debit", "Credit")


class Row(NamedTuple):
    """A line of a trial balance."""

    code: str
    name: str
    debit: Decimal | None
    credit: Decimal | None


def trial_balance_csv(canaries: Canaries, folder: Path) -> Path:
    """A trial balance as text."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    writer.writerows(balanced(canaries, "trial balance, CSV"))
    path = folder / f"{canaries.word('file name')}.csv"
    path.write_text(text.getvalue())
    return path


def trial_balance_xlsx(canaries: Canaries, folder: Path) -> Path:
    """A trial balance as a workbook."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Trial Balance")
    for line, row in enumerate([_HEAD, *balanced(canaries, "trial balance, XLSX")]):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(line, column, value)
            elif value is not None:
                sheet.write_string(line, column, value)
    book.close()
    path = folder / f"{canaries.word('file name')}.xlsx"
    path.write_bytes(buffer.getvalue())
    return path


def balanced(canaries: Canaries, where: str) -> list[Row]:
    """Accounts whose names and amounts are canaries, and one that makes them balance."""
    rows = [Row(str(1000 + number), canaries.word(where), canaries.amount(where), None) for number in range(ACCOUNTS)]
    total = sum((row.debit for row in rows if row.debit is not None), Decimal(0))
    return [*rows, Row("9000", "Everything else", None, total)]


def bank_statement(canaries: Canaries, folder: Path) -> Path:
    """A CAMT.053 statement: amount, counterparty and reference of each entry are canaries, and so is the account."""
    where = "bank statement"
    amounts = [canaries.amount(where) for _ in range(ENTRIES)]
    entries = "".join(
        f"""<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="GBP">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-03-15</Dt></BookgDt><ValDt><Dt>2026-03-15</Dt></ValDt><NtryDtls><TxDtls>
<RltdPties><Dbtr><Nm>{canaries.word(where)} Limited</Nm></Dbtr></RltdPties>
<RmtInf><Ustrd>Invoice {canaries.word(where)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
        for number, amount in enumerate(amounts, 1)
    )
    opening = canaries.amount(where)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-04-01T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>2026-03</Id><ElctrncSeqNb>3</ElctrncSeqNb><CreDtTm>2026-04-01T06:00:00Z</CreDtTm>
<Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id><Ccy>GBP</Ccy><Nm>{canaries.word(where)}</Nm></Acct>
{balance("OPBD", opening, "2026-03-01")}{balance("CLBD", opening + sum(amounts), "2026-03-31")}{entries}
</Stmt></BkToCstmrStmt></Document>"""
    path = folder / f"{canaries.word('file name')}.xml"
    path.write_text(text)
    return path


def balance(code: str, amount: Decimal, date: str) -> str:
    """A booked balance of the statement."""
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">{amount}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{date}</Dt></Dt></Bal>"
    )
