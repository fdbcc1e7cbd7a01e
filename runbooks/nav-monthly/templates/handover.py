"""The auditor handover: what the agent is told, and what the person who reviews its draft sees. Pure."""

from typing import Any

from ntro.accounting.nav import NavCalculation
from ntro.workflow.agents import AgentResult

from .models import HandoverFile, JournalsProposed, NavMonthlyContext

MAX_DRAFTS = 3
"""How often the agent drafts before the close goes on without a handover."""


def period_summary(context: NavMonthlyContext, reviewed: JournalsProposed, nav: NavCalculation) -> dict[str, Any]:
    """The month in figures, as the agent gets it. Amounts are text, exact."""
    return {
        "entity": context.entity_name or context.entity_slug,
        "period": context.period,
        "currency": nav.currency,
        "nav": str(nav.nav),
        "nav_per_share": str(nav.nav_per_share),
        "shares": str(nav.shares),
        "total_assets": str(nav.total_assets),
        "total_liabilities": str(nav.total_liabilities),
        "journals": [item.model_dump(mode="json") for item in reviewed.journals],
        "closing_trial_balance": [line.model_dump(mode="json") for line in reviewed.closing.lines],
        "checks": [item.model_dump(mode="json") for item in reviewed.checks],
        "journals_approved_by": reviewed.approved_by or "",
    }


def handover_payload(result: AgentResult, draft: int) -> dict[str, Any]:
    """What the reviewer sees: the files, what the agent said, and where it failed, why."""
    delivered = result.status == "completed"
    said = f"Draft {draft} of {MAX_DRAFTS}: " + ("read the files before you approve." if delivered else _failed(result))
    return {
        "summary": said,
        "files": [file.model_dump(mode="json") for file in result.output_files],
        "message": result.output_text or "",
        "agent_session": result.session_id,
    }


def handover_hint(context: NavMonthlyContext) -> dict[str, Any]:
    """How the review is shown."""
    datasets = [{"key": "files", "data_key": "files", "label": "Files"}]
    config = {"type": "auditor_handover", "title": f"Auditor handover {context.period}", "datasets": datasets}
    return {"component": "APPROVAL_FORM", "config": config}


def handover_files(result: AgentResult | None) -> list[HandoverFile]:
    """The files of the draft that was approved."""
    files = result.output_files if result is not None else []
    return [HandoverFile.model_validate(file.model_dump()) for file in files]


def _failed(result: AgentResult) -> str:
    return f"the agent did not deliver: {result.error or result.status}. Approve to go on without, reject to try again."
