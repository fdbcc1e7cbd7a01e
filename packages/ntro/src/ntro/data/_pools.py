"""One pool per event loop and tenant, opened once however many ask for it at the same time."""

import asyncio
from dataclasses import dataclass, field

from ntro.capabilities import config
from ntro.data._codecs import register_codecs
from ntro.data._plane import ACQUIRE_SECONDS, DataPlane, DataPlaneError, PoolPlane, WrongTenantError

POOL_MIN = 1
POOL_MAX = 4
STATEMENT_SECONDS = 30.0


@dataclass(slots=True)
class _LoopPools:
    """The pools that one event loop opened; `opening` lets one coroutine at a time open another."""

    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    planes: dict[str, PoolPlane] = field(default_factory=dict)


_by_loop: dict[asyncio.AbstractEventLoop, _LoopPools] = {}


async def get_data_plane(tenant_slug: str) -> DataPlane:
    """The data plane of `tenant_slug`, the same one for every call on this event loop.

    Raises:
        WrongTenantError: this worker serves another tenant.
        DataPlaneError: no tenant or database is configured.
        ImportError: the `workflow` extra is not installed.
    """
    url = _database_url(tenant_slug)
    _forget_closed_loops()
    pools = _by_loop.setdefault(asyncio.get_running_loop(), _LoopPools())
    async with pools.opening:
        plane = pools.planes.get(tenant_slug)
        if plane is None or plane.is_closed:
            plane = pools.planes[tenant_slug] = await _open(url)
    return plane


async def close_data_planes() -> None:
    """Closes every data plane of this event loop; the next `get_data_plane` opens a new one."""
    pools = _by_loop.pop(asyncio.get_running_loop(), None)
    if pools is not None:
        for plane in pools.planes.values():
            await plane.close()


def clear_cache() -> None:
    """Forgets every data plane and drops its connections at once."""
    for loop, pools in _by_loop.items():
        if not loop.is_closed():
            for plane in pools.planes.values():
                plane.terminate()
    _by_loop.clear()


def _forget_closed_loops() -> None:
    for loop in [loop for loop in _by_loop if loop.is_closed()]:
        del _by_loop[loop]


def _database_url(tenant_slug: str) -> str:
    worker = config.get()
    if not worker.tenant_slug or not worker.tenant_postgres_url.get_secret_value():
        raise DataPlaneError("No tenant database is configured; set tenant_slug and tenant_postgres_url of the worker.")
    if tenant_slug != worker.tenant_slug:
        raise WrongTenantError(f"This worker serves tenant {worker.tenant_slug!r}, not {tenant_slug!r}.")
    return worker.tenant_postgres_url.get_secret_value()


async def _open(url: str) -> PoolPlane:
    try:
        import asyncpg  # noqa: PLC0415  # the driver is loaded by those who use it only
    except ImportError as error:
        raise ImportError(
            "The tenant's database needs the driver asyncpg; install ntro with its extra workflow."
        ) from error
    pool = await asyncpg.create_pool(
        url,
        min_size=POOL_MIN,
        max_size=POOL_MAX,
        timeout=ACQUIRE_SECONDS,
        command_timeout=STATEMENT_SECONDS,
        init=register_codecs,
        server_settings={
            "application_name": "ntro-runbook",
            "timezone": "UTC",
            "statement_timeout": str(int(STATEMENT_SECONDS * 1000)),
        },
    )
    return PoolPlane(pool)
