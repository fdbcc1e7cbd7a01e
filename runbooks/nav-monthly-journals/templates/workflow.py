"""Proposes a month's journals, has them reviewed, and leaves what was approved for whoever posts it."""

from datetime import timedelta
from uuid import UUID

from ntro.accounting.amounts import total
from ntro.workflow import NtroWorkflow, UserAction, runbook
from ntro.workflow.exceptions import ActivityError

from .activities import correct_journals, keep_journals, propose_journals
from .models import (
    ApprovedJournals,
    CorrectInput,
    JournalsProposed,
    KeepInput,
    KeptJournals,
    NavMonthlyJournalsContext,
    ProposeInput,
)
from .review import review_hint, review_payload

STEP_TIMEOUT = timedelta(minutes=2)


@runbook.defn
class NavMonthlyJournalsWorkflow(NtroWorkflow):
    """The journals of one month of one entity, alone or under a close."""

    @runbook.run
    async def run(self, context: NavMonthlyJournalsContext) -> ApprovedJournals:
        proposed = await self.propose(context)
        reviewed, answer = await self.review(context, proposed)
        if answer.action == "rejected":
            currency = context.books.currency
            return ApprovedJournals(status="rejected", period=context.period, currency=currency, reason=answer.reason)
        return await self.keep(context, reviewed, answer)

    @runbook.step(name="propose_journals", title="Propose journals", icon="NotebookPen")
    async def propose(self, context: NavMonthlyJournalsContext) -> JournalsProposed:
        """The month's journals by the entity's rules."""
        proposed: JournalsProposed = await runbook.execute_activity(
            propose_journals, ProposeInput(context=context, task_id=task_id()), start_to_close_timeout=STEP_TIMEOUT
        )
        return proposed

    @runbook.step(name="review_journals", title="Review journals", icon="ListChecks")
    async def review(
        self, context: NavMonthlyJournalsContext, proposed: JournalsProposed
    ) -> tuple[JournalsProposed, UserAction]:
        """The journals as an accountant decided on them. What was corrected is shown again before it counts."""
        while True:
            answer = await self.wait_for_action(
                payload=review_payload(proposed),
                display_hint=review_hint(context),
                reason=f"Review {len(proposed.month.journals)} journals of {context.period}",
            )
            if answer.action == "rejected" or (answer.action == "approved" and not answer.corrections):
                return proposed, answer
            try:
                proposed = await runbook.execute_activity(
                    correct_journals,
                    CorrectInput(proposed=proposed, corrections=answer.corrections, actor=answer.actor),
                    start_to_close_timeout=STEP_TIMEOUT,
                )
            except ActivityError as error:
                self.set_user_feedback(kind="correction", level="error", payload={"message": str(error.cause)})

    @runbook.step(name="keep_journals", title="Keep journals", icon="DatabaseZap")
    async def keep(
        self, context: NavMonthlyJournalsContext, reviewed: JournalsProposed, answer: UserAction
    ) -> ApprovedJournals:
        """Approved rows of `ledgers.journal_proposals`; a rehearsal keeps none."""
        journals = reviewed.month.journals
        kept = KeptJournals(row_ids=[])
        if not context.dry_run:
            kept = await runbook.execute_activity(
                keep_journals,
                KeepInput(context=context, task_id=task_id(), journals=journals),
                start_to_close_timeout=STEP_TIMEOUT,
            )
        return ApprovedJournals(
            status="rehearsed" if context.dry_run else "approved",
            period=context.period,
            currency=context.books.currency,
            row_ids=kept.row_ids,
            superseded=kept.superseded,
            journal_count=len(journals),
            line_count=sum(len(journal.lines) for journal in journals),
            total_debits=total(journal.total_dr for journal in journals),
            total_credits=total(journal.total_cr for journal in journals),
            closing=reviewed.month.closing,
            approved_by=answer.actor,
            reason=answer.reason,
        )


def task_id() -> UUID:
    """The task that this run, or the run above it, is."""
    return UUID(runbook.info().workflow_id.split(":", maxsplit=1)[0])
