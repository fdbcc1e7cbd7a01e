"""SWIFT MT940 and MT942: a tokenizer that loses no line, and the statements it spells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ntro.capabilities.documents._mt940_entry import parse_entry, short_date
from ntro.capabilities.documents._statement_checks import check_sequence, checked
from ntro.capabilities.documents.bank_statement import Balance, BankEntry, BankStatement, BankStatements
from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.reading import IssueLog, Parsed
from ntro.money import EXACT, exact_text

MAX_LINES = 1_000_000
_TAG = re.compile(r":([0-9]{2}[A-Z]?):(.*)")
_ENVELOPE = re.compile(r":94[0-9]:")
_OTHER_TAGS = {"20", "21", "13", "13D"}
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]{1,15}),([0-9]{0,6})")
_SUMMARY = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9]{1,15}),([0-9]{0,6})")
_OPENING, _CLOSING = ("60F", "60M"), ("62F", "62M")
_BALANCE_TAGS = {*_OPENING, *_CLOSING, "64", "65"}
_CURRENCY_LIMIT = re.compile(r"([A-Z]{3})")
_SUBFIELD = re.compile(r"\?([0-9]{2})")
_PURPOSE = {*map(str, range(20, 30)), *map(str, range(60, 64))}


@dataclass(slots=True)
class _Field:
    tag: str
    lines: list[str]
    line: int
    is_after_end: bool = False


@dataclass(slots=True)
class _Draft:
    """A statement while its fields are read."""

    line: int
    account: str | None = None
    number: str | None = None
    currency: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    others: list[Balance] = field(default_factory=list)
    entries: list[BankEntry] = field(default_factory=list)
    counts: dict[str, tuple[int, Decimal]] = field(default_factory=dict)


def is_mt940(text: str) -> bool:
    """Whether `text` has a statement's account and an entry or balance in SWIFT field syntax."""
    head = text[:200_000]
    return bool(
        re.search(r"^:25P?:", head, re.MULTILINE) and re.search(r"^:(60[FM]|61|62[FM]|34F|90[DC]):", head, re.MULTILINE)
    )


def read_mt940(text: str) -> Parsed:
    """All statements of an MT940 or MT942 file. A field or line that is not understood becomes an issue."""
    issues = IssueLog()
    drafts: list[_Draft] = []
    last_tag = ""
    for element in _fields(text, issues):
        if element.tag == "20" or not drafts:
            drafts.append(_Draft(element.line))
        _take(element, last_tag, drafts[-1], issues)
        last_tag = element.tag
    statements = [_statement(draft, issues) for draft in drafts]
    if not any(statement.account or statement.entries for statement in statements):
        raise DocumentRefusedError("malformed", "the MT940 file holds no account and no entry")
    check_sequence(statements, issues)
    kind = "MT940" if any(draft.opening or draft.closing for draft in drafts) else "MT942"
    return Parsed(BankStatements(tuple(statements)), kind, "mt940", issues.found())


def _fields(text: str, issues: IssueLog) -> Iterator[_Field]:
    """Tagged fields with their continuation lines. Envelope lines between messages are not content."""
    current: _Field | None = None
    is_ended = False
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise DocumentRefusedError("too_large", f"the statement has more than {MAX_LINES} lines")
    for number, raw in enumerate(lines, start=1):
        line = raw.strip("\x01\x03\x04\x1a\ufeff").rstrip()
        match = _TAG.match(line.removeprefix("{4:"))
        if match is not None:
            if current is not None:
                yield current
            is_ended = is_ended and match.group(1) != "20"
            current = _Field(match.group(1), [match.group(2)], number, is_ended)
        elif line == "-" or line.startswith(("-}", "-XXX")):
            if current is not None:
                yield current
            current, is_ended = None, True
        elif current is not None:
            current.lines.append(line)
        elif line.startswith(":") and not _ENVELOPE.fullmatch(line):
            issues.add("unparsed_line", f"not a field of a statement: {line[:80]!r}", f"line {number}")
    if current is not None:
        yield current


def _take(element: _Field, last_tag: str, draft: _Draft, issues: IssueLog) -> None:
    where, value = f"line {element.line}", element.lines[0].strip()
    match element.tag:
        case "61":
            _take_entry(element, where, draft, issues)
        case "86":
            _describe(element, last_tag, draft)
        case "25" | "25P" if draft.account is not None:
            issues.add("repeated_field", f"the account stands twice; the second is not used: {value[:80]!r}", where)
        case "25" | "25P":
            draft.account = " ".join(line.strip() for line in element.lines).strip() or None
        case "28" | "28C":
            draft.number = value or None
        case "34F":
            limit = _CURRENCY_LIMIT.match(value)
            draft.currency = draft.currency or (limit.group(1) if limit else None)
        case "90C" | "90D":
            _take_summary(element.tag, value, where, draft, issues)
        case tag if tag in _BALANCE_TAGS:
            _take_balance(tag, value, where, draft, issues)
        case tag if tag not in _OTHER_TAGS:
            issues.add("unparsed_line", f"field {tag} is not one of a statement: {value[:80]!r}", where)


def _take_entry(element: _Field, where: str, draft: _Draft, issues: IssueLog) -> None:
    if element.is_after_end:
        issues.add("after_end", "this entry stands after the end of its statement", where)
    if found := parse_entry(element.lines, where, issues):
        draft.entries.append(found)


def _take_balance(tag: str, value: str, where: str, draft: _Draft, issues: IssueLog) -> None:
    found = _balance(tag, value, where, issues)
    if found is None:
        return
    if tag in _OPENING:
        draft.opening = draft.opening or found
    elif tag in _CLOSING:
        draft.closing = found
    else:
        draft.others.append(found)


def _balance(tag: str, value: str, where: str, issues: IssueLog) -> Balance | None:
    match = _BALANCE.match(value)
    if match is None:
        issues.add("unreadable_amount", f"{value[:60]!r} is no balance", where)
        return None
    side, day, currency, whole, cents = match.groups()
    amount = Decimal(f"{whole}.{cents}" if cents else whole)
    amount = Decimal(exact_text(amount if side == "C" else amount.copy_negate()))
    return Balance(tag, amount, currency, short_date(day, where, issues))


def _take_summary(tag: str, value: str, where: str, draft: _Draft, issues: IssueLog) -> None:
    match = _SUMMARY.match(value)
    if match is None:
        issues.add("unparsed_line", f"{value[:60]!r} is no count and sum of entries", where)
        return
    count, currency, whole, cents = match.groups()
    draft.currency = draft.currency or currency
    draft.counts[tag[-1]] = (int(count), Decimal(f"{whole}.{cents or 0}"))


def _describe(element: _Field, last_tag: str, draft: _Draft) -> None:
    """Field 86 describes the entry before it; after a balance it speaks of the whole statement."""
    if last_tag not in {"61", "86"} or not draft.entries:
        return
    entry = draft.entries[-1]
    description, counterparty = _purpose(element.lines)
    joined = " ".join(part for part in (entry.description, description) if part)
    draft.entries[-1] = replace(
        entry, description=joined or None, counterparty=entry.counterparty or counterparty or None
    )


def _purpose(lines: list[str]) -> tuple[str, str]:
    """The words of field 86, and the other party where German structured subfields name it."""
    whole = "".join(lines)
    if not re.match(r"\s*[0-9]{3}\?[0-9]{2}", whole):
        return " ".join(" ".join(lines).split()), ""
    parts = _SUBFIELD.split(whole)
    pairs = list(zip(parts[1::2], parts[2::2], strict=False))
    purpose = " ".join(words.strip() for code, words in pairs if code in _PURPOSE or code == "00")
    return " ".join(purpose.split()), "".join(words for code, words in pairs if code in {"32", "33"}).strip()


def _statement(draft: _Draft, issues: IssueLog) -> BankStatement:
    where = f"statement at line {draft.line}"
    stated = draft.opening or draft.closing
    currency = stated.currency if stated else draft.currency
    if draft.account is None:
        issues.add("missing_account", "the statement names no account", where)
    statement = BankStatement(
        account=draft.account,
        currency=currency,
        opening=draft.opening,
        closing=draft.closing,
        entries=tuple(replace(entry, currency=currency) for entry in draft.entries),
        reconciles=None,
        number=draft.number,
        balances=tuple(found for found in (draft.opening, draft.closing, *draft.others) if found),
    )
    _check_counts(draft, where, issues)
    return checked(statement, where, issues)


def _check_counts(draft: _Draft, where: str, issues: IssueLog) -> None:
    for side, (count, total) in draft.counts.items():
        amounts = [entry.amount for entry in draft.entries if entry.amount is not None]
        found = [amount for amount in amounts if (amount < 0) == (side == "D")]
        summed = Decimal(0)
        for amount in found:
            summed = EXACT.add(summed, amount.copy_abs())
        if (len(found), summed) != (count, total):
            issues.add(
                "totals_differ",
                f"the bank counts {count} entries of {exact_text(total)} on side {side}, "
                f"the file holds {len(found)} of {exact_text(summed)}",
                where,
            )
