"""The Workspace application: its parts, its doors, its lifetime."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Lifespan

from ntro_server.error_handlers import install_error_handlers
from ntro_server.http import RequestContext
from ntro_server.outages import install_outage_handlers
from ntro_workspace.agents import api as agents
from ntro_workspace.api import health
from ntro_workspace.api.access_log import AccessLog
from ntro_workspace.api.body import BoundedBody
from ntro_workspace.api.context import Parts, bearer
from ntro_workspace.api.described_errors import describe_errors
from ntro_workspace.api.direct import DirectReads
from ntro_workspace.api.idempotency import Idempotency, IdempotencyParts
from ntro_workspace.api.input_errors import install_input_errors
from ntro_workspace.api.limits import install_rate_limit_errors
from ntro_workspace.api.single_use import SingleUse
from ntro_workspace.audit import api as audit
from ntro_workspace.commands.sender import CommandSender
from ntro_workspace.commands.temporal import TemporalGateway
from ntro_workspace.console import links_api
from ntro_workspace.console.routes import install_console
from ntro_workspace.crypto import Vault
from ntro_workspace.db.database import Database
from ntro_workspace.db.shared_reads import SharedReads
from ntro_workspace.definitions import api as definitions
from ntro_workspace.entities import api as entities
from ntro_workspace.integrations import api as integrations
from ntro_workspace.internal import api as internal
from ntro_workspace.keys import api as keys
from ntro_workspace.keys.keyring import Keyring
from ntro_workspace.keys.rates import RateLimiter
from ntro_workspace.keys.service import register_operator
from ntro_workspace.notifications import api as notifications
from ntro_workspace.relay import api as relay
from ntro_workspace.relay.service import Relay
from ntro_workspace.runbooks import api as runbooks
from ntro_workspace.runbooks.catalog import TemplateCatalog
from ntro_workspace.runbooks.follower import DeploymentFollower
from ntro_workspace.schedules import api as schedules
from ntro_workspace.settings import WorkspaceSettings
from ntro_workspace.tasks import api as tasks
from ntro_workspace.tenants import api as tenants
from ntro_workspace.users import api as users
from ntro_workspace.users import sign_in_api
from ntro_workspace.users.oidc import IdentityProvider
from ntro_workspace.workflows import api as workflows

PREFIX = "/v1"
# Addresses are tried in this order; what is asked most often comes first.
_ROUTERS = (
    *(tasks, relay, keys, users, audit, tenants, entities, integrations, agents),
    *(runbooks, workflows, definitions, schedules, notifications, internal, links_api),
)
SIGN_INS_PER_SECOND = 1.0
SIGN_IN_BURST = 30


def create_app(settings: WorkspaceSettings) -> FastAPI:
    """The application. Its parts are made when it starts and closed when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(settings) as parts:
            app.state.parts = parts
            yield

    return routed_app(lifespan)


def routed_app(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The application's routes, pages and middleware, the same for every installation; nothing is opened."""
    app = FastAPI(
        title="ntro Workspace",
        version="1.0.0",
        description="The control plane: metadata only.",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=_operation_id,
    )
    install_error_handlers(app)
    install_outage_handlers(app)
    install_input_errors(app)
    install_rate_limit_errors(app)
    app.include_router(health.router, prefix=PREFIX)
    app.include_router(sign_in_api.router, prefix=PREFIX)
    for module in _ROUTERS:
        app.include_router(module.router, prefix=PREFIX, dependencies=[Depends(bearer)])

    install_console(app)
    describe_errors(app)

    def idempotency_parts() -> IdempotencyParts:
        parts = _parts_of(app)
        owner = f"{socket.gethostname()}:{parts.settings.port}"
        return IdempotencyParts(parts.database, parts.vault, parts.pepper, owner)

    app.add_middleware(Idempotency, parts=idempotency_parts)
    app.add_middleware(BoundedBody)
    app.add_middleware(AccessLog, prefix=PREFIX)
    app.add_middleware(SingleUse)
    app.add_middleware(RequestContext)
    return app


def served(app: FastAPI) -> ASGIApp:
    """The application as it is served: what is read most is answered in front of it."""
    reads = {f"{PREFIX}/workspace/tasks": tasks.list_directly}
    return DirectReads(app, parts=lambda: _parts_of(app), reads=reads)


@asynccontextmanager
async def running(settings: WorkspaceSettings) -> AsyncIterator[Parts]:
    """The parts of a Workspace process, its background work running."""
    pepper = bytes.fromhex(settings.pepper.get_secret_value())
    database = await Database.open(settings.database_url.get_secret_value())
    temporal = TemporalGateway(settings.temporal_address)
    sender = CommandSender(database, temporal)
    follower = DeploymentFollower(database, temporal)
    relay_to_cells = Relay()
    keyring = Keyring(pepper)
    provider = _identity_provider(settings)
    background = [asyncio.create_task(sender.run()), asyncio.create_task(keyring.run(database))]
    try:
        async with database.transaction() as connection:
            await register_operator(
                connection,
                settings.admin_key.get_secret_value(),
                pepper,
                speaks_for_users=settings.operator_speaks_for_users,
            )
        await follower.resume()
        yield Parts(
            settings=settings,
            pepper=pepper,
            keyring=keyring,
            rates=RateLimiter(settings.requests_per_second, settings.requests_burst),
            sign_in_rates=RateLimiter(SIGN_INS_PER_SECOND, SIGN_IN_BURST),
            identity_provider=provider,
            vault=Vault(pepper),
            database=database,
            shared_reads=SharedReads[bytes](),
            temporal=temporal,
            sender=sender,
            follower=follower,
            catalog=await TemplateCatalog.load(settings.templates_dir),
            relay=relay_to_cells,
        )
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await follower.stop()
        await relay_to_cells.close()
        if provider is not None:
            await provider.close()
        await database.close()


def _parts_of(app: FastAPI) -> Parts:
    parts: Parts = app.state.parts
    return parts


def _identity_provider(settings: WorkspaceSettings) -> IdentityProvider | None:
    if settings.oidc is None:
        return None
    return IdentityProvider(settings.oidc, f"{settings.public_url.rstrip('/')}{PREFIX}/sign-in/oidc/callback")


def _operation_id(route: APIRoute) -> str:
    return route.name
