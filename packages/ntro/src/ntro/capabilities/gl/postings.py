"""What was posted to ledgers elsewhere, noted in the tenant's database: the intent before a call, its outcome after.

An attempt claims its intent for `CLAIM_SECONDS`, so that two attempts at once do not both post.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from ntro.capabilities import config
from ntro.capabilities.gl.errors import IdempotencyConflictError, TransientProviderError
from ntro.data import DataPlane, get_data_plane

CLAIM_SECONDS = 90
_SCOPE = "provider = $1 and connection = $2 and resource = $3 and external_id = $4"


class PostingLedger(Protocol):
    """Where intents and outcomes of one connection are noted."""

    async def begin(self, resource: str, external_id: str, digest: str) -> str | None:
        """Claims the posting; the ledger's id of the item where it was posted before.

        Raises:
            IdempotencyConflictError: the external id stands for other content.
            TransientProviderError: another attempt is at it.
        """
        ...

    async def settle(self, resource: str, external_id: str, item_id: str) -> None:
        """Notes that the item was posted."""
        ...

    async def leave(self, resource: str, external_id: str) -> None:
        """Gives the claim back: it is not known whether the item was posted."""
        ...

    async def withdraw(self, resource: str, external_id: str) -> None:
        """Forgets the intent: the ledger did not take the item."""
        ...


@dataclass(frozen=True, slots=True)
class DatabasePostings:
    """Postings in `ledgers.gl_postings`. `connection` names the books that are posted to."""

    provider: str
    connection: str
    tenant_slug: str

    async def begin(self, resource: str, external_id: str, digest: str) -> str | None:
        db = await self._db()
        scope = self._scope(resource, external_id)
        tag = await db.execute(
            """insert into ledgers.gl_postings
                 (provider, connection, resource, external_id, content_sha256, claimed_until)
               values ($1, $2, $3, $4, $5, now() + $6::interval) on conflict do nothing""",
            *scope,
            digest,
            timedelta(seconds=CLAIM_SECONDS),
        )
        return None if tag == "INSERT 0 1" else await self._resume(db, scope, digest)

    async def settle(self, resource: str, external_id: str, item_id: str) -> None:
        await (await self._db()).execute(
            f"""update ledgers.gl_postings set status = 'POSTED', item_id = $5, claimed_until = null, updated_at = now()
                where {_SCOPE}""",
            *self._scope(resource, external_id),
            item_id,
        )

    async def leave(self, resource: str, external_id: str) -> None:
        await (await self._db()).execute(
            f"update ledgers.gl_postings set claimed_until = null, updated_at = now() where {_SCOPE}",
            *self._scope(resource, external_id),
        )

    async def withdraw(self, resource: str, external_id: str) -> None:
        await (await self._db()).execute(
            f"delete from ledgers.gl_postings where status = 'INTENT' and {_SCOPE}",
            *self._scope(resource, external_id),
        )

    async def _resume(self, db: DataPlane, scope: tuple[str, ...], digest: str) -> str | None:
        posting = await db.fetchrow(
            f"select status, item_id, content_sha256 from ledgers.gl_postings where {_SCOPE}", *scope
        )
        if posting is None:
            raise self._busy(scope)  # it was withdrawn at this moment
        if posting["content_sha256"] != digest:
            raise IdempotencyConflictError(
                f"{scope[3]} was used for other content; post changed content under a key of its own.",
                provider=self.provider,
                resource=scope[2],
                operation="create",
            )
        if posting["status"] == "POSTED":
            return str(posting["item_id"])
        tag = await db.execute(
            f"""update ledgers.gl_postings
                set claimed_until = now() + $5::interval, attempts = attempts + 1, updated_at = now()
                where {_SCOPE} and status = 'INTENT' and (claimed_until is null or claimed_until < now())""",
            *scope,
            timedelta(seconds=CLAIM_SECONDS),
        )
        if tag != "UPDATE 1":
            raise self._busy(scope)
        return None

    def _scope(self, resource: str, external_id: str) -> tuple[str, str, str, str]:
        return self.provider, self.connection, resource, external_id

    def _busy(self, scope: tuple[Any, ...]) -> TransientProviderError:
        return TransientProviderError(
            f"{scope[3]} is being posted by another attempt; try again in {CLAIM_SECONDS} s.",
            provider=self.provider,
            resource=scope[2],
            operation="create",
        )

    async def _db(self) -> DataPlane:
        return await get_data_plane(self.tenant_slug)


class UnkeptPostings:
    """For a process without the tenant's database: the ledger itself is asked before each creation, nothing else."""

    async def begin(self, resource: str, external_id: str, digest: str) -> str | None:  # noqa: ARG002  # the protocol's
        return None

    async def settle(self, resource: str, external_id: str, item_id: str) -> None:
        """Nothing is noted."""

    async def leave(self, resource: str, external_id: str) -> None:
        """Nothing is noted."""

    async def withdraw(self, resource: str, external_id: str) -> None:
        """Nothing is noted."""


def postings_of(provider: str, connection: str) -> PostingLedger:
    """The postings of a connection, in the database of the tenant that this process serves."""
    worker = config.get()
    if not worker.tenant_slug or not worker.tenant_postgres_url.get_secret_value():
        return UnkeptPostings()
    return DatabasePostings(provider, connection, worker.tenant_slug)
