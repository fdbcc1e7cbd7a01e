"""Makes what Workspace wishes: a cell for each new tenant, an end to those that are taken down."""

import asyncio
import logging

import httpx2

from ntro.workspace.models.tenants import ProvisioningItem, TenantProvision
from ntro_cli.stack.doors import HostDoors
from ntro_cli.stack.errors import StackError, StartFailed
from ntro_cli.stack.fleet import Fleet
from ntro_cli.stack.promises import Promises
from ntro_cli.stack.report import Problem

_log = logging.getLogger(__name__)
POLL_SECONDS = 0.7
ATTEMPTS = 3
WAITING = {"REQUESTED", "PROVISIONING", "DEPROVISIONING"}


class Provisioner:
    """Asks Workspace what is wished and makes it so, each step as often as it takes."""

    def __init__(self, promises: Promises, fleet: Fleet) -> None:
        self._promises = promises
        self._fleet = fleet
        self._doors = HostDoors(promises.addresses.workspace, promises.secrets.admin_key)
        self._work: dict[str, asyncio.Task[None]] = {}

    async def keep_running(self) -> None:
        """Follows Workspace. Never returns."""
        try:
            while True:
                await self._fleet.workspace.healthy.wait()
                try:
                    await self._follow(await self._doors.tenants())
                except (httpx2.HTTPError, ValueError) as error:
                    _log.warning("Workspace cannot be asked for its tenants: %s", error)
                await self._pause()
        finally:
            await self._doors.close()

    async def _pause(self) -> None:
        """Until it is time to ask again, or all that was begun is done."""
        if pending := [task for task in self._work.values() if not task.done()]:
            await asyncio.wait(pending, timeout=POLL_SECONDS)
        else:
            await asyncio.sleep(POLL_SECONDS)

    def try_again(self) -> None:
        """Looks after every tenant anew, those that failed included."""
        self._work = {slug: task for slug, task in self._work.items() if not task.done()}

    async def _follow(self, tenants: list[ProvisioningItem]) -> None:
        for tenant in tenants:
            running = self._work.get(tenant.slug)
            if tenant.status != "SUSPENDED" and (running is None or (running.done() and tenant.status in WAITING)):
                self._work[tenant.slug] = asyncio.create_task(self._serve(tenant))
        settled = all(task.done() for task in self._work.values())
        waiting = any(tenant.status in WAITING for tenant in tenants)
        if (settled and not waiting) != self._fleet.is_provisioned:
            self._fleet.is_provisioned = settled and not waiting
            self._fleet.publish()

    async def _serve(self, tenant: ProvisioningItem) -> None:
        if tenant.status == "DEPROVISIONING":
            await self._take_down(tenant)
            return
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._provision(tenant)
            except (StackError, httpx2.HTTPError, TimeoutError, OSError, ValueError) as error:
                _log.warning("attempt %s to provision %s failed: %s", attempt, tenant.slug, error)
                problem = _problem(error)
                if tenant.url is None:
                    await self._give_up_address(tenant)
            else:
                self._fleet.failed.pop(tenant.slug, None)
                self._fleet.publish()
                return
        self._fleet.failed[tenant.slug] = problem
        self._fleet.publish()
        await self._say(tenant, TenantProvision(status="FAILED"))

    async def _provision(self, tenant: ProvisioningItem) -> None:
        is_new = tenant.url is None
        if tenant.status == "REQUESTED":
            await self._doors.report(tenant.tenantId, TenantProvision(status="PROVISIONING"))
        await self._promises.admit(tenant.slug, tenant.tenantId, is_new=is_new, doors=self._doors)
        cell = self._fleet.start_cell(tenant.slug)
        await cell.wait_until_healthy()
        ui = self._promises.addresses.cell(tenant.slug)
        if tenant.status == "ACTIVE" and tenant.uiUrl == ui:
            return
        public = self._promises.cell_secrets(tenant.slug).sealing_public_key
        done = TenantProvision(status="ACTIVE", url=f"{ui}/v1", uiUrl=ui, sealingPublicKey=public)
        await self._doors.report(tenant.tenantId, done)
        _log.info("the cell of %s is ready at %s", tenant.slug, ui)

    async def _give_up_address(self, tenant: ProvisioningItem) -> None:
        """Lets the next attempt choose another port: nobody was told of this one, and it may be what went wrong."""
        await self._fleet.stop_cell(tenant.slug)
        await self._promises.dismiss(tenant.slug)

    async def _take_down(self, tenant: ProvisioningItem) -> None:
        await self._fleet.stop_cell(tenant.slug)
        await self._promises.dismiss(tenant.slug)
        await self._say(tenant, TenantProvision(status="DECOMMISSIONED"))

    async def _say(self, tenant: ProvisioningItem, provision: TenantProvision) -> None:
        try:
            await self._doors.report(tenant.tenantId, provision)
        except httpx2.HTTPError as error:
            _log.warning("Workspace cannot be told that %s is %s: %s", tenant.slug, provision.status, error)


def _problem(error: Exception) -> Problem:
    if isinstance(error, StackError):
        return Problem.of(error)
    return Problem.of(StartFailed(f"{type(error).__name__}: {error}", remedy="Read: ntro logs supervisor"))
