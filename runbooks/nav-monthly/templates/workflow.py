"""Closes a month: documents, journals, NAV, two people, the books."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ntro.accounting.nav import NavCalculation
from ntro.workflow import NtroWorkflow, UserAction, WorkflowError, runbook
from ntro.workflow.agents import AgentResult, invoke
from ntro.workflow.exceptions import ActivityError, ApplicationError

from .activities import (
    calculate_nav,
    check_starting_tb,
    correct_journals,
    open_period,
    post_journals,
    propose_journals,
    write_pack,
)
from .handover import MAX_DRAFTS, handover_files, handover_hint, handover_payload, period_summary
from .models import (
    CloseInput,
    CorrectInput,
    DocumentSeen,
    JournalsProposed,
    NavInput,
    NavMonthlyContext,
    PackFile,
    PeriodOpened,
    PeriodSummary,
    PostedJournals,
    ProposeInput,
    StartingTBInput,
    StartingTBVerified,
)
from .outcome import close_of, closed, rehearsed, rejected
from .review import review_hint, review_payload
from .signing import all_checks, failed, sign_off_hint, sign_off_payload

STEP_TIMEOUT = timedelta(minutes=2)
PACK_TIMEOUT = timedelta(minutes=5)
SHARED = ("tenant_slug", "entity_slug", "entity_id", "task_id", "period")


@runbook.defn
class NavMonthlyWorkflow(NtroWorkflow):
    """One month of one entity, from its documents to a signed NAV."""

    @runbook.run
    async def run(self, context: NavMonthlyContext) -> PeriodSummary:
        opened = await self.open_period(context)
        documents = await self.collect(context)
        starting = await self.verify_starting_tb(context, opened)
        proposed = await self.propose(context, starting)
        reviewed = await self.review_journals(context, starting, proposed)
        if isinstance(reviewed, UserAction):
            return rejected(context, "review_journals", reviewed)
        await self.closing_tb(reviewed)
        nav = await self.compute_nav(context, reviewed)
        handover = await self.draft_auditor_handover(context, reviewed, nav)
        signed = await self.sign_off(context, opened, starting, reviewed, nav, documents)
        if signed.action == "rejected":
            return rejected(context, "sign_off", signed)
        close = close_of(context, opened, starting, reviewed, nav, signed)
        if context.dry_run:
            return rehearsed(close)
        await self.post(close)
        pack = await self.nav_pack(close)
        return await self.summarise(close, pack, handover)

    @runbook.step(name="period_open", title="Open period", icon="Calendar")
    async def open_period(self, context: NavMonthlyContext) -> PeriodOpened:
        """Opens the period in the ledger."""
        opened: PeriodOpened = await runbook.execute_activity(open_period, context, start_to_close_timeout=STEP_TIMEOUT)
        return opened

    @runbook.step(name="collect_documents", title="Collect documents", icon="Files")
    async def collect(self, context: NavMonthlyContext) -> list[DocumentSeen]:
        """Every expected document, read, reviewed and committed by a run of its own."""
        expected = [document.model_dump() for document in context.documents]
        shared = {name: getattr(context, name) for name in SHARED}
        outcomes: list[dict[str, Any]] = await self.collect_documents(
            expected=expected,
            inputs=[{**shared, **document} for document in expected],
            title=f"Documents for {context.period}",
            result_type=dict[str, Any],
        )
        if missing := [item["source"] for item in outcomes if item["status"] != "committed"]:
            raise WorkflowError(
                f"These documents were rejected: {', '.join(missing)}. Run the close again with the right ones.",
                type="DocumentsRejected",
                non_retryable=True,
            )
        return [DocumentSeen.model_validate(item) for item in outcomes]

    @runbook.step(name="check_starting_tb", title="Verify starting TB", icon="ClipboardCheck")
    async def verify_starting_tb(self, context: NavMonthlyContext, opened: PeriodOpened) -> StartingTBVerified:
        """The opening trial balance; it must balance and follow the last close."""
        verified: StartingTBVerified = await runbook.execute_activity(
            check_starting_tb,
            StartingTBInput(context=context, previous=opened.previous),
            start_to_close_timeout=STEP_TIMEOUT,
        )
        if wrong := failed(verified.checks):
            reasons = " ".join(f"{item.title}: {item.detail}" for item in wrong)
            raise WorkflowError(
                f"The opening trial balance cannot be used. {reasons}",
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
        """The journals as an accountant approved them, or the rejection. Whatever is corrected is shown again."""
        while True:
            answer = await self.wait_for_action(
                payload=review_payload(context, proposed),
                display_hint=review_hint(context),
                reason=f"Review {len(proposed.journals)} journals for {context.period}{failures(proposed.checks)}",
            )
            if answer.action == "rejected":
                return answer
            if answer.action == "approved" and not answer.corrections:
                return proposed.model_copy(update={"approved_by": answer.actor})
            proposed = await self.corrected(context, starting, proposed, answer)

    async def corrected(
        self, context: NavMonthlyContext, starting: StartingTBVerified, proposed: JournalsProposed, answer: UserAction
    ) -> JournalsProposed:
        """The journals with the answer's corrections; unchanged, with the reason at the gate, where they do not fit."""
        if not answer.corrections:
            self.say_at_gate("Nothing was corrected: name a line and a field, or approve.", level="warning")
            return proposed
        request = CorrectInput(
            context=context,
            opening=starting.opening,
            proposed=proposed,
            corrections=answer.corrections,
            actor=answer.actor,
        )
        try:
            mended: JournalsProposed = await runbook.execute_activity(
                correct_journals, request, start_to_close_timeout=STEP_TIMEOUT
            )
        except ActivityError as error:
            if not isinstance(error.cause, ApplicationError):
                raise
            self.say_at_gate(f"Nothing was changed. {error.cause.message}", level="error")
            return proposed
        self.say_at_gate(f"Corrected: {len(answer.corrections)}. Look again, then approve.", level="info")
        return mended

    def say_at_gate(self, message: str, *, level: str) -> None:
        """Shows a message at the next gate of this step."""
        self.set_user_feedback(kind="correction", level=level, payload={"message": message})

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

    @runbook.step(name="draft_auditor_handover", title="Draft auditor handover", icon="FileText")
    async def draft_auditor_handover(
        self, context: NavMonthlyContext, reviewed: JournalsProposed, nav: NavCalculation
    ) -> AgentResult | None:
        """What an agent drafts for the auditor, as a person approved it; none without an agent, or in a rehearsal."""
        if not context.audit_agent_id or context.dry_run:
            return None
        asked: dict[str, Any] = {"period_summary": period_summary(context, reviewed, nav)}
        for draft in range(1, MAX_DRAFTS + 1):
            result = await invoke(
                context.audit_agent_id,
                input=asked,
                tenant_slug=context.tenant_slug,
                entity_slug=context.entity_slug,
                task_id=context.task_id,
            )
            answer = await self.wait_for_action(
                payload=handover_payload(result, draft),
                display_hint=handover_hint(context),
                reason=f"Review the auditor handover for {context.period}",
            )
            if answer.action == "approved":
                return result
            asked |= {"draft": draft + 1, "reviewer_said": answer.reason or ""}
        return None

    @runbook.step(name="sign_off", title="Sign off", icon="PenLine")
    async def sign_off(
        self,
        context: NavMonthlyContext,
        opened: PeriodOpened,
        starting: StartingTBVerified,
        reviewed: JournalsProposed,
        nav: NavCalculation,
        documents: Sequence[DocumentSeen],
    ) -> UserAction:
        """A second person's yes or no to exactly what is shown."""
        checks = all_checks(starting, reviewed)
        while True:
            answer = await self.wait_for_sign_off(
                "nav",
                payload=sign_off_payload(
                    context,
                    starting.opening,
                    reviewed,
                    nav,
                    previous=opened.previous,
                    checks=checks,
                    documents=documents,
                ),
                display_hint=sign_off_hint(context),
                reason=f"Sign off the NAV of {context.period}{failures(checks)}",
            )
            if answer.action != "corrected" and not answer.corrections:
                return answer
            self.say_at_gate("Nothing is corrected here. Reject, and correct the journals in a new run.", level="error")

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
    async def summarise(
        self, close: CloseInput, pack: Sequence[PackFile], handover: AgentResult | None
    ) -> PeriodSummary:
        """What was closed, for people and for the next period."""
        return closed(close, pack, handover_files(handover))


def failures(checks: Sequence[Any]) -> str:
    """How many checks failed, for the line that says what is waited for."""
    count = len(failed(checks))
    return f": {count} {'check' if count == 1 else 'checks'} failed" if count else ""
