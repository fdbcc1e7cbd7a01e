"""Short-lived doors to a tenant's cell: access tokens and sign-in links, signed by Workspace."""

import asyncpg

from ntro.workspace.models import AccessRequest, AccessToken, SignInLink
from ntro.workspace.tokens import Purpose, TokenClaims, claims_for, sign
from ntro_server.errors import Forbidden, Invalid
from ntro_workspace.db.rows import iso
from ntro_workspace.keys.types import SPEAK_FOR_USERS, Principal
from ntro_workspace.tenants.service import require_active

ROLES_OF_KIND: dict[str, tuple[str, ...]] = {
    "admin": ("admin", "engineer", "reviewer", "accountant", "auditor"),
    "workspace": ("admin", "engineer", "reviewer", "accountant", "auditor"),
    "tenant": ("engineer", "reviewer", "accountant", "auditor"),
    "agent": ("agent",),
}
"""Roles a key may give in the cell; a caller asks for fewer, never for more."""

ROLES_OF_PERSON: dict[str, tuple[str, ...]] = {
    "admin": ("admin", "engineer", "reviewer", "accountant", "auditor"),
    "operations": ("engineer", "auditor"),
    "accountant": ("accountant", "auditor"),
    "reviewer": ("reviewer", "auditor"),
    "auditor": ("auditor",),
}
"""Roles in the cell of a person with a role in Workspace."""


def access_token(
    tenant: asyncpg.Record, body: AccessRequest | None, caller: Principal, signing_key: str
) -> AccessToken:
    """A bearer token for the tenant's cell."""
    require_active(tenant)
    claims = _claims(tenant, body, caller, Purpose.ACCESS)
    token = sign(claims, signing_key)
    return AccessToken(token=token, expiresAt=iso(claims.expires_at), url=tenant["url"], uiUrl=tenant["ui_url"])


def sign_in_link(tenant: asyncpg.Record, body: AccessRequest | None, caller: Principal, signing_key: str) -> SignInLink:
    """A link that opens one browser session in the tenant's pages."""
    if caller.user_id is None:
        caller.require("decide")
    require_active(tenant)
    claims = _claims(tenant, body, caller, Purpose.SIGN_IN)
    url = f"{tenant['ui_url'].rstrip('/')}/sign-in?token={sign(claims, signing_key)}"
    return SignInLink(url=url, expiresAt=iso(claims.expires_at))


def _claims(tenant: asyncpg.Record, body: AccessRequest | None, caller: Principal, purpose: Purpose) -> TokenClaims:
    allowed = _allowed_roles(caller)
    wanted = allowed if body is None or body.roles is None else tuple(body.roles)
    if not wanted or not set(wanted) <= set(allowed):
        raise Forbidden("This key may not give these roles.", hint=f"It may give: {', '.join(allowed) or 'none'}.")
    subject, name = _person(body, caller)
    task_id = None if body is None else body.taskId
    if task_id is not None and caller.agent_id is None:
        raise Invalid("taskId: only an agent's token is for one task.", hint="Leave taskId out.")
    return claims_for(
        tenant["id"],
        subject=subject,
        name=name,
        roles=list(wanted),
        purpose=purpose,
        task_id=task_id,
        key_id=None if caller.agent_id is None else caller.key_id,
    )


def _person(body: AccessRequest | None, caller: Principal) -> tuple[str, str]:
    """Who the token is for. A key that could name anybody could be both people at a gate that asks for two."""
    subject = caller.subject if body is None or body.subject is None else body.subject
    name = caller.name if body is None or body.name is None else body.name
    if (subject, name) != (caller.subject, caller.name) and SPEAK_FOR_USERS not in caller.scopes:
        raise Forbidden(
            f"This key acts as itself alone; it lacks the scope {SPEAK_FOR_USERS}.",
            hint="Leave subject and name out, or give each person a key of their own.",
        )
    return subject, name


def _allowed_roles(caller: Principal) -> tuple[str, ...]:
    if caller.user_id is not None:
        return tuple(dict.fromkeys(role for own in caller.roles for role in ROLES_OF_PERSON[own]))
    allowed = ROLES_OF_KIND.get(caller.kind, ())
    if "decide" in caller.scopes:
        return allowed
    return tuple(role for role in allowed if role in {"auditor", "agent"})
