"""Snowflake: the SQL API with a programmatic access token or an OAuth token."""

from typing import Any

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

STATEMENT_SECONDS = 10
_TABLES = f"""select s.schema_name, t.table_name from information_schema.schemata s
left join information_schema.tables t on t.table_schema = s.schema_name
where s.schema_name <> 'INFORMATION_SCHEMA' order by 1, 2 limit {MAX_TABLES}"""


class Snowflake:
    """One account and the database named in the config."""

    def __init__(self, config: dict[str, Any], http: httpx2.AsyncClient) -> None:
        account = config_text(config, "account", "accountUrl")
        self._url = checked_url(account if "://" in account else f"https://{account}.snowflakecomputing.com")
        self._config = config
        self._http = http

    async def test(self) -> str:
        """Runs a statement; answers what was reached.

        Raises:
            PlatformError: it cannot be reached.
        """
        await self._rows("select 1")
        return "A statement can be run."

    async def schemas(self) -> Schemas:
        """Schemas of the database and their tables.

        Raises:
            PlatformError: they cannot be read.
        """
        found: dict[str, list[str]] = {}
        for schema, table in await self._rows(_TABLES):
            if schema not in found and len(found) == MAX_SCHEMAS:
                break
            found.setdefault(str(schema), []).extend([str(table)] if table is not None else [])
        return Schemas(found)

    async def _rows(self, statement: str) -> list[list[Any]]:
        body: dict[str, Any] = {"statement": statement, "timeout": STATEMENT_SECONDS}
        for member in ("database", "warehouse", "role"):
            if self._config.get(member):
                body[member] = self._config[member]
        oauth = self._config.get("oauthToken")
        headers = {
            "Authorization": f"Bearer {oauth or config_text(self._config, 'token', 'programmaticAccessToken')}",
            "X-Snowflake-Authorization-Token-Type": "OAUTH" if oauth else "PROGRAMMATIC_ACCESS_TOKEN",
            "Accept": "application/json",
        }
        url = f"{self._url}/api/v2/statements"
        answer = await asked(self._http, self._http.build_request("POST", url, json=body, headers=headers))
        rows = answer.get("data")
        if not isinstance(rows, list):
            raise PlatformError("The statement did not end in time.")
        partitions = (answer.get("resultSetMetaData") or {}).get("partitionInfo") or [{}]
        for number in range(1, len(partitions)):
            where = {"partition": str(number)}
            place = f"{url}/{answer['statementHandle']}"
            more = await asked(self._http, self._http.build_request("GET", place, params=where, headers=headers))
            rows += more.get("data") or []
        return rows
