"""One step in which an agent works."""

from ntro.workflow import NtroWorkflow, runbook
from ntro.workflow.agents import AgentResult, invoke

from .models import AgentDrillContext, Drafted

OFTEN = 0.5


@runbook.defn
class AgentDrillWorkflow(NtroWorkflow):
    """Asks an agent and waits for what it leaves."""

    @runbook.run
    async def run(self, context: AgentDrillContext) -> Drafted:
        result = await self.draft(context)
        return Drafted(
            status=result.status, session=result.session_id, files=[file.filename for file in result.output_files]
        )

    @runbook.step(name="draft", title="Draft")
    async def draft(self, context: AgentDrillContext) -> AgentResult:
        """What the agent made."""
        return await invoke(context.agent, input={"draft": "a letter"}, poll_interval_seconds=OFTEN)
