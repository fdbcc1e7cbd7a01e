"""Journals of the tenant's own ledger. A posted journal is final; what was wrong is reversed by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from pydantic import ValidationError

from ntro.accounting.journals import JournalEntry as Journal
from ntro.accounting.journals import JournalLine
from ntro.capabilities.gl._internal.books import PROVIDER, OwnBooks, refused
from ntro.capabilities.gl.content import Created, check_external_id, content_of
from ntro.capabilities.gl.errors import IdempotencyConflictError
from ntro.capabilities.gl.models import JournalEntry
from ntro.data import DataPlane
from ntro.subledger.posting import post_journal

RESOURCE = "journal_entries"
MAX_LISTED = 10_000
_JOURNALS = """
select j.id, j.period, j.posting_date, j.description, j.currency, j.idempotency_key, j.posted_at,
       (select jsonb_agg(jsonb_build_object('line_number', l.line_number, 'account_code', l.account_code,
               'description', l.description, 'debit', l.debit::text, 'credit', l.credit::text, 'tax_code', l.tax_code)
               order by l.line_number)
        from ledgers.journal_lines l where l.journal_id = j.id) as lines
from ledgers.journals j where j.entity_id = $1"""


@dataclass(frozen=True, slots=True)
class OwnJournals:
    """The journals of one entity."""

    books: OwnBooks

    async def create(self, item: Any, *, external_id: str) -> Created:
        """Posts a journal entry once, in the period of its date."""
        check_external_id(external_id)
        journal = journal_of_entry(_checked(item), self.books)
        async with (await self.books.db()).transaction() as db:
            return await post_once(db, self.books, journal, external_id)

    async def get(self, id: str) -> JournalEntry:  # noqa: A002  # the contract's name
        found = await self._read(" and j.id = $2", _uuid(id, "get"))
        if not found:
            raise refused(RESOURCE, "get", f"there is no journal {id} of this entity")
        return found[0]

    async def list(self, **filter: Any) -> list[JournalEntry]:  # noqa: A002  # the contract's name
        unknown = sorted(set(filter) - {"period"})
        if unknown:
            raise refused(RESOURCE, "list", f"journals are narrowed by period only, not by {', '.join(unknown)}")
        found = await self._read(
            " and ($2::text is null or j.period = $2) order by j.posted_at, j.id limit $3",
            filter.get("period"),
            MAX_LISTED + 1,
        )
        if len(found) > MAX_LISTED:
            raise refused(RESOURCE, "list", f"there are more than {MAX_LISTED} journals; narrow by period")
        return [*found]

    async def find_by_external_id(self, external_id: str) -> JournalEntry | None:
        found = await self._read(" and j.idempotency_key = $2", external_id)
        return found[0] if found else None

    async def update(self, id: str, patch: Mapping[str, Any]) -> NoReturn:  # noqa: A002, ARG002  # the contract's names
        raise refused(RESOURCE, "update", f"journal {id} is posted and final; post a reversal")

    async def _read(self, where: str, *arguments: Any) -> Sequence[JournalEntry]:
        db = await self.books.db()
        return [_entry(row) for row in await db.fetch(_JOURNALS + where, self.books.entity_id, *arguments)]


async def post_once(db: DataPlane, books: OwnBooks, journal: Journal, external_id: str) -> Created:
    """Posts `journal` under its key, inside the transaction of `db`.

    Raises:
        IdempotencyConflictError: another journal has the key.
        ValidationFailedError: the period is signed off, or the key names no task.
    """
    rows = await db.fetch(_JOURNALS.replace("where j.entity_id = $1", "where j.idempotency_key = $1"), external_id)
    if rows:
        if not _same(rows[0], journal):
            raise IdempotencyConflictError(
                f"A different journal is posted as {external_id}; post changed content under a key of its own.",
                provider=PROVIDER,
                resource=RESOURCE,
                operation="create",
            )
        return Created(str(rows[0]["id"]), external_id, created=False)
    await _refuse_signed_period(db, books, journal.period)
    journal_id = await post_journal(
        db, journal, entity_id=books.entity_id, task_id=_task_of(external_id), idempotency_key=external_id
    )
    return Created(str(journal_id), external_id)


def journal_of_entry(content: Mapping[str, Any], books: OwnBooks) -> Journal:
    """The journal that an entry of the unified shape says.

    Raises:
        ValidationFailedError: it has no date or currency, a line has no account or no side, or it does not balance.
    """
    posted_at = content.get("posted_at")
    if not isinstance(posted_at, date):
        raise refused(RESOURCE, "create", "the entry has no posted_at, a time with its zone")
    day = posted_at.date() if isinstance(posted_at, datetime) else posted_at
    lines = [
        line_of(number, line, str(line.get("type") or ""), RESOURCE)
        for number, line in enumerate(content.get("line_items") or [], start=1)
    ]
    return balanced_journal(lines, day, str(content.get("memo") or content.get("title") or ""), content, books)


def balanced_journal(
    lines: list[JournalLine], day: date, description: str, content: Mapping[str, Any], books: OwnBooks
) -> Journal:
    """A journal of `lines`.

    Raises:
        ValidationFailedError: it does not balance or has no currency.
    """
    journal = Journal(
        entity_slug="",
        period=f"{day:%Y-%m}",
        description=description,
        posting_date=day,
        currency=books.currency_of(content, RESOURCE),
        lines=lines,
    )
    if not journal.is_balanced:
        raise refused(RESOURCE, "create", f"debits are {journal.total_dr} and credits {journal.total_cr}")
    return journal


def line_of(number: int, line: Mapping[str, Any], side: str, resource: str) -> JournalLine:
    """A line of an item on the side `Debit` or `Credit`.

    Raises:
        ValidationFailedError: it has no account, no side, no amount above zero, or a tax code that is not known.
    """
    account = line.get("ledger_account") or line.get("account") or {}
    sides = {"Debit": "debit", "Credit": "credit"}
    if side not in sides:
        raise refused(resource, "create", f"line {number} is on the side {side!r}; expected Debit or Credit")
    try:
        return JournalLine.model_validate(
            {
                "account_code": account.get("nominal_code") or account.get("code") or "",
                "description": line.get("description") or "",
                sides[side]: line.get("total_amount"),
                "tax_code": (line.get("tax_rate") or {}).get("code"),
            }
        )
    except ValidationError as error:
        reasons = "; ".join(item["msg"] for item in error.errors(include_url=False, include_input=False))
        raise refused(resource, "create", f"line {number}: {reasons}") from error


def _checked(item: Any) -> dict[str, Any]:
    try:
        return content_of(JournalEntry.model_validate(content_of(item)))
    except ValidationError as error:
        raise refused(RESOURCE, "create", f"the entry is not as documented: {error.error_count()} members") from error


async def _refuse_signed_period(db: DataPlane, books: OwnBooks, period: str) -> None:
    row = await db.fetchrow(
        "select status from ledgers.periods where entity_id = $1 and period = $2 for share", books.entity_id, period
    )
    if row is not None and row["status"] == "SIGNED_OFF":
        raise refused(RESOURCE, "create", f"the period {period} is signed off; post to an open one")


def _task_of(external_id: str) -> UUID:
    for part in external_id.split(":"):
        try:
            return UUID(part)
        except ValueError:
            continue
    raise refused(RESOURCE, "create", "the external id names no task; make it with make_idempotency_key")


def _same(row: Mapping[str, Any], journal: Journal) -> bool:
    posted = [
        (line["account_code"], line["description"], Decimal(line["debit"]), Decimal(line["credit"]), line["tax_code"])
        for line in row["lines"] or []
    ]
    wanted = [(line.account_code, line.description, line.debit, line.credit, line.tax_code) for line in journal.lines]
    head = (row["posting_date"], row["description"], row["currency"])
    return posted == wanted and head == (journal.posting_date, journal.description, journal.currency)


def _entry(row: Mapping[str, Any]) -> JournalEntry:
    lines = [
        {
            "line_number": line["line_number"],
            "description": line["description"],
            "type": "Debit" if Decimal(line["debit"]) else "Credit",
            "total_amount": line["debit"] if Decimal(line["debit"]) else line["credit"],
            "ledger_account": {"nominal_code": line["account_code"]},
            "tax_rate": {"code": line["tax_code"]} if line["tax_code"] else None,
        }
        for line in row["lines"] or []
    ]
    return JournalEntry.model_validate(
        {
            "id": str(row["id"]),
            "display_id": row["idempotency_key"],
            "memo": row["description"],
            "currency": row["currency"],
            "posted_at": datetime.combine(row["posting_date"], time(), UTC),
            "created_at": row["posted_at"],
            "status": "posted",
            "line_items": lines,
        }
    )


def _uuid(text: str, operation: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise refused(RESOURCE, operation, f"{text!r} is no id of the tenant's own ledger") from None
