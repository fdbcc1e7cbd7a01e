"""What people corrected and what engineers remarked: what the next version of a runbook is written from."""

from typing import Annotated

from pydantic import Field

from ntro.workspace.cell import Correction
from ntro.workspace.models import Feedback
from ntro_mcp.hints import READS
from ntro_mcp.paging import DEFAULT_ROWS, Limit, Page, page_of
from ntro_mcp.paging import Cursor as RowCursor
from ntro_mcp.registering import Group, tool
from ntro_mcp.tools.arguments import Slug, TenantId


class CorrectionTools(Group):
    """`ntro_corrections_list`, `ntro_runbook_feedback_list`."""

    @tool("ntro_corrections_list", title="What people corrected", hints=READS)
    async def list_corrections(
        self,
        tenant_id: TenantId = None,
        runbook: Annotated[str | None, Field(description="Slug of a runbook; all where left out.")] = None,
        since: Annotated[str | None, Field(description="ISO 8601 with its offset, such as 2026-03-01T00:00Z.")] = None,
        limit: Limit = DEFAULT_ROWS,
        cursor: Annotated[
            str | None, Field(description="nextCursor of the page before, or the id of the last correction known.")
        ] = None,
    ) -> Page[Correction]:
        """Values that people corrected at gates and in ledgers, before and after, with the documents; oldest first.

        They come from the tenant's cell and are client data: keep them where client data may be.
        """
        caller = await self.caller()
        cell = caller.client.cell(caller.tenant_of(tenant_id))
        found = await cell.corrections.list(runbook=runbook, since=since, limit=limit, cursor=cursor)
        return Page(items=found.items, nextCursor=found.nextCursor)

    @tool("ntro_runbook_feedback_list", title="Remarks on a runbook", hints=READS)
    async def list_feedback(self, slug: Slug, limit: Limit = DEFAULT_ROWS, cursor: RowCursor = None) -> Page[Feedback]:
        """What engineers remarked on a runbook's code, the newest first. It holds no figures of clients."""
        rows = await (await self.caller()).client.runbooks.list_feedback(slug)
        return page_of(rows, key=lambda row: row.id, limit=limit, cursor=cursor)
