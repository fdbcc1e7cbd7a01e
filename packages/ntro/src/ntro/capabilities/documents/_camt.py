"""CAMT.052, 053 and 054 of ISO 20022, every version: elements are found by name, whatever their namespace."""

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ntro.capabilities.documents._statement_checks import check_sequence, checked
from ntro.capabilities.documents._xml import child, children, local, namespace, text, xml_decimal
from ntro.capabilities.documents.bank_statement import Balance, BankEntry, BankStatement, BankStatements
from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.reading import IssueLog, Parsed
from ntro.money import EXACT, exact_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_REPORTS = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_STATUS: dict[str, Literal["booked", "pending", "information"]] = {
    "BOOK": "booked",
    "PDNG": "pending",
    "FUTR": "pending",
    "INFO": "information",
}
# The balance before the first booked entry, and the one after the last; available balances are not comparable.
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_NO_REFERENCE = {"NOTPROVIDED", "NONREF"}
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T+\-Z].*)?")


def is_camt(root: "Element") -> bool:
    """Whether `root` is an account report, statement or notification of ISO 20022."""
    return local(root) == "Document" and any(local(message).startswith("BkToCstmr") for message in root)


def read_camt(root: "Element") -> Parsed:
    """All statements of a CAMT message. The sign comes from `CdtDbtInd`, also for reversals."""
    issues = IssueLog()
    message = next(message for message in root if local(message).startswith("BkToCstmr"))
    reports = [element for element in message if local(element) in _REPORTS]
    if not reports:
        raise DocumentRefusedError("malformed", "the CAMT message holds no statement, report or notification")
    statements = [_statement(report, f"statement {n}", issues) for n, report in enumerate(reports, start=1)]
    check_sequence(statements, issues)
    version = namespace(root).rpartition(":")[2] or _REPORTS[local(reports[0])]
    return Parsed(BankStatements(tuple(statements)), version, "camt", issues.found())


def _statement(report: "Element", where: str, issues: IssueLog) -> BankStatement:
    balances = tuple(_balance(element, where, issues) for element in children(report, "Bal"))
    opening = _first(balances, _OPENING)
    closing = _first(balances, _CLOSING)
    entries = tuple(
        _entry(element, f"{where}, entry {n}", issues) for n, element in enumerate(children(report, "Ntry"), start=1)
    )
    currency = text(report, "Acct", "Ccy")
    for stated in (opening, closing, *balances):
        currency = currency or (stated.currency if stated else None)
    if currency is None and len({entry.currency for entry in entries}) == 1:
        currency = entries[0].currency
    account = _account(child(report, "Acct", "Id"))
    if account is None:
        issues.add("missing_account", "the statement names no account", where)
    _check_summary(report, entries, where, issues)
    statement = BankStatement(
        account=account,
        currency=currency,
        opening=opening,
        closing=closing,
        entries=entries,
        reconciles=None,
        number=text(report, "Id"),
        balances=balances,
    )
    return checked(statement, where, issues)


def _account(identification: "Element | None") -> str | None:
    paths = (("IBAN",), ("Othr", "Id"), ("PrtryAcct", "Id"), ("BBAN",), ("UPIC",))
    return next((found for path in paths if (found := text(identification, *path))), None)


def _first(balances: tuple[Balance, ...], codes: tuple[str, ...]) -> Balance | None:
    return next((balance for code in codes for balance in balances if balance.code == code), None)


def _balance(element: "Element", where: str, issues: IssueLog) -> Balance:
    code = (
        text(element, "Tp", "CdOrPrtry", "Cd") or text(element, "Tp", "CdOrPrtry", "Prtry") or text(element, "Tp", "Cd")
    )
    place = f"{where}, balance {code}"
    return Balance(
        code=code or "",
        amount=_signed(element, place, issues),
        currency=_currency(element),
        day=_day(child(element, "Dt"), place, issues),
    )


def _currency(element: "Element") -> str | None:
    amount = child(element, "Amt")
    return (amount.get("Ccy") or None) if amount is not None else None


def _signed(element: "Element", where: str, issues: IssueLog) -> Decimal | None:
    amount, indicator = xml_decimal(text(element, "Amt")), text(element, "CdtDbtInd")
    if amount is None or indicator not in {"CRDT", "DBIT"}:
        issues.add(
            "unreadable_amount", f"amount {text(element, 'Amt')!r} with side {indicator!r} states no amount", where
        )
        return None
    return amount if indicator == "CRDT" else amount.copy_negate()


def _day(holder: "Element | None", where: str, issues: IssueLog) -> date | None:
    written = text(holder, "Dt") or text(holder, "DtTm") or (holder.text or "").strip() if holder is not None else ""
    if not written:
        return None
    match = _DAY.fullmatch(written)
    try:
        return date.fromisoformat(match.group(1) if match else written)
    except ValueError:
        issues.add("unknown_date", f"{written!r} is no date", where)
        return None


def _entry(element: "Element", where: str, issues: IssueLog) -> BankEntry:
    booking = _day(child(element, "BookgDt"), where, issues)
    value = _day(child(element, "ValDt"), where, issues)
    if booking is None and value is None:
        issues.add("missing_date", "the entry has neither a booking nor a value date", where)
    currency = _currency(element)
    if currency is None:
        issues.add("missing_currency", "the entry's amount has no currency", where)
    details = list(children(element, "NtryDtls", "TxDtls"))
    status = text(element, "Sts", "Cd") or text(element, "Sts")
    if status is not None and status not in _STATUS:
        issues.add("unknown_status", f"the entry's status is {status!r}", where)
    bank_reference = text(element, "AcctSvcrRef") or text(element, "NtryRef")
    return BankEntry(
        day=booking or value,
        amount=_signed(element, where, issues),
        currency=currency,
        reference=_reference(details) or bank_reference,
        description=_description(element, details),
        where=where,
        value_date=value,
        booking_date=booking,
        bank_reference=bank_reference,
        counterparty=_counterparty(element, details),
        status=_STATUS.get(status or "BOOK", "booked"),
        is_reversal=text(element, "RvslInd") in {"true", "1"},
    )


def _reference(details: "list[Element]") -> str | None:
    """The payer's reference, where the entry is one payment and not a batch."""
    if len(details) != 1:
        return None
    found = text(details[0], "Refs", "EndToEndId")
    return None if found is None or found.upper() in _NO_REFERENCE else found


def _description(element: "Element", details: "list[Element]") -> str | None:
    parts: list[str] = []
    for detail in details:
        parts += [part.text.strip() for part in children(detail, "RmtInf", "Ustrd") if part.text and part.text.strip()]
        for structured in children(detail, "RmtInf", "Strd"):
            parts += [
                found for found in (text(structured, "CdtrRefInf", "Ref"), text(structured, "AddtlRmtInf")) if found
            ]
    additional = text(element, "AddtlNtryInf")
    return " ".join([*parts, *([additional] if additional else [])]) or None


def _counterparty(element: "Element", details: "list[Element]") -> str | None:
    if len(details) != 1:
        return None
    party = child(details[0], "RltdPties", "Dbtr" if text(element, "CdtDbtInd") == "CRDT" else "Cdtr")
    return text(party, "Nm") or text(party, "Pty", "Nm")


def _check_summary(report: "Element", entries: tuple[BankEntry, ...], where: str, issues: IssueLog) -> None:
    summary = child(report, "TxsSummry", "TtlNtries")
    count, total = text(summary, "NbOfNtries"), xml_decimal(text(summary, "Sum"))
    if count is not None and count.isdigit() and int(count) != len(entries):
        issues.add("totals_differ", f"the bank counts {count} entries, the file holds {len(entries)}", where)
    if total is not None and all(entry.amount is not None for entry in entries):
        found = Decimal(0)
        for entry in entries:
            found = EXACT.add(found, (entry.amount or Decimal(0)).copy_abs())
        if found != total.copy_abs():
            issues.add("totals_differ", f"the bank sums {exact_text(total)}, the entries {exact_text(found)}", where)
