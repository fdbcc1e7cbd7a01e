"""Whether an entity's configuration fits together: accounts, roles, standing journals, expected documents. Pure."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ntro.accounting.amounts import round_amount, total
from ntro.accounting.classification import Classification, ClassificationError
from ntro.accounting.models import Account, ChartOfAccounts
from ntro.accounting.standing import StandingJournal
from ntro.capabilities.documents.errors import DocumentRefusedError
from ntro.capabilities.documents.schemas import KIND_SLUGS, kind_of_schema

if TYPE_CHECKING:
    from .context import NavMonthlyContext

LOAN_PAYMENT = "loan_payment"
ONE_A_MONTH = ("trial-balance", "rent-roll", "bank-statement", "loan-agreement")


def kind_of(schema_slug: str) -> str:
    """The kind of document that a schema stands for: `rent-roll` for `rent-roll-zenko`.

    Raises:
        DocumentRefusedError: it stands for none.
    """
    return KIND_SLUGS[kind_of_schema(schema_slug)]


def chart_of(context: "NavMonthlyContext") -> ChartOfAccounts:
    """The entity's chart of accounts."""
    accounts = [Account(code=item.code, name=item.name, type=item.type) for item in context.chart]
    return ChartOfAccounts(entity_slug=context.entity_slug, accounts=accounts)


def classification_of(context: "NavMonthlyContext") -> Classification:
    """The class of each account of the chart.

    Raises:
        ClassificationError: `account_classes` names a class that does not exist.
    """
    return Classification.of(context.account_classes, chart_of(context))


def problems(context: "NavMonthlyContext") -> list[str]:
    """What does not fit together, each in words; empty where all does."""
    return [*_chart(context), *_roles(context), *_standing(context), *_documents(context)]


def _chart(context: "NavMonthlyContext") -> Iterator[str]:
    counts = Counter(item.code for item in context.chart)
    if twice := sorted(code for code, count in counts.items() if count > 1):
        yield f"chart has {', '.join(twice)} more than once"
    try:
        classes = classification_of(context).classes
    except ClassificationError as error:
        yield f"account_classes: {error}"
        return
    for item in context.chart:
        if item.code not in classes:
            yield f"account {item.code} of the chart has the type {item.type!r}, which is no class of accounts"


def _roles(context: "NavMonthlyContext") -> Iterator[str]:
    books = context.books
    known = {item.code for item in context.chart}
    for role, code in sorted(books.gl_map.items()):
        if code.strip() and code.strip() not in known:
            yield f"books.gl_map puts {role} on account {code}, which is not in the chart"
    for rule in (*books.bank_rules, *books.supplier_rules):
        if rule.role != LOAN_PAYMENT and not books.has(rule.role):
            yield f"the rule for {rule.contains!r} names the role {rule.role}, which books.gl_map does not have"


def _standing(context: "NavMonthlyContext") -> Iterator[str]:
    known = {item.code for item in context.chart}
    for journal in context.standing_journals:
        name = f"the standing journal {journal.description!r}"
        if missing := sorted({line.account_code for line in journal.lines} - known):
            yield f"{name} posts to {', '.join(missing)}, which is not in the chart"
        if any((line.debit > 0) == (line.credit > 0) for line in journal.lines):
            yield f"{name} has a line without an amount on exactly one side"
        if not _balances(journal):
            yield f"{name} does not balance"
        if not _fits_places(journal, context):
            yield f"{name} has amounts with more than {context.books.places} decimals"


def _balances(journal: StandingJournal) -> bool:
    return total(line.debit for line in journal.lines) == total(line.credit for line in journal.lines)


def _fits_places(journal: StandingJournal, context: "NavMonthlyContext") -> bool:
    books = context.books
    amounts = [amount for line in journal.lines for amount in (line.debit, line.credit)]
    return all(round_amount(item, places=books.places, rounding=books.rounding) == item for item in amounts)


def _documents(context: "NavMonthlyContext") -> Iterator[str]:
    sources = Counter(item.source for item in context.documents)
    for source, count in sources.items():
        if count > 1:
            yield f"documents has the source {source} {count} times"
    kinds: Counter[str] = Counter()
    for item in context.documents:
        try:
            kinds[kind_of(item.schema_slug)] += 1
        except DocumentRefusedError as error:
            yield f"document {item.source}: {error.message}"
    for kind in ONE_A_MONTH:
        if kinds[kind] > 1:
            yield f"documents has {kinds[kind]} of the kind {kind}; a month takes one"
    if kinds["trial-balance"] == 0:
        yield "documents has no trial-balance, which a close starts from"
    fee = context.books.management_fee
    if fee is not None and fee.base != "fixed" and kinds["rent-roll"] == 0:
        yield f"books.management_fee is a share of {fee.base}, but documents has no rent-roll"
