"""Workspace's doors for the host of its cells, and the health of a server."""

import http.client

import httpx2

from ntro.workspace.models.tenants import CellKey, ProvisioningItem, ProvisioningList, TenantProvision

HEALTH_SECONDS = 3.0
DOOR_SECONDS = 15.0


class HostDoors:
    """The doors below `/v1/internal` that provision tenants, opened by the operator's key."""

    def __init__(self, workspace: str, admin_key: str) -> None:
        self._client = httpx2.AsyncClient(
            base_url=f"{workspace}/v1/internal/",
            headers={"Authorization": f"Bearer {admin_key}"},
            timeout=DOOR_SECONDS,
            trust_env=False,
        )

    async def tenants(self) -> list[ProvisioningItem]:
        """Every tenant that is not decommissioned.

        Raises:
            httpx2.HTTPError: Workspace does not answer, or refuses; so do the others.
        """
        answer = (await self._client.get("provisioning")).raise_for_status()
        return ProvisioningList.model_validate_json(answer.content).items

    async def new_cell_key(self, tenant_id: str) -> str:
        """A new key for the cell; earlier ones end."""
        answer = (await self._client.post(f"provisioning/{tenant_id}/cell-key")).raise_for_status()
        return CellKey.model_validate_json(answer.content).apiKey

    async def report(self, tenant_id: str, provision: TenantProvision) -> None:
        """Says how far a tenant is."""
        body = provision.model_dump(mode="json", exclude_none=True)
        (await self._client.put(f"provisioning/{tenant_id}", json=body)).raise_for_status()

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()


def is_healthy(port: int) -> bool:
    """Whether the server on 127.0.0.1:`port` says that it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HEALTH_SECONDS)
    try:
        connection.request("GET", "/v1/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
