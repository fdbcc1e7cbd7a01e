"""What nav-monthly-journals reads from and writes to the ledgers."""

from collections.abc import Sequence
from uuid import UUID

from ntro import subledger
from ntro.accounting.checks import CheckItem, check
from ntro.accounting.journal_review import corrected_journals
from ntro.accounting.property_spv import (
    CommittedDocument,
    MonthBasis,
    checked_month,
    opening_balance,
    period_inputs,
    propose_month,
)
from ntro.data import get_data_plane
from ntro.subledger.types.journal_proposals import JournalProposalRow
from ntro.workflow import activity

from . import ledger
from .models import (
    CorrectInput,
    JournalsProposed,
    KeepInput,
    KeptJournals,
    NavMonthlyJournalsContext,
    ProposeInput,
)

__all__ = ["correct_journals", "keep_journals", "propose_journals"]


@activity.defn(name="nav_monthly_journals.propose_journals")
async def propose_journals(request: ProposeInput) -> JournalsProposed:
    """The journals that the committed documents and the standing rules ask for, with every check."""
    context = request.context
    db = await get_data_plane(context.tenant_slug)
    await ledger.refuse_signed_period(db, context)
    documents = await ledger.committed_documents(db, context, context.documents_task_id or request.task_id)
    basis = basis_of(context, documents)
    checks = [
        check_documents(context, documents),
        check_earlier(await ledger.approved_before(db, context)),
    ]
    return JournalsProposed(basis=basis, month=propose_month(basis, context.standing_journals), checks=checks)


def basis_of(context: NavMonthlyJournalsContext, documents: Sequence[CommittedDocument]) -> MonthBasis:
    """What the month's journals are made from."""
    entity, period, currency = context.entity_slug, context.period, context.books.currency
    return MonthBasis(
        opening=context.opening or opening_balance(documents, entity_slug=entity, period=period, currency=currency),
        inputs=period_inputs(documents, entity_slug=entity, period=period, currency=currency),
        books=context.books,
        chart=context.chart_of_accounts,
    )


def check_documents(context: NavMonthlyJournalsContext, documents: Sequence[CommittedDocument]) -> CheckItem:
    """Whether every document that the entity's configuration lists was committed."""
    identity, title = "documents_complete", "Every expected document was committed"
    if not context.documents:
        return check(identity, title, "skipped", "The configuration lists none.")
    there = {document.source for document in documents}
    given = "trial-balance" if context.opening else None
    missing = [item.source for item in context.documents if item.source not in there and item.schema_slug != given]
    detail = f"Missing: {', '.join(missing)}." if missing else f"{len(context.documents)} documents."
    return check(identity, title, "fail" if missing else "pass", detail)


def check_earlier(row_ids: Sequence[UUID]) -> CheckItem:
    """Whether journals of the month were approved before."""
    identity, title = "approved_before", "No journals of the month were approved before"
    if not row_ids:
        return check(identity, title, "pass", "There are none.")
    detail = f"{len(row_ids)} are approved and not posted; approving these replaces them."
    return check(identity, title, "warn", detail, journals=len(row_ids))


@activity.defn(name="nav_monthly_journals.correct_journals")
async def correct_journals(request: CorrectInput) -> JournalsProposed:
    """The journals with a person's corrections, and the books they lead to."""
    basis, month = request.proposed.basis, request.proposed.month
    journals = corrected_journals(month.journals, request.corrections, places=basis.books.places, actor=request.actor)
    return request.proposed.model_copy(update={"month": checked_month(basis, journals)})


@activity.defn(name="nav_monthly_journals.keep_journals")
async def keep_journals(request: KeepInput) -> KeptJournals:
    """Keeps the approved journals as rows of the subledger, once; they replace ones that were approved before."""
    context = request.context
    db = await get_data_plane(context.tenant_slug)
    async with db.transaction() as transaction:
        await ledger.one_at_a_time(transaction, context)
        await ledger.refuse_signed_period(transaction, context)
        handle = subledger.open(
            name="journal_proposals", entity_id=context.entity_id, task_id=request.task_id, db=transaction
        )
        rows = [
            handle.row(
                **JournalProposalRow.fields_of(journal),
                raw_payload={"kind": journal.kind, "explanation": journal.explanation},
            )
            for journal in request.journals
        ]
        row_ids = [row.id for row in rows]
        earlier = await ledger.approved_before(transaction, context, but=row_ids)
        superseded = await ledger.supersede(transaction, context, earlier)
        for row in rows:
            await handle.insert(row)
        await handle.mark_approved(ids=row_ids)
    return KeptJournals(row_ids=row_ids, superseded=superseded)
