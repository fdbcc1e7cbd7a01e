"""Runbooks as the registry knows them."""

from typing import Annotated

from pydantic import BaseModel, Field

from ntro.workspace.models import Feedback, RunbookDetail, RunbookSummary, TemplateFile
from ntro_mcp.hints import ADDS, READS
from ntro_mcp.paging import DEFAULT_ROWS, Cursor, Limit, Page, page_of
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import Slug


class RunbookShown(BaseModel):
    """A runbook, and its files where they were asked for."""

    runbook: RunbookDetail
    files: list[TemplateFile] = Field(default_factory=list)


class RunbookTools(Group):
    """`ntro_runbook_get`, `ntro_runbook_list`, `ntro_runbook_feedback`."""

    @tool("ntro_runbook_get", title="Show a runbook", hints=READS)
    async def get(
        self, slug: Slug, include_files: Annotated[bool, Field(description="With the text of its files.")] = False
    ) -> RunbookShown:
        """A runbook's steps, config schema and description; with its code where that is asked for."""
        runbooks = (await self.caller()).client.runbooks
        files = (await runbooks.templates(slug)).templates if include_files else []
        return RunbookShown(runbook=await runbooks.get(slug), files=files)

    @tool("ntro_runbook_list", title="List runbooks", hints=READS)
    async def list_runbooks(
        self,
        search: Annotated[str | None, Field(description="Words in slug, name or description.")] = None,
        limit: Limit = DEFAULT_ROWS,
        cursor: Cursor = None,
    ) -> Page[RunbookSummary]:
        """The runbooks that are deployed or come with the product."""
        rows = await (await self.caller()).client.runbooks.list(search=search)
        return page_of(rows, key=lambda row: row.slug, limit=limit, cursor=cursor)

    @tool("ntro_runbook_feedback", title="Leave a remark on a runbook", hints=ADDS)
    async def feedback(
        self,
        slug: Slug,
        feedback: Annotated[str, Field(min_length=1, description="What should be better. Of the code; no figures.")],
        task_id: Annotated[str | None, Field(description="The task that showed it.")] = None,
    ) -> Feedback:
        """Keeps a remark for whoever writes the runbook's next version."""
        return await (await self.caller()).client.runbooks.feedback(slug, feedback, task_id=task_id)
