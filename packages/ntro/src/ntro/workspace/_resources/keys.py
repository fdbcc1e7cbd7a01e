"""API keys."""

from collections.abc import Sequence
from datetime import datetime

from ntro.workspace._portal import blocking
from ntro.workspace._resources.base import Items, Resource, given, many, one
from ntro.workspace._transport import path_of
from ntro.workspace.models import Key, KeyCreated


class KeysResource(Resource):
    """`client.keys`."""

    async def create(
        self,
        name: str,
        *,
        kind: str = "tenant",
        tenant: str | None = None,
        user: str | None = None,
        scopes: Sequence[str] | None = None,
        expires_at: datetime | None = None,
    ) -> KeyCreated:
        """Mints a key. `apiKey` of the answer is shown this once; without `scopes` it gets all its kind may have.

        `tenant` is for the kinds `tenant` and `cell`, `user` (id or e-mail address) for the kind `user`.
        """
        body = given(
            name=name,
            kind=kind,
            tenantId=tenant,
            userId=user,
            scopes=None if scopes is None else [*scopes],
            expiresAt=None if expires_at is None else expires_at.isoformat(),
        )
        return one(KeyCreated, await self._post("/workspace/keys", body))

    async def rotate(
        self, key: str, *, overlap_seconds: int | None = None, expires_at: datetime | None = None
    ) -> KeyCreated:
        """Mints a key like this one, which goes on working for the overlap: a day where none is named."""
        body = given(overlapSeconds=overlap_seconds, expiresAt=None if expires_at is None else expires_at.isoformat())
        return one(KeyCreated, await self._post(path_of("workspace", "keys", key, "rotate"), body))

    async def revoke(self, key: str) -> None:
        """Ends a key at once."""
        await self._transport.send("DELETE", path_of("workspace", "keys", key))

    async def list(self) -> Items[Key]:
        """All keys, without their secrets."""
        return many(Key, await self._get("/workspace/keys"))

    create_sync = blocking(create)
    rotate_sync = blocking(rotate)
    revoke_sync = blocking(revoke)
    list_sync = blocking(list)  # noqa: A003 - the method above is meant, not the builtin
