"""What an agent may call: a few doors of the one task that it works on, while it works on it."""

from uuid import UUID

from fastapi import Request

from ntro.types.actors import AGENT
from ntro.workspace.tokens import TokenClaims
from ntro_server.errors import Forbidden, NotFound
from ntro_tenant.core.cell import Cell
from ntro_tenant.core.people import AGENT_ROLE
from ntro_tenant.core.references import task_reference
from ntro_tenant.db import agents_repository

DOORS: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/v1/tasks/{task}"),
        ("GET", "/v1/tasks/{task}/events"),
        ("POST", "/v1/tasks/{task}/events"),
        ("GET", "/v1/tasks/{task}/files"),
        ("GET", "/v1/tasks/{task}/files/{document_id}"),
        ("GET", "/v1/tasks/{task}/ui"),
        ("POST", "/v1/tasks/{task}/action"),
    }
)
"""Method and address of every door that agents may use. What is not listed here is closed to them.

The last two open only for gates that the tenant lets agents decide."""

CORPUS_DOORS: frozenset[tuple[str, str]] = frozenset({("GET", "/v1/corrections"), ("GET", "/v1/corrections/export")})
"""Doors that belong to no task; they open only to agents that the tenant names as readers of its corrections."""

_API = "/v1"


def is_agent(claims: TokenClaims) -> bool:
    """Whether the token is an agent's, whatever other roles it names."""
    return AGENT_ROLE in claims.roles


async def check_agent(request: Request, cell: Cell, claims: TokenClaims) -> UUID:
    """The id of the agent that calls.

    Raises:
        Forbidden: the door is not for agents, or the token is not of one agent.
        Unauthenticated: the key that the token was given for does not count any more.
        Unavailable: Workspace does not say whether it counts.
        NotFound: the task is not the one that the agent works on now.
    """
    door = (request.method, _address(request))
    if door not in DOORS | CORPUS_DOORS:
        raise Forbidden("This door is not for agents.", hint="An agent reports on the task that it was invoked for.")
    agent_id = _agent_id(claims)
    await cell.agent_keys.check(agent_id, claims.key_id)
    if door in CORPUS_DOORS and claims.task_id is None:
        return agent_id
    reference = task_reference(str(request.path_params.get("task")))
    if claims.task_id in (None, reference.task_id):
        async with cell.pool.acquire() as connection:
            if await agents_repository.open_session(connection, agent_id, reference.task_id) is not None:
                return agent_id
    raise NotFound("The agent works on no such task now.", hint="An agent reports on the task that it was invoked for.")


def _address(request: Request) -> str:
    """The address as it was declared, with the names of its parts; the route leaves the API's prefix out."""
    prefix = _API if request.url.path.startswith(f"{_API}/") else ""
    return f"{prefix}{getattr(request.scope.get('route'), 'path', '')}"


def _agent_id(claims: TokenClaims) -> UUID:
    try:
        return UUID(claims.subject.removeprefix(AGENT))
    except ValueError as error:
        raise Forbidden("The token is not of one agent.", hint="Exchange the agent's own key at Workspace.") from error
