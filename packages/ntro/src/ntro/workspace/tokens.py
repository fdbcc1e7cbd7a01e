"""Short-lived tokens: Workspace signs them, a cell verifies them with Workspace's public key alone."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, ValidationError

ISSUER = "ntro-workspace"
ALGORITHM = "Ed25519"
ACCESS_LIFETIME = timedelta(minutes=15)
SIGN_IN_LIFETIME = timedelta(minutes=10)


class TokenError(ValueError):
    """The token is malformed, expired, not for this tenant, or not signed by Workspace."""


class Purpose(StrEnum):
    """`access`: calls to a cell's API. `sign-in`: opens one browser session, once."""

    ACCESS = "access"
    SIGN_IN = "sign-in"


class TokenClaims(BaseModel):
    """Who may do what in which tenant. `jti` makes a sign-in token usable once; `task_id` binds it to one task.

    `key_id` names the key of an agent that the token was given for: the token is worth nothing without it.
    """

    model_config = ConfigDict(frozen=True)

    tenant_id: UUID
    subject: str
    name: str
    roles: list[str]
    purpose: Purpose
    jti: UUID
    expires_at: datetime
    task_id: UUID | None = None
    key_id: str | None = None


def claims_for(
    tenant_id: UUID,
    *,
    subject: str,
    name: str,
    roles: list[str],
    purpose: Purpose,
    task_id: UUID | None = None,
    key_id: str | None = None,
) -> TokenClaims:
    """Fresh claims that expire after the purpose's lifetime."""
    lifetime = ACCESS_LIFETIME if purpose is Purpose.ACCESS else SIGN_IN_LIFETIME
    expires_at = (datetime.now(UTC) + lifetime).replace(microsecond=0)
    return TokenClaims(
        tenant_id=tenant_id,
        subject=subject,
        name=name,
        roles=roles,
        purpose=purpose,
        jti=uuid4(),
        expires_at=expires_at,
        task_id=task_id,
        key_id=key_id,
    )


def sign(claims: TokenClaims, private_key_pem: str) -> str:
    """The compact token of `claims`, signed with an Ed25519 private key in PEM."""
    payload = {
        "iss": ISSUER,
        "aud": f"tenant:{claims.tenant_id}",
        "sub": claims.subject,
        "name": claims.name,
        "roles": claims.roles,
        "purpose": claims.purpose.value,
        "jti": str(claims.jti),
        "exp": int(claims.expires_at.timestamp()),
    }
    if claims.task_id is not None:
        payload["task_id"] = str(claims.task_id)
    if claims.key_id is not None:
        payload["key_id"] = claims.key_id
    return jwt.encode({"alg": ALGORITHM}, payload, OKPKey.import_key(private_key_pem), algorithms=[ALGORITHM])


def verify(token: str, public_key_pem: str, *, tenant_id: UUID, purpose: Purpose) -> TokenClaims:
    """The claims of `token`.

    Raises:
        TokenError: the signature, issuer, audience, purpose or expiry does not hold.
    """
    try:
        claims = jwt.decode(token, OKPKey.import_key(public_key_pem), algorithms=[ALGORITHM]).claims
        found = TokenClaims(
            tenant_id=UUID(str(claims["aud"]).removeprefix("tenant:")),
            subject=claims["sub"],
            name=claims["name"],
            roles=claims["roles"],
            purpose=claims["purpose"],
            jti=claims["jti"],
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            task_id=claims.get("task_id"),
            key_id=claims.get("key_id"),
        )
    except (JoseError, KeyError, TypeError, ValueError, ValidationError) as error:
        raise TokenError("The token is malformed or was not signed by Workspace.") from error
    if claims.get("iss") != ISSUER or found.tenant_id != tenant_id or found.purpose is not purpose:
        raise TokenError("The token is not for this tenant and purpose.")
    if found.expires_at <= datetime.now(UTC):
        raise TokenError("The token has expired.")
    return found
