"""The NAV pack: one report as a workbook and as a PDF. The same close gives the same bytes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ntro.accounting.amounts import total
from ntro.accounting.models import TBLine
from ntro.capabilities.reports import Column, Report, Section, Signature, Table, pdf_report, workbook

from .models import CloseInput
from .signing import comparison, nav_movements

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
DEBIT = Column("Debit", "amount")
CREDIT = Column("Credit", "amount")


@dataclass(frozen=True, slots=True)
class PackContent:
    """One file of the pack."""

    filename: str
    content_type: str
    content: bytes


async def pack_files(close: CloseInput, documents: Sequence[dict[str, Any]]) -> list[PackContent]:
    """The workbook and the PDF of a signed close, made in a thread."""
    report = report_of(close, documents)
    name = f"nav-{close.context.entity_slug}-{close.context.period}"
    return [
        PackContent(f"{name}.xlsx", XLSX, await asyncio.to_thread(workbook, report)),
        PackContent(f"{name}.pdf", PDF, await asyncio.to_thread(pdf_report, report)),
    ]


def report_of(close: CloseInput, documents: Sequence[dict[str, Any]]) -> Report:
    """What the pack says."""
    context, nav = close.context, close.nav
    return Report(
        title="Net asset value",
        subtitle=f"{context.entity_name or context.entity_slug}, {context.period}",
        facts=[
            ("Entity", context.entity_name or context.entity_slug),
            ("Period", context.period),
            ("Currency", nav.currency),
            ("Total assets", f"{nav.total_assets:,}"),
            ("Total liabilities", f"{nav.total_liabilities:,}"),
            ("Net asset value", f"{nav.nav:,}"),
            ("Shares in issue", f"{nav.shares:,}"),
            ("NAV per share", f"{nav.nav_per_share:,}"),
            *previous_facts(close),
            ("Task", context.task_id),
        ],
        sections=[
            nav_section(close),
            movements_section(close),
            balance_section("Closing trial balance", close.proposed.closing.lines),
            balance_section("Opening trial balance", close.opening.lines),
            *journals_section(close),
            checks_section(close),
            documents_section(documents),
        ],
        signatures=[
            Signature("Journals approved by", close.proposed.approved_by or ""),
            Signature("Signed off by", close.signed_by or "", signed_at(close)),
        ],
    )


def previous_facts(close: CloseInput) -> list[tuple[str, str]]:
    """The last signed NAV, and how far this one is from it."""
    if close.previous is None:
        return []
    change = comparison(close.nav, close.previous)["change_in_nav"]
    return [
        (f"Net asset value {close.previous.period}", f"{close.previous.nav:,}"),
        ("Change", f"{Decimal(change):,}"),
    ]


def signed_at(close: CloseInput) -> datetime | None:
    """When the NAV was signed."""
    return datetime.fromisoformat(close.signed_at) if close.signed_at else None


def nav_section(close: CloseInput) -> Section:
    """What the NAV is made of, account by account."""
    columns = [Column("Class"), Column("Account", width=10), Column("Name", width=34), Column("Amount", "amount")]
    rows = [
        [line.account_class.value, line.account_code, line.account_name, line.amount]
        for line in close.nav.lines
        if line.account_class.value in ("asset", "liability")
    ]
    return Section("Calculation", tables=[Table(columns, rows, ["NAV", None, None, close.nav.nav])])


def movements_section(close: CloseInput) -> Section:
    """From the opening to the closing NAV, journal by journal."""
    classes = {line.account_code: line.account_class for line in close.nav.lines}
    columns = [Column("Movement", width=44), Column("NAV", "amount")]
    moved = nav_movements(close.proposed.journals, close.nav, classes)
    return Section("NAV movement", tables=[Table(columns, [[row["movement"], Decimal(row["nav"])] for row in moved])])


def balance_section(heading: str, lines: Sequence[TBLine]) -> Section:
    """A trial balance with its totals."""
    columns = [Column("Account", width=10), Column("Name", width=34), DEBIT, CREDIT]
    rows = [[line.account_code, line.account_name, line.debit or None, line.credit or None] for line in lines]
    totals = ["Total", None, total(line.debit for line in lines), total(line.credit for line in lines)]
    return Section(heading, tables=[Table(columns, rows, totals)])


def journals_section(close: CloseInput) -> list[Section]:
    """Every journal with its lines and how it came to be."""
    columns = [Column("Account", width=10), Column("Description", width=44), DEBIT, CREDIT]
    tables = [
        Table(
            columns,
            [[line.account_code, line.description, line.debit or None, line.credit or None] for line in journal.lines],
            ["Total", None, journal.total_dr, journal.total_cr],
            title=f"{number}. {journal.description}",
        )
        for number, journal in enumerate(close.proposed.journals, start=1)
    ]
    how = [f"{item.description}: {text}" for item in close.proposed.journals for text in item.explanation]
    return [Section("Journals", tables=tables, paragraphs=how)] if tables else []


def checks_section(close: CloseInput) -> Section:
    """Every check and its outcome."""
    columns = [Column("Check", width=44), Column("Outcome", width=10), Column("Detail", width=60)]
    rows = [[item.title, item.status, item.detail] for item in close.checks]
    return Section("Checks", tables=[Table(columns, rows)])


def documents_section(documents: Sequence[dict[str, Any]]) -> Section:
    """The documents the figures come from, by their hashes."""
    columns = [Column("Slot"), Column("File", width=34), Column("SHA-256", width=66)]
    rows = [[item["source"], item["filename"], item["sha256"]] for item in documents]
    return Section("Documents", tables=[Table(columns, rows)])
