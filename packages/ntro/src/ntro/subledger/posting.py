"""Posting to the tenant's own general ledger, `ledgers.journals`: each journal once, by its key."""

from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from ntro.accounting.journals import JournalEntry
from ntro.data import DataPlane


async def post_journal(
    db: DataPlane, journal: JournalEntry, *, entity_id: UUID, task_id: UUID, idempotency_key: str
) -> UUID:
    """Posts `journal` and returns its id; where one of this key is posted already, nothing changes.

    Call it inside `db.transaction()`: the ledger checks that a journal balances when the transaction ends.

    Raises:
        ValueError: the journal does not balance, or has no posting date or currency.
    """
    posting_date, currency = _checked(journal)
    journal_id = uuid5(NAMESPACE_URL, idempotency_key)
    posted = await db.fetchrow(
        """insert into ledgers.journals
             (id, entity_id, period, task_id, posting_date, description, currency, idempotency_key)
           values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (idempotency_key) do nothing returning id""",
        journal_id,
        entity_id,
        journal.period,
        task_id,
        posting_date,
        journal.description,
        currency,
        idempotency_key,
    )
    for number, line in enumerate(journal.lines if posted else (), start=1):
        await db.execute(
            """insert into ledgers.journal_lines
                 (journal_id, line_number, account_code, description, debit, credit, tax_code, source_refs)
               values ($1, $2, $3, $4, $5, $6, $7, $8)""",
            journal_id,
            number,
            line.account_code,
            line.description,
            line.debit,
            line.credit,
            line.tax_code,
            [ref.model_dump() for ref in line.source_refs],
        )
    return journal_id


def _checked(journal: JournalEntry) -> tuple[date, str]:
    name = journal.description or "without description"
    if not journal.is_balanced:
        raise ValueError(f"Journal {name} does not balance: debits {journal.total_dr}, credits {journal.total_cr}.")
    if journal.posting_date is None or journal.currency is None:
        raise ValueError(f"Journal {name} needs a posting date and a currency to be posted.")
    return journal.posting_date, journal.currency
