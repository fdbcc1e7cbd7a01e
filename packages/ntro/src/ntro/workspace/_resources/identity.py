"""Who is calling."""

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Resource, one
from ntro.workspace.models import Identity


class IdentityResource(Resource):
    """`client.identity`."""

    async def whoami(self) -> Identity:
        """Who the key belongs to."""
        return one(Identity, await self._get("/me"))

    whoami_sync = blocking(whoami)
