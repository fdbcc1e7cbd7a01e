"""OFX statements: bank, credit card and investment accounts."""

from datetime import date
from decimal import Decimal

from ntro.capabilities.documents._ofx_tree import OfxDocument, OfxNode
from ntro.capabilities.documents._statement_checks import checked
from ntro.capabilities.documents.bank_statement import (
    Balance,
    BankEntry,
    BankStatement,
    BankStatements,
    InvestmentTrade,
)
from ntro.capabilities.documents.reading import IssueLog, Parsed
from ntro.money import AmountError, parse_amount

_STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM")
_BALANCES = ("LEDGERBAL", "AVAILBAL")
_NO_TRADE = {"DTSTART", "DTEND", "INVBANKTRAN"}


def read_ofx(document: OfxDocument) -> Parsed:
    """All statements of an OFX file. Refused requests, listed accounts and trades become issues, never silence."""
    issues = IssueLog()
    if document.is_truncated:
        issues.add("truncated", "the file ends before its elements are closed; entries may be missing")
    _note_errors(document.root, issues)
    nodes = _in_order(document.root)
    statements = [_statement(node, f"statement {n}", issues) for n, node in enumerate(nodes, start=1)]
    listed = tuple(
        found
        for info in document.root.find("ACCTINFO")
        for name in _ACCOUNTS
        for account in info.find(name)
        if (found := account.text("ACCTID"))
    )
    if not statements:
        issues.add("no_statement", "the file answers a request but holds no statement")
    version = f"OFX {document.version}" if document.version else "OFX"
    return Parsed(BankStatements(tuple(statements), listed), version, "ofx", issues.found())


def _in_order(root: OfxNode) -> list[OfxNode]:
    found: list[OfxNode] = []
    for node in root.children:
        if node.name in _STATEMENTS:
            found.append(node)
        else:
            found += _in_order(node)
    return found


def _note_errors(root: OfxNode, issues: IssueLog) -> None:
    for number, status in enumerate(root.find("STATUS"), start=1):
        code = status.text("CODE")
        if code != "0" or status.text("SEVERITY") == "ERROR":
            message = status.text("MESSAGE") or "no message"
            issues.add("bank_error", f"the bank answered with status {code}: {message}", f"status {number}")


def _statement(node: OfxNode, where: str, issues: IssueLog) -> BankStatement:
    currency = node.text("CURDEF")
    account = next((found for name in _ACCOUNTS if (found := node.text(name, "ACCTID"))), None)
    if account is None:
        issues.add("missing_account", "the statement names no account", where)
    balances = [_balance(name, found, currency, where, issues) for name in _BALANCES for found in node.all(name)]
    if (cash := next(node.all("INVBAL", "AVAILCASH"), None)) is not None:
        balances.append(Balance("AVAILCASH", _amount(cash.value, f"{where}, AVAILCASH", issues), currency, None))
    transactions = [found for lists in _transaction_lists(node) for found in lists.find("STMTTRN")]
    entries = tuple(
        _entry(found, currency, f"{where}, transaction {n}", issues) for n, found in enumerate(transactions, start=1)
    )
    _note_repeated_ids(entries, issues)
    trades = tuple(
        _trade(found, currency, f"{where}, trade {n}", issues)
        for n, found in enumerate(
            (trade for held in node.all("INVTRANLIST") for trade in held.children if trade.name not in _NO_TRADE),
            start=1,
        )
    )
    if trades:
        issues.add("trades_not_posted", f"{len(trades)} investment trades are listed beside the cash entries", where)
    statement = BankStatement(
        account=account,
        currency=currency,
        opening=None,
        closing=next((balance for balance in balances if balance.code == "LEDGERBAL"), None),
        entries=entries,
        reconciles=None,
        balances=tuple(balances),
        trades=trades,
    )
    return checked(statement, where, issues)


def _transaction_lists(node: OfxNode) -> list[OfxNode]:
    return [found for name in ("BANKTRANLIST", "INVTRANLIST") for found in node.all(name)]


def _balance(code: str, node: OfxNode, currency: str | None, where: str, issues: IssueLog) -> Balance:
    place = f"{where}, {code}"
    return Balance(
        code, _amount(node.text("BALAMT"), place, issues), currency, _day(node.text("DTASOF"), place, issues)
    )


def _entry(node: OfxNode, currency: str | None, where: str, issues: IssueLog) -> BankEntry:
    day = _day(node.text("DTPOSTED"), where, issues)
    if node.text("DTPOSTED") is None:
        issues.add("missing_date", "the transaction has no posting date", where)
    own = node.text("CURRENCY", "CURSYM") or currency
    if own != currency:
        issues.add("foreign_currency_entry", f"the amount is in {own}, the account in {currency}", where)
    name = node.text("NAME") or node.text("PAYEE", "NAME")
    parts = [name, node.text("MEMO")]
    return BankEntry(
        day=day,
        amount=_amount(node.text("TRNAMT"), where, issues),
        currency=own,
        reference=node.text("FITID"),
        description=" ".join(dict.fromkeys(part for part in parts if part)) or None,
        where=where,
        value_date=_day(node.text("DTAVAIL"), where, issues),
        booking_date=day,
        bank_reference=node.text("REFNUM") or node.text("CHECKNUM"),
        counterparty=name,
        is_reversal=node.text("CORRECTACTION") == "DELETE",
    )


def _trade(node: OfxNode, currency: str | None, where: str, issues: IssueLog) -> InvestmentTrade:
    def first(name: str) -> str | None:
        return next((found.value for found in node.find(name)), None)

    def number(name: str) -> Decimal | None:
        return _amount(first(name), where, issues) if first(name) is not None else None

    return InvestmentTrade(
        type=node.name,
        day=_day(first("DTTRADE"), where, issues),
        reference=first("FITID"),
        security=first("UNIQUEID"),
        units=number("UNITS"),
        unit_price=number("UNITPRICE"),
        total=number("TOTAL"),
        currency=first("CURSYM") or currency,
        where=where,
    )


def _note_repeated_ids(entries: tuple[BankEntry, ...], issues: IssueLog) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.reference is None:
            issues.add("missing_reference", "the transaction has no FITID", entry.where)
            continue
        if entry.reference in seen:
            issues.add("duplicate_reference", f"FITID {entry.reference!r} was used before", entry.where)
        seen.add(entry.reference)


def _amount(written: str | None, where: str, issues: IssueLog) -> Decimal | None:
    """OFX amounts have a point or a comma before the decimals; one comma before three digits is not guessed."""
    if written is None:
        issues.add("unreadable_amount", "an amount is missing", where)
        return None
    try:
        return parse_amount(written, decimal_mark=None if "," in written else ".")
    except AmountError as error:
        issues.add("unreadable_amount", str(error), where)
        return None


def _day(written: str | None, where: str, issues: IssueLog) -> date | None:
    if written is None:
        return None
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:8]))
    except ValueError:
        issues.add("unknown_date", f"{written!r} is no date", where)
        return None
