"""Follows deployments until the cell has answered, however long that takes, and notes the outcome."""

import asyncio
from contextlib import suppress
from uuid import UUID

import asyncpg
import structlog
from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from ntro.workspace.commands import DeploymentResult
from ntro_workspace.commands.service import deploy_key
from ntro_workspace.commands.temporal import TemporalGateway
from ntro_workspace.db.database import Database
from ntro_workspace.runbooks import repository

FIRST_PAUSE = 0.05
MAX_PAUSE = 5.0
_log = structlog.get_logger(__name__)


class DeploymentFollower:
    """One background task for each deployment under way."""

    def __init__(self, database: Database, temporal: TemporalGateway) -> None:
        self._database = database
        self._temporal = temporal
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    async def resume(self) -> None:
        """Follows what an earlier process left open."""
        async with self._database.transaction() as connection:
            for deployment_id in await repository.open_deployments(connection):
                self._follow(deployment_id)

    async def wait(self, deployment_id: UUID, seconds: float) -> asyncpg.Record:
        """The deployment once it has ended, or as it is after `seconds`."""
        task = self._follow(deployment_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.shield(task)
        async with self._database.transaction() as connection:
            return await repository.deployment(connection, deployment_id)

    async def stop(self) -> None:
        """Ends all following; the next process resumes it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _follow(self, deployment_id: UUID) -> asyncio.Task[None]:
        if (known := self._tasks.get(deployment_id)) is not None:
            return known
        task = asyncio.create_task(self._run(deployment_id))
        self._tasks[deployment_id] = task
        task.add_done_callback(lambda _done: self._tasks.pop(deployment_id, None))
        return task

    async def _run(self, deployment_id: UUID) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._note_outcome(deployment_id)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("a deployment cannot be followed", error_type=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, MAX_PAUSE)
            else:
                return

    async def _note_outcome(self, deployment_id: UUID) -> None:
        async with self._database.transaction() as connection:
            row = await repository.deployment(connection, deployment_id)
        result = await self._result(row["tenant_slug"], deploy_key(deployment_id))
        state = "DEPLOYED" if result.ok else "FAILED"
        async with self._database.transaction() as connection:
            await repository.close_deployment(
                connection, deployment_id, state=state, result=result.model_dump(mode="json")
            )

    async def _result(self, tenant_slug: str, key: str) -> DeploymentResult:
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._temporal.deployment_result(tenant_slug, key)
            except WorkflowFailureError as error:
                _log.warning("deployment failed in the cell", key=key, error_type=type(error.cause).__name__)
                return DeploymentResult(ok=False, task_queue="", build_id="", error="The cell could not deploy it.")
            except (RPCError, RuntimeError, OSError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, MAX_PAUSE)
