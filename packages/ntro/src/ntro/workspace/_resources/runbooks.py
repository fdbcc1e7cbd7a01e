"""Runbooks as the registry knows them, and their deployment."""

from collections.abc import Mapping, Sequence

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import Feedback, RunbookDeployed, RunbookDetail, RunbookSummary, RunbookTemplates, Skill


class RunbooksResource(Resource):
    """`client.runbooks`."""

    async def get(self, slug: str) -> RunbookDetail:
        """The runbook: steps, config schema and the body of its `runbook.md`."""
        return one(RunbookDetail, await self._get(path_of("runbooks", slug)))

    async def templates(self, slug: str) -> RunbookTemplates:
        """The runbook's files with their text."""
        return one(RunbookTemplates, await self._get(path_of("runbooks", slug, "templates")))

    async def skill(self, slug: str) -> Skill:
        """The whole `runbook.md`: what a coding agent reads before it works on the runbook."""
        return one(Skill, await self._get(path_of("skills", slug)))

    async def feedback(self, slug: str, feedback: str, *, task_id: str | None = None) -> Feedback:
        """Leaves a remark on the runbook's code."""
        body = given(feedback=feedback, taskId=task_id)
        return one(Feedback, await self._post(path_of("runbooks", slug, "feedback"), body))

    async def list_feedback(self, slug: str) -> Items[Feedback]:
        """The remarks on the runbook, the newest first."""
        return many(Feedback, await self._get(path_of("runbooks", slug, "feedback")))

    async def deploy(
        self,
        slug: str,
        *,
        tenant: str,
        version: str,
        workflow_class: str,
        files: Mapping[str, str],
        activity_modules: Sequence[str] | None = None,
        make_current: bool = True,
    ) -> RunbookDeployed:
        """Deploys a bundle to a tenant (id or slug); `files` maps paths inside the bundle to their text.

        With `make_current` false, only workflows pinned to this version will use it.
        """
        body = given(
            tenantSlug=tenant,
            version=version,
            workflowClass=workflow_class,
            files={**files},
            activityModules=None if activity_modules is None else [*activity_modules],
            makeCurrent=make_current,
        )
        return one(RunbookDeployed, await self._post(path_of("runbooks", slug, "deploy"), body))

    async def list(
        self,
        *,
        state: str | None = None,
        classification: str | None = None,
        tags: Sequence[str] = (),
        jurisdiction: str | None = None,
        search: str | None = None,
    ) -> Items[RunbookSummary]:
        """The runbooks that match all that is given."""
        params = {
            "state": state,
            "classification": classification,
            "tags": ",".join(tags) or None,
            "jurisdiction": jurisdiction,
            "search": search,
        }
        return many(RunbookSummary, await self._get("/runbooks", params))

    get_sync = blocking(get)
    templates_sync = blocking(templates)
    skill_sync = blocking(skill)
    feedback_sync = blocking(feedback)
    list_feedback_sync = blocking(list_feedback)
    deploy_sync = blocking(deploy)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
