"""Two gates, one after the other."""

from ntro.workflow import NtroWorkflow, UserAction, runbook

from .models import Drilled, GateDrillContext


@runbook.defn
class GateDrillWorkflow(NtroWorkflow):
    """Waits for two decisions."""

    @runbook.run
    async def run(self, context: GateDrillContext) -> Drilled:
        prepared = await self.prepare(context)
        signed = await self.sign(context)
        return Drilled(
            prepared=prepared.action, prepared_by=prepared.actor, signed=signed.action, signed_by=signed.actor
        )

    @runbook.step(name="prepare", title="Prepare")
    async def prepare(self, context: GateDrillContext) -> UserAction:
        """What a preparer agrees to."""
        return await self.wait_for_action(payload={"figure": context.figure}, reason="Prepare")

    @runbook.step(name="sign", title="Sign")
    async def sign(self, context: GateDrillContext) -> UserAction:
        """What a second person signs."""
        return await self.wait_for_action(
            payload={"figure": context.figure, "signing": True}, reason="Sign", four_eyes=context.four_eyes
        )
