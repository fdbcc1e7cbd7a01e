"""Who opens the console: a person by code or link, or whoever holds a key; each gets a session of twelve hours."""

from datetime import UTC, datetime, timedelta

import asyncpg

from ntro.workspace.models import SignInLink
from ntro_server.errors import Forbidden, Unauthenticated
from ntro_workspace.audit import repository as audit
from ntro_workspace.console import repository
from ntro_workspace.console.sessions import PROGRAMS, SUFFIX
from ntro_workspace.db.rows import iso
from ntro_workspace.keys import format as key_format
from ntro_workspace.keys import repository as key_repository
from ntro_workspace.keys import service as keys
from ntro_workspace.keys.types import SPEAK_FOR_USERS, Principal
from ntro_workspace.users import service as users

LINK_LIFETIME = timedelta(minutes=10)
_SCOPES = ("read", "write", "decide", "keys", "audit", SPEAK_FOR_USERS)


async def link(
    connection: asyncpg.Connection,
    caller: Principal,
    person: asyncpg.Record | None,
    *,
    pepper: bytes,
    public_url: str,
) -> SignInLink:
    """A link that opens the console, once, for ten minutes: as `person`, or as the caller.

    Raises:
        Forbidden: the caller's key opens no console, or it may not name others.
    """
    user_id = caller.user_id if person is None else person["id"]
    if person is not None and person["id"] != caller.user_id:
        caller.require(SPEAK_FOR_USERS)
    elif caller.user_id is None:
        caller.require("keys")
    link_id, token = key_format.mint("link")
    expires_at = datetime.now(UTC) + LINK_LIFETIME
    await repository.put_link(
        connection,
        link_id=link_id,
        digest=key_format.digest(token, pepper),
        key_id=caller.key_id if user_id is None else None,
        user_id=user_id,
        expires_at=expires_at,
    )
    return SignInLink(url=f"{public_url.rstrip('/')}/sign-in?token={token}", expiresAt=iso(expires_at))


async def by_link(connection: asyncpg.Connection, token: str, pepper: bytes) -> str:
    """The key of a new session, for the token of a link, which is used up.

    Raises:
        Unauthenticated: the link is unknown, was used, is too old, or whoever it was for has ended.
    """
    parsed = key_format.parse(token)
    row = None
    if parsed is not None and parsed.kind == "link":
        row = await repository.take_link(connection, parsed.id, key_format.digest(token, pepper))
    if row is None:
        raise Unauthenticated(
            "This link signs nobody in.", hint="Ask for a fresh one; each works once, for ten minutes."
        )
    if row["user_id"] is not None:
        return await _session_of_person(connection, str(row["user_id"]), pepper)
    opener = await key_repository.find_valid(connection, row["key_id"])
    if opener is None:
        raise Unauthenticated("The key behind this link has ended.", hint="Ask for a link of another key.")
    return await _session_of_key(connection, keys.principal_of(opener), pepper)


async def by_secret(connection: asyncpg.Connection, secret: str, pepper: bytes) -> str:
    """The key of a new session, for a sign-in code, which is used up, or an API key.

    Raises:
        Unauthenticated: it is neither, or it has ended.
        Forbidden: it is the key of an agent or of a cell.
    """
    parsed = key_format.parse(secret)
    if parsed is not None and parsed.kind == "code":
        return (await users.sign_in(connection, secret, pepper)).apiKey
    caller = await keys.authenticate(connection, f"Bearer {secret}", pepper)
    if caller.user_id is not None:
        return await _session_of_person(connection, str(caller.user_id), pepper)
    return await _session_of_key(connection, caller, pepper)


async def _session_of_person(connection: asyncpg.Connection, user_id: str, pepper: bytes) -> str:
    person = await users.find_enabled(connection, user_id)
    await audit.act_as(connection, f"user:{user_id}", None)
    return (await users.begin_session(connection, person, pepper)).apiKey


async def _session_of_key(connection: asyncpg.Connection, caller: Principal, pepper: bytes) -> str:
    if caller.kind in PROGRAMS:
        raise Forbidden("The console is for people; this is the key of a program.", hint="Use a key of another kind.")
    await audit.act_as(connection, caller.subject, None)
    minted = await keys.mint(
        connection,
        pepper,
        kind=caller.kind,
        name=caller.name.removesuffix(SUFFIX)[:150] + SUFFIX,
        tenant_id=caller.tenant_id,
        scopes=[scope for scope in _SCOPES if scope in caller.scopes],
        session_of=await repository.opener_of(connection, caller.key_id),
        expires_at=datetime.now(UTC) + users.SESSION_LIFETIME,
    )
    return minted.text
