"""Closes a month: documents, journals, NAV, two people, the books."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ntro.accounting.checks import CheckItem
from ntro.accounting.journals import JournalProposal
from ntro.accounting.nav import NavCalculation
from ntro.workflow import NtroWorkflow, UserAction, WorkflowError, runbook
from ntro.workflow.exceptions import ActivityError

from .activities import (
    calculate_nav,
    check_starting_tb,
    correct_journals,
    open_period,
    post_journals,
    propose_journals,
    write_pack,
)
from .journals import COLUMNS, review_payload
from .models import (
    CloseInput,
    CorrectInput,
    JournalsProposed,
    NavInput,
    NavMonthlyContext,
    PackFile,
    PeriodOpened,
    PeriodSummary,
    PostedJournals,
    ProposeInput,
    StartingTBVerified,
)
from .signing import sign_off_payload

STEP_TIMEOUT = timedelta(minutes=2)
PACK_TIMEOUT = timedelta(minutes=5)


@runbook.defn
class NavMonthlyWorkflow(NtroWorkflow):
    """One month of one entity, from its documents to a signed NAV."""

    @runbook.run
    async def run(self, context: NavMonthlyContext) -> PeriodSummary:
        await self.open_period(context)
        await self.collect(context)
        starting = await self.verify_starting_tb(context)
        proposed = await self.propose(context, starting)
        reviewed = await self.review_journals(context, starting, proposed)
        if isinstance(reviewed, UserAction):
            return rejected(context, "review_journals", reviewed)
        await self.closing_tb(reviewed)
        nav = await self.compute_nav(context, reviewed)
        signed = await self.sign_off(context, reviewed, nav)
        if signed.action == "rejected":
            return rejected(context, "sign_off", signed)
        close = CloseInput(
            context=context,
            opening=starting.opening,
            proposed=reviewed,
            nav=nav,
            signed_by=signed.actor,
            signed_at=signed.get("acted_at"),
            reason=signed.reason,
        )
        await self.post(close)
        pack = await self.nav_pack(close)
        return await self.summarise(close, pack)

    @runbook.step(name="period_open", title="Open period", icon="Calendar")
    async def open_period(self, context: NavMonthlyContext) -> PeriodOpened:
        """Opens the period in the ledger."""
        opened: PeriodOpened = await runbook.execute_activity(open_period, context, start_to_close_timeout=STEP_TIMEOUT)
        return opened

    @runbook.step(name="collect_documents", title="Collect documents", icon="Files")
    async def collect(self, context: NavMonthlyContext) -> list[Any]:
        """Every expected document, read, reviewed and committed by a run of its own."""
        expected = [document.model_dump() for document in context.documents]
        shared = {
            "tenant_slug": context.tenant_slug,
            "entity_slug": context.entity_slug,
            "entity_id": context.entity_id,
            "task_id": context.task_id,
            "period": context.period,
        }
        outcomes = await self.collect_documents(
            expected=expected,
            inputs=[{**shared, **document} for document in expected],
            title=f"Documents for {context.period}",
        )
        missing = [item["source"] for item, outcome in zip(expected, outcomes, strict=True) if not committed(outcome)]
        if missing:
            raise WorkflowError(
                f"These documents were rejected: {', '.join(missing)}. Run the close again with the right ones.",
                type="DocumentsRejected",
                non_retryable=True,
            )
        return outcomes

    @runbook.step(name="check_starting_tb", title="Verify starting TB", icon="ClipboardCheck")
    async def verify_starting_tb(self, context: NavMonthlyContext) -> StartingTBVerified:
        """The opening trial balance; it must balance and follow the last close."""
        verified: StartingTBVerified = await runbook.execute_activity(
            check_starting_tb, context, start_to_close_timeout=STEP_TIMEOUT
        )
        if failed := [item for item in verified.checks if item.status == "fail"]:
            raise WorkflowError(
                "The opening trial balance cannot be used: " + " ".join(item.detail for item in failed),
                type="StartingTrialBalanceInvalid",
                non_retryable=True,
            )
        return verified

    @runbook.step(name="propose_journals", title="Propose journals", icon="NotebookPen")
    async def propose(self, context: NavMonthlyContext, starting: StartingTBVerified) -> JournalsProposed:
        """The month's journals by the entity's rules."""
        proposed: JournalsProposed = await runbook.execute_activity(
            propose_journals,
            ProposeInput(context=context, opening=starting.opening),
            start_to_close_timeout=STEP_TIMEOUT,
        )
        return proposed

    @runbook.step(name="review_journals", title="Review journals", icon="ListChecks")
    async def review_journals(
        self, context: NavMonthlyContext, starting: StartingTBVerified, proposed: JournalsProposed
    ) -> JournalsProposed | UserAction:
        """The journals as an accountant approved them, or the rejection."""
        while True:
            answer = await self.wait_for_action(
                payload=review_payload(context, proposed),
                display_hint={
                    "component": "DATA_TABLE",
                    "config": {
                        "type": "review_journals",
                        "title": f"Journals of {context.period}",
                        "datasets": [
                            {"key": "lines", "data_key": "line_items", "label": "Journal lines", "columns": COLUMNS},
                            {"key": "explanations", "data_key": "explanations", "label": "How they came to be"},
                        ],
                    },
                },
                reason=f"Review {len(proposed.journals)} journals for {context.period}",
            )
            if answer.action == "rejected":
                return answer
            if not answer.corrections:
                return proposed
            try:
                proposed = await runbook.execute_activity(
                    correct_journals,
                    CorrectInput(
                        context=context, opening=starting.opening, proposed=proposed, corrections=answer.corrections
                    ),
                    start_to_close_timeout=STEP_TIMEOUT,
                )
            except ActivityError as error:
                self.set_user_feedback(kind="correction", level="error", payload={"message": str(error.cause)})

    @runbook.step(name="closing_tb", title="Closing TB", icon="Scale")
    async def closing_tb(self, reviewed: JournalsProposed) -> dict[str, Any]:
        """The approved books; what fails here is shown at the sign-off."""
        return {
            "lines": [line.model_dump(mode="json") for line in reviewed.closing.lines],
            "total_debits": str(reviewed.closing.total_debits),
            "total_credits": str(reviewed.closing.total_credits),
            "checks": [item.model_dump(mode="json") for item in reviewed.checks],
        }

    @runbook.step(name="compute_nav", title="Compute NAV", icon="Calculator")
    async def compute_nav(self, context: NavMonthlyContext, reviewed: JournalsProposed) -> NavCalculation:
        """Assets less liabilities, per share."""
        nav: NavCalculation = await runbook.execute_activity(
            calculate_nav,
            NavInput(context=context, closing=reviewed.closing),
            start_to_close_timeout=STEP_TIMEOUT,
        )
        return nav

    @runbook.step(name="sign_off", title="Sign off", icon="PenLine")
    async def sign_off(self, context: NavMonthlyContext, reviewed: JournalsProposed, nav: NavCalculation) -> UserAction:
        """A second person's decision on exactly what is shown."""
        open_points = failing(reviewed.checks)
        return await self.wait_for_action(
            payload=sign_off_payload(context, reviewed, nav),
            display_hint={
                "component": "APPROVAL_FORM",
                "config": {
                    "type": "nav_sign_off",
                    "title": f"NAV {context.period}",
                    "datasets": [
                        {"key": "closing", "data_key": "closing_trial_balance", "label": "Closing trial balance"}
                    ],
                },
            },
            reason=f"Sign off the NAV of {context.period}" + (f": {open_points} checks failed" if open_points else ""),
            four_eyes=True,
        )

    @runbook.step(name="post_journals", title="Post and close", icon="BookCheck")
    async def post(self, close: CloseInput) -> PostedJournals:
        """Posts what was signed and closes the period."""
        posted: PostedJournals = await runbook.execute_activity(
            post_journals, close, start_to_close_timeout=STEP_TIMEOUT
        )
        return posted

    @runbook.step(name="nav_pack", title="NAV pack", icon="Package")
    async def nav_pack(self, close: CloseInput) -> list[PackFile]:
        """The workbook and the PDF."""
        pack: list[PackFile] = await runbook.execute_activity(write_pack, close, start_to_close_timeout=PACK_TIMEOUT)
        return pack

    @runbook.step(name="period_summary", title="Period summary", icon="FileCheck")
    async def summarise(self, close: CloseInput, pack: Sequence[PackFile]) -> PeriodSummary:
        """What was closed, for people and for the next period."""
        nav, journals = close.nav, close.proposed.journals
        return PeriodSummary(
            status="signed_off",
            period=close.context.period,
            currency=nav.currency,
            nav=nav.nav,
            nav_per_share=nav.nav_per_share,
            shares=nav.shares,
            total_assets=nav.total_assets,
            total_liabilities=nav.total_liabilities,
            journal_count=len(journals),
            journal_total_debits=sum_of(journals, "total_dr"),
            journal_total_credits=sum_of(journals, "total_cr"),
            journal_line_count=sum(len(journal.lines) for journal in journals),
            signed_by=close.signed_by,
            reason=close.reason,
            pack=list(pack),
        )


def rejected(context: NavMonthlyContext, step: str, answer: UserAction) -> PeriodSummary:
    """The outcome where a person said no: nothing was posted."""
    return PeriodSummary(
        status="rejected",
        period=context.period,
        currency=context.books.currency,
        rejected_at=step,
        reason=answer.reason,
    )


def committed(outcome: Any) -> bool:
    """Whether a document-ingest run committed its document."""
    status = outcome.get("status") if isinstance(outcome, dict) else getattr(outcome, "status", None)
    return status == "committed"


def failing(checks: Sequence[CheckItem]) -> int:
    """How many checks failed."""
    return sum(item.status == "fail" for item in checks)


def sum_of(journals: Sequence[JournalProposal], total: str) -> Any:
    """The sum of a total over all journals, exact."""
    return sum((getattr(journal, total) for journal in journals[1:]), getattr(journals[0], total)) if journals else None
