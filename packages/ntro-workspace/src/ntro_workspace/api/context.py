"""What a request stands on: the process's parts, one transaction, the caller."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import asyncpg
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from ntro_workspace.api import limits
from ntro_workspace.audit import repository as audit
from ntro_workspace.commands.sender import CommandSender
from ntro_workspace.commands.temporal import TemporalGateway
from ntro_workspace.crypto import Vault
from ntro_workspace.db.database import Database
from ntro_workspace.db.shared_reads import SharedReads
from ntro_workspace.keys.keyring import Keyring
from ntro_workspace.keys.rates import RateLimiter
from ntro_workspace.keys.types import Principal
from ntro_workspace.relay.service import Relay
from ntro_workspace.runbooks.catalog import TemplateCatalog
from ntro_workspace.runbooks.follower import DeploymentFollower
from ntro_workspace.settings import WorkspaceSettings
from ntro_workspace.users.oidc import IdentityProvider

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
bearer = HTTPBearer(auto_error=False, description="An API key, `ntro_…`.")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a running Workspace, made once when it starts."""

    settings: WorkspaceSettings
    pepper: bytes
    keyring: Keyring
    rates: RateLimiter
    sign_in_rates: RateLimiter
    identity_provider: IdentityProvider | None
    vault: Vault
    database: Database
    shared_reads: SharedReads[bytes]
    temporal: TemporalGateway
    sender: CommandSender
    follower: DeploymentFollower
    catalog: TemplateCatalog
    relay: Relay


async def parts(request: Request) -> Parts:
    """The parts of this process."""
    found: Parts = request.app.state.parts
    return found


PartsOf = Annotated[Parts, Depends(parts)]


async def transaction(request: Request, context: PartsOf) -> AsyncIterator[asyncpg.Connection]:
    """The transaction of the request, committed before the answer leaves; what only reads needs none around it."""
    if request.method in _READING:
        async with context.database.reading() as connection:
            yield connection
        return
    async with context.database.transaction() as connection:
        yield connection
    context.keyring.forget()
    context.sender.wake()


Transaction = Annotated[asyncpg.Connection, Depends(transaction, scope="function")]


async def principal(request: Request, connection: Transaction, context: PartsOf) -> Principal:
    """The caller, verified; what the transaction changes is noted as its act.

    Raises:
        Unauthenticated: there is no valid key.
        RateLimited: the key calls too often.
    """
    caller = await context.keyring.authenticate(connection, request.headers.get("authorization"))
    limits.take(context.rates, caller.key_id)
    if request.method not in _READING:
        await audit.act_as(connection, caller.subject, getattr(request.state, "request_id", None))
    return caller


@asynccontextmanager
async def unit_of_work(request: Request, context: Parts) -> AsyncIterator[tuple[asyncpg.Connection, Principal]]:
    """A transaction and the caller, for requests that go on after it was committed."""
    async with context.database.transaction() as connection:
        yield connection, await principal(request, connection, context)
    if request.method not in _READING:
        context.keyring.forget()


Caller = Annotated[Principal, Depends(principal, scope="function")]


async def reader(caller: Caller) -> Principal:
    caller.require("read")
    return caller


async def writer(caller: Caller) -> Principal:
    caller.require("write")
    return caller


Reader = Annotated[Principal, Depends(reader, scope="function")]
Writer = Annotated[Principal, Depends(writer, scope="function")]
