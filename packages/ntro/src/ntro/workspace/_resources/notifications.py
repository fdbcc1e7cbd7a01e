"""What happened in cells."""

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Resource, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import Notification, Page


class NotificationsResource(Resource):
    """`client.notifications`: of the last ninety days, newest first."""

    async def page(
        self, *, tenant: str | None = None, unread: bool = False, limit: int | None = None, cursor: str | None = None
    ) -> Page[Notification]:
        """A page of notifications; `cursor` is `nextCursor` of the page before."""
        asked = {
            "tenantId": tenant,
            "unread": "true" if unread else None,
            "limit": None if limit is None else str(limit),
            "cursor": cursor,
        }
        return one(Page[Notification], await self._get("/workspace/notifications", asked))

    async def mark_read(self, notification: str) -> Notification:
        """Notes that it was read."""
        return one(Notification, await self._post(path_of("workspace", "notifications", notification, "read")))

    page_sync = blocking(page)
    mark_read_sync = blocking(mark_read)
