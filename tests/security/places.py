"""Everything that Workspace has stored, logged or answers, and what Temporal keeps of a tenant, as bytes to search."""

import asyncio
import base64
import binascii
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
from temporalio.client import Client
from tests.conftest import Stack

from ntro.workspace.commands import namespace_of

RELAYED = ("next-step", "logs")  # opaque streams of the cell, which Workspace neither stores nor logs
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that was searched: its name and what is there."""

    name: str
    content: bytes


def unwrapped(place: Place) -> Iterator[Place]:
    """The place as it is, its archives unpacked and its long words decoded."""
    yield place
    if place.content[:4] == _ZIP:
        with zipfile.ZipFile(io.BytesIO(place.content)) as archive:
            yield from (Place(f"{place.name}/{name}", archive.read(name)) for name in archive.namelist())
    decoded = b"\n".join(_decoded(word) for word in _BASE64.findall(place.content))
    yield Place(f"{place.name}, decoded", decoded)


def _decoded(word: bytes) -> bytes:
    try:
        return base64.b64decode(word + b"=" * (-len(word) % 4), altchars=b"-_" if {*b"-_"} & {*word} else None)
    except binascii.Error:
        return b""


async def tables(url: str) -> list[Place]:
    """All rows of all tables of a database; bytes as they are."""
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch(
            """select format('%I.%I', table_schema, table_name) as name from information_schema.tables
               where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
               order by 1"""
        )
        return [place for row in names for place in await _rows(connection, row["name"])]
    finally:
        await connection.close()


async def _rows(connection: asyncpg.Connection, table: str) -> list[Place]:
    rows = await connection.fetch(f"select * from {table}")
    values = [value for row in rows for value in row.values()]
    texts = "\n".join(str(value) for value in values if not isinstance(value, bytes))
    return [
        Place(f"table {table}", texts.encode()),
        *(Place(f"bytes in {table}", value) for value in values if isinstance(value, bytes)),
    ]


async def database_files(stack: Stack, url: str) -> list[Place]:
    """The files of a database on the disk, after a checkpoint."""
    postgres = stack.home / "postgres"
    password = (postgres / "password").read_text()
    server, _, name = url.partition("@")[2].partition("/")
    admin = await asyncpg.connect(f"postgresql://ntro_admin:{password}@{server}/postgres")
    try:
        await admin.execute("checkpoint")
        oid = await admin.fetchval("select oid from pg_database where datname = $1", name)
    finally:
        await admin.close()
    folder = (postgres / "data" / "base" / str(oid)).resolve()
    return [Place(f"database file {path.name}", path.read_bytes()) for path in sorted(folder.iterdir())]


def logs(stack: Stack, *processes: str) -> list[Place]:
    """The logs of some processes, rotated ones included; of all where none is named."""
    paths = sorted((stack.home / "stack" / "logs").iterdir())
    wanted = [path for path in paths if not processes or path.name.split(".")[0] in processes]
    return [Place(f"log {path.name}", path.read_bytes()) for path in wanted]


class Answers:
    """What Workspace answers at every address of its OpenAPI document that is read without being relayed."""

    def __init__(self, url: str, admin_key: str, cell_key: str) -> None:
        self._url = url
        self._keys = {"admin": admin_key, "cell": cell_key}

    def all(self) -> list[Place]:
        """The answers, each with the key of an operator and of a cell."""
        with httpx2.Client(base_url=self._url, timeout=30) as http:
            document = http.get("openapi.json").json()
            paths = [path.removeprefix("/v1/") for path, item in document["paths"].items() if "get" in item]
            addresses = sorted(
                address for path in paths if not path.endswith(RELAYED) for address in self._filled(http, path)
            )
            return [place for address in addresses for place in self._read(http, address)]

    def refusals(self, word: Callable[[], str]) -> list[Place]:
        """The answers to writes whose every member has a value of the wrong kind, with a fresh word in it."""
        with httpx2.Client(base_url=self._url, timeout=30) as http:
            document = http.get("openapi.json").json()
            return [
                self._refused(http, method, path.removeprefix("/v1/"), members, word)
                for path, item in document["paths"].items()
                for method in ("post", "put", "patch")
                if (members := _members(document, item.get(method, {})))
            ]

    def _refused(
        self, http: httpx2.Client, method: str, path: str, members: list[str], word: Callable[[], str]
    ) -> Place:
        address = re.sub(r"\{\w+\}", lambda _: word(), path)
        body = {member: [[word()], {"value": word()}] for member in members}
        key = self._keys["cell" if path.startswith("internal/") else "admin"]
        answer = http.request(method, address, json=body, headers={"Authorization": f"Bearer {key}"})
        assert answer.is_client_error, (method, path, answer.status_code)
        return Place(f"refused: {method} {path} ({answer.status_code})", answer.content)

    def _read(self, http: httpx2.Client, address: str) -> Iterator[Place]:
        for kind, key in self._keys.items():
            answer = http.get(address, headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR, address
            yield Place(f"{kind}: GET {address} ({answer.status_code})", answer.content)

    def _filled(self, http: httpx2.Client, path: str) -> set[str]:
        """The path with every known id in the place of each of its parameters."""
        addresses = {path}
        for name in re.findall(r"\{(\w+)\}", path):
            known = self._known(http, name)
            addresses = {address.replace(f"{{{name}}}", value) for address in addresses for value in known}
        return addresses

    def _known(self, http: httpx2.Client, name: str) -> set[str]:
        sources = {
            "tenant": ("workspace/tenants", "slug"),
            "entity": ("workspace/entities", "slug"),
            "workflow": ("workspace/registry/workflows", "id"),
            "task": ("workspace/tasks", "id"),
            "agent": ("workspace/registry/agents", "id"),
            "platform": ("workspace/data", "id"),
            "slug": ("runbooks", "slug"),
        }
        if name not in sources:
            return {"0" * 64}
        address, member = sources[name]
        found: Any = http.get(address, headers={"Authorization": f"Bearer {self._keys['admin']}"}).json()
        return {str(item[member]) for item in found} or {"nothing"}


def _members(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """The names of the members of an operation's body; none where it takes none."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schemas = [content, *content.get("anyOf", []), *content.get("oneOf", [])]
    resolved = [
        document["components"]["schemas"][item["$ref"].rpartition("/")[2]] for item in schemas if "$ref" in item
    ]
    return [member for schema in resolved for member in schema.get("properties", {})]


async def histories(stack: Stack, tenant: str) -> list[Place]:
    """The histories of all workflows in the tenant's namespace, payloads as they lie there."""
    settings = stack.cell_settings(tenant)
    client = await Client.connect(settings["temporal_address"], namespace=namespace_of(tenant))
    found = []
    async for execution in client.list_workflows():
        history = await client.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history()
        content = b"\n".join(event.SerializeToString() for event in history.events)
        found.append(Place(f"history of {execution.workflow_type} {execution.id}", content))
    return found


def temporal_files(stack: Stack) -> list[Place]:
    """The files of the embedded Temporal server."""
    paths = sorted(path for path in (stack.home / "temporal").rglob("*") if path.is_file())
    return [Place(f"Temporal's {path.name}", path.read_bytes()) for path in paths]


def of_workspace(stack: Stack) -> list[Place]:
    """All of Workspace: tables, files, logs, answers."""
    settings = json.loads((stack.home / "workspace" / "settings.json").read_text())
    url = settings["database_url"]
    return [
        *asyncio.run(tables(url)),
        *asyncio.run(database_files(stack, url)),
        *logs(stack, "workspace", "supervisor", "postgres", "temporal"),
        *answers_of(stack).all(),
    ]


def answers_of(stack: Stack) -> Answers:
    """The addresses of the stack's Workspace."""
    settings = json.loads((stack.home / "workspace" / "settings.json").read_text())
    return Answers(f"{settings['public_url']}/v1/", settings["admin_key"], stack.cell_settings("demo")["cell_key"])


def of_temporal(stack: Stack, tenant: str) -> list[Place]:
    """What whoever runs Temporal can read of a tenant."""
    return [*asyncio.run(histories(stack, tenant)), *temporal_files(stack), *logs(stack, "temporal")]
