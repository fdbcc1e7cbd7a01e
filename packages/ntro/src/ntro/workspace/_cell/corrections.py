"""What people corrected, for whoever improves a runbook."""

from ntro.workspace._cell.models import CorrectionPage
from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Resource, one


class CellCorrections(Resource):
    """`client.cell(tenant).corrections`. It is financial data: it stays where the cell's other data may be."""

    async def list(
        self,
        *,
        runbook: str | None = None,
        since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> CorrectionPage:
        """Who corrected what at which gate of which version of a runbook, the oldest first.

        Args:
            runbook: slug; all where left out.
            since: ISO 8601 with its offset.
            limit: of a page, 200 where left out, 1000 at most.
            cursor: `nextCursor` of the page before, or the id of the last correction that is known.

        Raises:
            AuthorizationError: the key has neither the role engineer nor admin in the cell.
        """
        params = {
            "runbook": runbook,
            "since": since,
            "limit": None if limit is None else str(limit),
            "cursor": cursor,
        }
        return one(CorrectionPage, await self._get("/corrections", params))

    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
