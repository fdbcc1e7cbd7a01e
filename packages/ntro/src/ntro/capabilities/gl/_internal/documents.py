"""Bills, invoices, expenses and parties in the tenant's own ledger: kept as they were posted, with their journal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ValidationError

from ntro.accounting.amounts import ZERO, difference, total
from ntro.accounting.journals import JournalEntry, JournalLine
from ntro.capabilities.gl._internal.books import PROVIDER, OwnBooks, refused
from ntro.capabilities.gl._internal.journals import balanced_journal, line_of, post_once
from ntro.capabilities.gl.content import Created, check_external_id, content_of, digest_of
from ntro.capabilities.gl.errors import IdempotencyConflictError
from ntro.data import DataPlane

MAX_LISTED = 10_000
_COLUMNS = "id, external_id, content, created_at, updated_at"

AsJournal = Callable[[Mapping[str, Any], OwnBooks], JournalEntry]


@dataclass(frozen=True, slots=True)
class OwnDocuments:
    """Items of one kind. `as_journal` says what they do to the accounts; parties do nothing to them."""

    books: OwnBooks
    name: str
    model: type[BaseModel]
    key_member: str
    as_journal: AsJournal | None = None

    async def create(self, item: Any, *, external_id: str) -> Created:
        """Keeps the item and posts its journal, together and once."""
        check_external_id(external_id)
        content = self._checked(content_of(item))
        item_id = uuid5(NAMESPACE_URL, f"ntro:gl:{self.books.entity_id}:{self.name}:{external_id}")
        async with (await self.books.db()).transaction() as db:
            await db.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", str(item_id))
            stored = await db.fetchrow("select content_sha256 from ledgers.gl_documents where id = $1", item_id)
            if stored is None:
                await self._store(db, item_id, external_id, content)
            elif stored["content_sha256"] != digest_of(content):
                raise IdempotencyConflictError(
                    f"{external_id} of {self.name} has other content; post changed content under a key of its own.",
                    provider=PROVIDER,
                    resource=self.name,
                    operation="create",
                )
        return Created(str(item_id), external_id, created=stored is None)

    async def get(self, id: str) -> BaseModel:  # noqa: A002  # the contract's name
        found = await self._read(" and id::text = $3", id)
        if not found:
            raise refused(self.name, "get", f"there is no item {id}")
        return found[0]

    async def list(self, **filter: Any) -> list[Any]:  # noqa: A002  # the contract's name
        found = await self._read(
            " and content @> $3 order by created_at, id limit $4", content_of(filter), MAX_LISTED + 1
        )
        if len(found) > MAX_LISTED:
            raise refused(self.name, "list", f"there are more than {MAX_LISTED} items; narrow the filter")
        return [*found]

    async def find_by_external_id(self, external_id: str) -> BaseModel | None:
        found = await self._read(" and external_id = $3", external_id)
        return found[0] if found else None

    async def update(self, id: str, patch: Mapping[str, Any]) -> BaseModel:  # noqa: A002  # the contract's name
        if self.as_journal is not None:
            raise refused(self.name, "update", f"item {id} is posted and final; post a reversal")
        current = await self.get(id)
        content = self._checked(content_of(current) | content_of(patch))
        content.pop(self.key_member, None)
        await (await self.books.db()).execute(
            """update ledgers.gl_documents set content = $4, updated_at = now()
               where entity_id = $1 and resource = $2 and id::text = $3""",
            self.books.entity_id,
            self.name,
            id,
            content,
        )
        return await self.get(id)

    def _checked(self, content: dict[str, Any]) -> dict[str, Any]:
        try:
            return content_of(self.model.model_validate(content))
        except ValidationError as error:
            reasons = "; ".join(
                f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
                for item in error.errors(include_url=False, include_input=False)[:5]
            )
            raise refused(self.name, "create", reasons) from error

    async def _store(self, db: DataPlane, item_id: UUID, external_id: str, content: dict[str, Any]) -> None:
        journal_id = None
        if self.as_journal is not None:
            journal = self.as_journal(content, self.books)
            journal_id = UUID((await post_once(db, self.books, journal, external_id)).item_id)
        await db.execute(
            """insert into ledgers.gl_documents
                 (id, entity_id, resource, external_id, content, content_sha256, journal_id)
               values ($1, $2, $3, $4, $5, $6, $7)""",
            item_id,
            self.books.entity_id,
            self.name,
            external_id,
            content,
            digest_of(content),
            journal_id,
        )

    async def _read(self, where: str, *arguments: Any) -> Sequence[BaseModel]:
        db = await self.books.db()
        rows = await db.fetch(
            f"select {_COLUMNS} from ledgers.gl_documents where entity_id = $1 and resource = $2{where}",
            self.books.entity_id,
            self.name,
            *arguments,
        )
        return [self._model(row) for row in rows]

    def _model(self, row: Mapping[str, Any]) -> BaseModel:
        times = {name: row[name] for name in ("created_at", "updated_at")}
        return self.model.model_validate(
            row["content"] | times | {"id": str(row["id"]), self.key_member: row["external_id"]}
        )


def bill_journal(content: Mapping[str, Any], books: OwnBooks) -> JournalEntry:
    """A bill: its lines are debited, tax that they leave out too, and what is owed is credited."""
    day = _day(content, "bill_date", "bills")
    lines = _lines(content, "Debit", "bills")
    amount, tax = _total(content, "total", lines, "bills")
    name = _party(content, "supplier")
    entries = [
        *lines,
        *_side(books, "vat_input", f"Tax, {name}", debit=tax),
        *_side(books, "accounts_payable", name, credit=amount),
    ]
    return balanced_journal(entries, day, f"Bill: {name}", content, books)


def invoice_journal(content: Mapping[str, Any], books: OwnBooks) -> JournalEntry:
    """An invoice: what is due is debited; its lines are credited, and tax that they leave out."""
    day = _day(content, "invoice_date", "invoices")
    lines = _lines(content, "Credit", "invoices")
    amount, tax = _total(content, "total", lines, "invoices")
    name = _party(content, "customer")
    entries = [
        *_side(books, "accounts_receivable", name, debit=amount),
        *lines,
        *_side(books, "vat_output", f"Tax, {name}", credit=tax),
    ]
    return balanced_journal(entries, day, f"Invoice: {name}", content, books)


def expense_journal(content: Mapping[str, Any], books: OwnBooks) -> JournalEntry:
    """An expense: its lines are debited, and the account that it was paid from is credited."""
    day = _day(content, "transaction_date", "expenses")
    lines = _lines(content, "Debit", "expenses")
    amount, _ = _total(content, "total_amount", lines, "expenses", tax=False)
    paid = {"ledger_account": content.get("account"), "total_amount": amount, "description": content.get("memo")}
    name = _party(content, "supplier")
    return balanced_journal(
        [*lines, line_of(len(lines) + 1, paid, "Credit", "expenses")], day, f"Expense: {name}", content, books
    )


def _day(content: Mapping[str, Any], member: str, resource: str) -> date:
    day = content.get(member)
    if not isinstance(day, date):
        raise refused(resource, "create", f"{member} is missing, so the item has no period")
    return day


def _lines(content: Mapping[str, Any], side: str, resource: str) -> list[JournalLine]:
    found = [
        line_of(number, line, side, resource) for number, line in enumerate(content.get("line_items") or [], start=1)
    ]
    if not found:
        raise refused(resource, "create", "the item has no lines")
    return found


def _total(
    content: Mapping[str, Any], member: str, lines: list[JournalLine], resource: str, *, tax: bool = True
) -> tuple[Decimal, Decimal]:
    """The whole amount, and the tax that the lines leave out of it."""
    stated = total(line.amount for line in lines)
    amount = content.get(member, stated)
    open_tax = difference(amount, stated)
    if open_tax != ZERO and (not tax or open_tax != content.get("total_tax")):
        raise refused(resource, "create", f"the lines add up to {stated}, neither to {amount} nor to it less tax")
    return amount, open_tax


def _side(
    books: OwnBooks, role: str, description: str, *, debit: Decimal = ZERO, credit: Decimal = ZERO
) -> list[JournalLine]:
    if debit == credit:
        return []
    return [JournalLine(account_code=books.account(role), description=description, debit=debit, credit=credit)]


def _party(content: Mapping[str, Any], member: str) -> str:
    party = content.get(member) or {}
    return str(party.get("display_name") or party.get("company_name") or party.get("id") or "unnamed")
