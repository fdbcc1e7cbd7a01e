"""Trial balances and rent rolls in books, text files and PDFs."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from ntro.capabilities.documents import DocumentReading, DocumentRefusedError, read_document
from ntro.capabilities.documents._book import without_noise

GRID = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
PLAIN = [("ALIGN", (2, 0), (-1, -1), "RIGHT")]
Row = list[Any]


def book(rows: list[Row]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("TB")
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(number, column, value, None, value.removeprefix("="))
                else:
                    sheet.write(number, column, value)
    return out.getvalue()


def pdf(title: str, rows: list[Row], style: list[Any] = GRID) -> bytes:
    out = io.BytesIO()
    story = [Paragraph(title, getSampleStyleSheet()["Title"]), Table(rows, repeatRows=1, style=style)]
    SimpleDocTemplate(out, invariant=1).build(story)
    return out.getvalue()


def read(content: bytes, filename: str = "book.xlsx", schema: str | None = None) -> tuple[Any, list[str]]:
    reading = read_document(content, filename=filename, schema_slug=schema)
    return reading.as_json(), [issue.code for issue in reading.issues]


TB = [
    ["Acme Property SPV 1"],
    ["Trial balance at 31 March 2026", None, "GBP"],
    [],
    ["Account Code", "Account Name", "Debit", "Credit"],
    [1000, "Investment property", 1000000, None],
    ["2000", "Bank", 0.1 + 0.2, None],
    ["3000", "Loan", None, 1000000.3],
    [None, "Total", 1000000.3, 1000000.3],
]


def test_a_trial_balance_book_is_read_exactly_whatever_row_its_header_stands_in():
    found, issues = read(book(TB), schema="trial-balance")
    assert [(row["account_code"], row["name"], row["debit"], row["credit"]) for row in found["rows"]] == [
        ("1000", "Investment property", "1000000", "0"),
        ("2000", "Bank", "0.3", "0"),
        ("3000", "Loan", "0", "1000000.3"),
    ]
    assert found["currency"] == "GBP"
    assert found["balances"] is True
    assert found["rows"][1]["where"] == "TB!A6"
    assert issues == []


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_value_is_never_a_number(error: str):
    rows = [list(row) for row in TB]
    rows[5][2] = f"={error}"
    found, issues = read(book(rows))
    assert found["rows"][1]["debit"] is None
    assert found["balances"] is False
    assert {"error_value", "does_not_balance", "totals_differ"} <= set(issues)


def test_a_wrong_total_and_a_repeated_account_are_noted():
    rows = [list(row) for row in TB]
    rows[7][2] = 5
    rows[6][0] = "2000"
    _, issues = read(book(rows))
    assert issues == ["totals_differ", "duplicate_account"]


@pytest.mark.parametrize(
    "text",
    [
        "Konto;Bezeichnung;Soll;Haben\n1000;Kasse;1.234,50;\n2000;Darlehen;;1.234,50\nSumme;;1.234,50;1.234,50\n",
        "N° de compte;Intitulé;Débit (EUR);Crédit (EUR)\n1000;Caisse;1 234,50;\n2000;Emprunt;;1 234,50\n",
        "Cuenta\tDescripción\tDebe\tHaber\n1000\tCaja\t1.234,50\t\n2000\tPréstamo\t\t1.234,50\n",
        'Account,Debit,Credit\n1000 - Cash,"1,234.50",\nLoan (2000),,"1,234.50"\n',
        "Nominal Code,Name,Balance\n1000,Cash,1234.50\n2000,Loan,-1234.50\n",
        "Nominal Code,Name,Balance\n1000,Cash,1234.50 DR\n2000,Loan,1234.50 CR\n",
        "Nominal Code|Name|Balance\n1000|Cash|\"1'234.50\"\n2000|Loan|(1'234.50)\n",
    ],
)
def test_headings_separators_and_number_formats_of_many_countries_are_understood(text: str):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        found, issues = read(text.encode(encoding), "tb.csv")
        rows = [(row["account_code"], row["debit"], row["credit"]) for row in found["rows"]]
        assert rows == [("1000", "1234.50", "0"), ("2000", "0", "1234.50")]
        assert issues == []


def test_a_doubtful_amount_is_left_to_a_person():
    found, issues = read(b'Account Code,Name,Debit,Credit\n1,Cash,"1,234",\n2,Loan,,nonsense\n', "tb.csv")
    assert [row["debit"] for row in found["rows"]] == [None, "0"]
    assert found["rows"][1]["credit"] is None
    assert issues.count("unreadable_amount") == 2


def test_a_currency_tells_thousands_from_thousandths():
    found, _ = read(b'Account Code,Name,Debit (GBP),Credit (GBP)\n1,Cash,"1,234",\n2,Loan,,"1,234"\n', "tb.csv")
    assert found["rows"][0]["debit"] == "1234"
    assert found["currency"] == "GBP"


def test_lists_with_dates_are_no_trial_balance():
    for text in (
        "Date,Account,Debit,Credit\n2026-01-01,1000,1,\n",
        "Buchungsdatum;Konto;Soll;Haben\n1.1.2026;1000;1,00;\n",
    ):
        with pytest.raises(DocumentRefusedError) as refusal:
            read(text.encode(), "list.csv")
        assert refusal.value.code == "unknown_kind"


def _ods(cells: str) -> bytes:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    body = f"<office:body><office:spreadsheet><table:table table:name='TB'>{cells}</table:table></office:spreadsheet>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml", f"<office:document-content {names}>{body}</office:body></office:document-content>"
        )
    return out.getvalue()


def _ods_row(*values: str) -> str:
    cells = ""
    for value in values:
        is_number = value.replace(".", "").isdigit()
        attributes = f"office:value-type='float' office:value='{value}'" if is_number else "office:value-type='string'"
        cells += f"<table:table-cell {attributes}><text:p>{'1' if is_number else value}</text:p></table:table-cell>"
    return f"<table:table-row>{cells}</table:table-row>"


def test_open_document_books_keep_their_exact_values_and_errors():
    empty = "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
    rows = _ods_row("Account Code", "Name", "Debit", "Credit") + _ods_row("1000", "Cash", "12345678901234.56", "")
    found, issues = read(_ods(rows + _ods_row("2000", "Loan", "", "#N/A") + empty), "tb.ods")
    assert found["rows"][0]["debit"] == "12345678901234.56"
    assert found["rows"][1]["credit"] is None
    assert "error_value" in issues


def test_books_that_unpack_to_far_more_than_their_size_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 60_000_000)
    with pytest.raises(DocumentRefusedError) as refusal:
        read(out.getvalue())
    assert refusal.value.code == "too_large"


def test_books_with_macros_are_refused_wherever_the_macros_stand():
    out = io.BytesIO(book(TB))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
    with pytest.raises(DocumentRefusedError) as refusal:
        read(out.getvalue())
    assert refusal.value.code == "macros"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**11), max_value=10**11))
def test_amounts_survive_the_binary_format_of_books(amount: Decimal):
    assert without_noise(Decimal(repr(float(amount)))) == amount


def _flat(n: int) -> Row:
    rent = f"£{1000 + n:,}.00"
    return [f"Flat {n}", f"Tenant {n}", rent, rent if n % 3 else "-", "£0.00" if n % 3 else rent]


RENT = [
    ["Unit", "Tenant", "Monthly rent", "Rent received", "Arrears"],
    *[_flat(n) for n in range(1, 81)],
]
RENT_DUE = sum(1000 + n for n in range(1, 81))


@pytest.mark.parametrize("style", [GRID, PLAIN], ids=["ruled", "plain"])
def test_a_rent_roll_over_several_pages_is_read_row_by_row(style: list[Any]):
    total = ["Total", "", f"£{RENT_DUE:,}.00", "", ""]
    found, issues = read(pdf("Rent roll March 2026", [*RENT, total], style), "roll.pdf", "rent-roll")
    assert len(found["rows"]) == 80
    assert found["rows"][79]["unit"] == "Flat 80"
    assert found["rows"][79]["monthly_rent"] == "1080.00"
    assert found["rows"][79]["where"].startswith(("page 2", "page 3"))
    assert found["rows"][2]["rent_received"] == "0"
    assert Decimal(found["totals"]["monthly_rent"]) == RENT_DUE == Decimal(found["sums"]["monthly_rent"])
    assert (found["currency"], found["period"]) == ("GBP", "2026-03")
    assert issues == []


def test_a_rent_roll_whose_total_differs_goes_to_a_person():
    _, issues = read(pdf("Rent roll", [*RENT, ["Total", "", "£1.00", "", ""]]), "roll.pdf")
    assert issues == ["totals_differ"]


def test_a_rent_roll_book_becomes_rows_for_review_with_stable_ids():
    rows = [["Unit", "Tenant name", "Rent due", "Rent received", "Arrears 30d"], ["A", "Ann", 950.5, 900, 50.5]]
    content = book(rows)
    payload: Any = read_document(content, filename="roll.xlsx", schema_slug="rent-roll-zenko").as_extraction()
    assert payload["schema_slug"] == "rent-roll-zenko"
    assert payload["line_items"][0]["id"] == "row-1"
    assert payload["line_items"][0]["monthly_rent"] == payload["line_items"][0]["rent_due"] == "950.5"
    assert payload["line_items"][0]["arrears_30d"] == "50.5"
    assert payload["fields"]["total_rent_due"] == "950.5"
    assert payload == read_document(content, filename="roll.xlsx", schema_slug="rent-roll-zenko").as_extraction()


def test_another_kind_than_expected_is_refused():
    def code(content: bytes, filename: str, schema: str) -> str:
        with pytest.raises(DocumentRefusedError) as refusal:
            read_document(content, filename=filename, schema_slug=schema)
        return refusal.value.code

    assert code(book(TB), "tb.xlsx", "rent-roll") == "unknown_kind"
    assert code(pdf("Rent roll", RENT), "roll.pdf", "trial-balance") == "no_tables"
    assert code(pdf("Rent roll", RENT), "roll.pdf", "bank-statement") == "unknown_kind"
    assert code(book(TB), "tb.xlsx", "shopping-list") == "unknown_schema"
    assert code(b"a,b\n1,2\n", "x.csv", "bank-statement") == "unsupported_format"


TERMS = [
    ["Lender", "Harbour Bank plc"],
    ["Borrower", "Acme Property SPV 1 Limited"],
    ["Principal", "£1,200,000.00"],
    ["Interest rate", "5.25% per annum"],
    ["Monthly interest", "£5,250.00"],
    ["Monthly principal", "£2,000.00 on the first day of each month"],
    ["Maturity date", "31 March 2034"],
]


def _terms_pdf(as_lines: bool) -> DocumentReading:
    style = getSampleStyleSheet()["Normal"]
    out = io.BytesIO()
    lines = [Paragraph(f"{label}: {value}", style) for label, value in TERMS]
    SimpleDocTemplate(out, invariant=1).build(lines if as_lines else [Table(TERMS, style=GRID)])
    return read_document(out.getvalue(), filename="loan.pdf")


@pytest.mark.parametrize("as_lines", [True, False], ids=["lines", "table"])
def test_the_terms_of_a_loan_are_read_by_their_labels(as_lines: bool):
    found: Any = _terms_pdf(as_lines).as_json()
    assert found["kind"] == "loan_agreement"
    terms = {key: value for key, value in found["fields"].items() if value is not None}
    assert terms == {
        "lender": "Harbour Bank plc",
        "borrower": "Acme Property SPV 1 Limited",
        "currency": "GBP",
        "principal": "1200000.00",
        "interest_rate": "5.25",
        "monthly_interest": "5250.00",
        "monthly_principal": "2000.00",
        "maturity_date": "2034-03-31",
    }
    assert found["locations"]["principal"] == "page 1, line 3"
    assert found["issues"] == []
