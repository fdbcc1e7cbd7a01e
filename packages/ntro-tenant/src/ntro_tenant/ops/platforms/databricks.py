"""Databricks: OAuth for service principals, then the Unity Catalog API. No warehouse has to run for it."""

import base64
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx2

from ntro_tenant.ops.platforms.connection import (
    MAX_SCHEMAS,
    MAX_TABLES,
    PlatformError,
    Schemas,
    asked,
    checked_url,
    config_text,
)

PAGE = 100
_CATALOG_API = "/api/2.1/unity-catalog"


class Databricks:
    """One workspace and the catalog named in the config."""

    def __init__(self, config: dict[str, Any], http: httpx2.AsyncClient) -> None:
        self._url = checked_url(config_text(config, "workspaceUrl"))
        self._catalog = config_text(config, "catalog")
        self._config = config
        self._http = http

    async def test(self) -> str:
        """Signs in and reads the catalog; answers what was reached.

        Raises:
            PlatformError: it cannot be reached.
        """
        await self._get(await self._token(), f"{_CATALOG_API}/catalogs/{quote(self._catalog, safe='')}", {})
        return f"The catalog {self._catalog} can be read."

    async def schemas(self) -> Schemas:
        """Schemas of the catalog and their tables.

        Raises:
            PlatformError: they cannot be read.
        """
        token = await self._token()
        found: dict[str, list[str]] = {}
        left = MAX_TABLES
        async for schema in self._all(token, "schemas", {"catalog_name": self._catalog}):
            if len(found) == MAX_SCHEMAS:
                break
            where = {"catalog_name": self._catalog, "schema_name": schema, "omit_columns": "true"}
            tables = [name async for name in self._all(token, "tables", where)][:left]
            found[schema] = sorted(tables)
            left -= len(tables)
        return Schemas(dict(sorted(found.items())))

    async def _token(self) -> str:
        client = config_text(self._config, "clientId")
        secret = config_text(self._config, "clientSecret")
        form = {"grant_type": "client_credentials", "scope": "all-apis"}
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        request = self._http.build_request("POST", f"{self._url}/oidc/v1/token", data=form, headers=headers)
        return config_text(await asked(self._http, request), "access_token")

    async def _all(self, token: str, kind: str, where: dict[str, str]) -> AsyncIterator[str]:
        """Names of one kind, page by page."""
        page = ""
        while True:
            query = where | {"max_results": str(PAGE)} | ({"page_token": page} if page else {})
            answer = await self._get(token, f"{_CATALOG_API}/{kind}", query)
            for item in answer.get(kind) or []:
                yield str(item["name"])
            following = str(answer.get("next_page_token") or "")
            if following and following == page:
                raise PlatformError("The platform's pages do not end.")
            page = following
            if not page:
                return

    async def _get(self, token: str, path: str, query: dict[str, str]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        return await asked(self._http, self._http.build_request("GET", self._url + path, params=query, headers=headers))
