"""The steps of a sign-in at an identity provider that touch the database."""

import hashlib
from datetime import UTC, datetime

import asyncpg

from ntro.workspace.models import SignedIn
from ntro_server.errors import Forbidden, Unauthenticated
from ntro_workspace.crypto import Vault
from ntro_workspace.users import repository, service
from ntro_workspace.users.oidc import SIGN_IN_LIFETIME, Challenge, Identity


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


async def remember(connection: asyncpg.Connection, challenge: Challenge, vault: Vault) -> None:
    """Keeps what the way back needs, for ten minutes."""
    digest = _digest(challenge.state)
    await repository.put_oidc_sign_in(
        connection,
        state_digest=digest,
        verifier=vault.close(challenge.verifier.encode(), place=f"oidc_sign_ins|{digest.hex()}"),
        nonce=challenge.nonce,
        expires_at=datetime.now(UTC) + SIGN_IN_LIFETIME,
    )


async def recall(connection: asyncpg.Connection, state: str, vault: Vault) -> tuple[str, str]:
    """Verifier and nonce of the sign-in under way, which ends with this.

    Raises:
        Unauthenticated: there is none, or it took too long.
    """
    digest = _digest(state)
    row = await repository.take_oidc_sign_in(connection, digest)
    if row is None:
        raise Unauthenticated(
            "This sign-in was not begun here, or took too long.", hint="Begin again at /v1/sign-in/oidc."
        )
    verifier = vault.open(bytes(row["verifier"]), place=f"oidc_sign_ins|{digest.hex()}")
    return verifier.decode(), row["nonce"]


async def welcome(connection: asyncpg.Connection, identity: Identity, pepper: bytes) -> SignedIn:
    """A session of the person behind an identity; the first time it is found by its verified address.

    Raises:
        Forbidden: nobody here has that identity, or the person is disabled.
    """
    user = await repository.find_by_identity(connection, identity.issuer, identity.subject)
    if user is None and identity.email is not None:
        user = await repository.bind_identity(
            connection, email=identity.email, issuer=identity.issuer, subject=identity.subject
        )
    if user is None or user["disabled_at"] is not None:
        raise Forbidden("You are not entered here.", hint="Ask an administrator to enter your e-mail address.")
    return await service.begin_session(connection, user, pepper)
