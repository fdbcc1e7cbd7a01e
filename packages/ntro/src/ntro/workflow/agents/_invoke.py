"""`invoke`: in workflow code it becomes an activity of the SDK, elsewhere it runs where it is called."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from ntro.workflow.agents.models import AgentInvocation, AgentResult

INVOKE_ACTIVITY = "ntro.invoke_agent"

_PASSBACK_TIME = timedelta(minutes=15)
"""For what comes after the session: its events and files."""

_ADOPTING = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10))
"""Without a maximum of attempts: a retry adopts the session that runs, so only time is a limit."""


async def invoke(
    agent_id: str,
    *,
    input: dict[str, Any] | str,  # noqa: A002 - the published name of the argument
    tenant_slug: str | None = None,
    entity_slug: str | None = None,
    task_id: str | None = None,
    poll_interval_seconds: float = 5.0,
    max_poll_seconds: float = 1800.0,
    budget_usd: Decimal | None = None,
) -> AgentResult:
    """Let the registered agent `agent_id` work on `input` and return what it made of it.

    Asking the same agent the same thing in the same task is one session, as long as that did not fail: a worker that
    takes over adopts the session that runs. What the session left as files is stored with the task.

    Args:
        agent_id: the id that the agent got when it was registered.
        input: an object, sent as JSON, or text.
        tenant_slug: whose data plane the files go to; the worker's own tenant when not given.
        entity_slug: noted on the files; the task's entity when not given.
        task_id: the task that it is for; the running one when not given.
        poll_interval_seconds: between two looks at the session.
        max_poll_seconds: from the session's beginning; after it the session is ended at its host and the result
            is `failed`.
        budget_usd: what the session may cost at list price, in US dollars, where its host can be told so.

    Raises:
        pydantic.ValidationError: a time or the budget is out of range.
        temporalio.exceptions.ActivityError: in workflow code: the agent is not registered, is of a kind that is not
            connected, or its host refused.
        ntro.workflow.agents.AgentHostError: elsewhere, as above.
    """
    request = AgentInvocation(
        agent_id=agent_id,
        input=json.dumps(input, default=str) if isinstance(input, dict) else str(input),
        tenant_slug=tenant_slug,
        entity_slug=entity_slug,
        task_id=_root(task_id or ""),
        poll_interval_seconds=poll_interval_seconds,
        max_poll_seconds=max_poll_seconds,
        budget_usd=budget_usd,
    )
    if workflow.in_workflow():
        return await _dispatch(request)
    from ntro.agents.running import run_invocation  # noqa: PLC0415 - brings drivers, which workflow code must not

    return await run_invocation(_placed(request))


@activity.defn(name=INVOKE_ACTIVITY)
async def invoke_agent_activity(request: AgentInvocation) -> AgentResult:
    """Runs a session to its end, or adopts the one that an earlier attempt began."""
    from ntro.agents.running import run_invocation  # noqa: PLC0415 - as above

    return await run_invocation(_placed(request))


async def _dispatch(request: AgentInvocation) -> AgentResult:
    info = workflow.info()
    instance = workflow.instance()
    step = getattr(instance, "_step_id_here", None)
    placed = request.model_copy(
        update={
            "task_id": request.task_id or _root(info.workflow_id),
            "run_id": info.workflow_id,
            "step_id": step() if step is not None else None,
        }
    )
    patience = timedelta(seconds=request.max_poll_seconds) + _PASSBACK_TIME
    return await workflow.execute_activity(
        invoke_agent_activity,
        placed,
        start_to_close_timeout=patience,
        schedule_to_close_timeout=2 * patience,
        retry_policy=_ADOPTING,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=f"agent {request.agent_id}",
    )


def _placed(request: AgentInvocation) -> AgentInvocation:
    """The request with the run and the call that it belongs to, where it is made in an activity."""
    if not activity.in_activity():
        return request
    info = activity.info()
    run_id = info.workflow_id or ""
    return request.model_copy(
        update={
            "task_id": request.task_id or _root(run_id),
            "run_id": request.run_id or run_id,
            "call_id": f"{run_id}/{info.workflow_run_id}/{info.activity_id}",
        }
    )


def _root(run_id: str) -> str:
    """The task of a run: its root's id."""
    return run_id.split(":", maxsplit=1)[0]
