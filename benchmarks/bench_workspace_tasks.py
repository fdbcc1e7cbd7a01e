"""Times a list of 20 tasks out of 100 000 in Workspace, beside a bare Starlette handler with the same query.

Run: `python benchmarks/bench_workspace_tasks.py`. It uses the PostgreSQL of `NTRO_TEST_POSTGRES_URL`, or starts one.
Each server is one process; the load comes from another one over 16 connections that stay open. Requests a second
and the 99th percentile move with whatever else the machine does; the processor's time for a request hardly does.
Workspace answers those who ask the same at the same time with one query, so it is asked both ways: all connections
for the first page, and each for a page of its own. Targets on one core, for the first page: 3 000 requests a second,
99 of 100 within 15 ms.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

TASKS = 100_000
SECONDS = 5.0
CONNECTIONS = 16
KEY = "ntro_admin_benchmark"
PATH = "/v1/workspace/tasks?limit=20"
_FILL = """
with tenant as (insert into tenants (name, slug, data_platform, status, ui_url)
                values ('T', 't', 'managed-postgres', 'ACTIVE', 'http://127.0.0.1:4000') returning id),
     entity as (insert into entities (tenant_id, name, normalised_name, slug)
                select id, 'E', 'e', 'e' from tenant returning id, tenant_id),
     workflow as (insert into workflows (tenant_id, entity_id, runbook_slug, name)
                  select tenant_id, id, 'nav-monthly', 'W' from entity returning id, tenant_id, entity_id)
insert into tasks (id, tenant_id, entity_id, workflow_id, runbook_slug, runbook_version, period, status, steps,
                   created_at, started_at)
select gen_random_uuid(), tenant_id, entity_id, id, 'nav-monthly', '1.0.0', '2026-03',
       (array['COMPLETED', 'BLOCKED', 'FAILED', 'IN_PROGRESS'])[n % 4 + 1],
       '[{"name": "collect", "status": "COMPLETED"}, {"name": "review", "status": "BLOCKED"}]',
       now() - n * interval '1 minute', now()
from workflow, generate_series(1, $1) n"""
_BARE = """
import contextlib, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from ntro_server.postgres import open_pool
from ntro_workspace.pages import PageRequest, moment_of
from ntro_workspace.tasks.repository import TaskFilter, list_answers
from ntro_workspace.tasks.views import rendered

@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.pool = await open_pool(sys.argv[1], application="bare")
    yield
    await app.state.pool.close()

async def tasks(request):
    wanted = PageRequest(int(request.query_params["limit"]), request.query_params.get("cursor"))
    async with request.app.state.pool.acquire() as connection:
        rows = await list_answers(connection, TaskFilter(), limit=wanted.size + 1, before=moment_of(wanted.cursor))
    return Response(rendered(rows, wanted), media_type="application/json")

app = Starlette(routes=[Route("/v1/workspace/tasks", tasks), Route("/v1/health", lambda _: Response("{}"))],
                lifespan=lifespan)
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False)
"""


def main() -> None:
    """Fills a database, times both servers in turn, prints what was measured."""
    with postgres() as admin:
        name = f"bench_{uuid4().hex}"
        url = f"{admin.rpartition('/')[0]}/{name}"
        asyncio.run(prepare(admin, name, url))
        try:
            with tempfile.TemporaryDirectory() as folder:
                settings = write_workspace_settings(Path(folder), url, 3997)
                commands = {
                    "Workspace": ([sys.executable, "-m", "ntro_workspace", "serve", "--settings", str(settings)], 3997),
                    "bare Starlette": ([sys.executable, "-c", _BARE, url, "3998"], 3998),
                }
                for about, (command, port) in commands.items():
                    with served(command, port) as process:
                        print(f"{about}, one page:   {measured(process.pid, port, [PATH] * CONNECTIONS)}")
                        print(f"{about}, own pages:  {measured(process.pid, port, own_pages(port))}")
        finally:
            asyncio.run(drop(admin, name))


@contextmanager
def postgres() -> Iterator[str]:
    """URL of an administrator."""
    if given := os.environ.get("NTRO_TEST_POSTGRES_URL"):
        yield given
        return
    from ntro_cli.stack.postgres import PostgresServer  # noqa: PLC0415 - only where none is given

    with tempfile.TemporaryDirectory(prefix="ntro-pg-") as folder:
        server = PostgresServer(Path(folder), port=54997)
        server.start()
        try:
            yield server.admin_url
        finally:
            server.stop()
            server.remove()


async def prepare(admin: str, name: str, url: str) -> None:
    """A database with the tasks."""
    from ntro_workspace.db.database import Database  # noqa: PLC0415 - heavy

    connection = await asyncpg.connect(admin)
    await connection.execute(f"create database {name}")
    await connection.close()
    await (await Database.open(url)).close()
    connection = await asyncpg.connect(url)
    await connection.execute(_FILL, TASKS, timeout=120)
    await connection.execute("analyze tasks")
    await connection.close()


async def drop(admin: str, name: str) -> None:
    connection = await asyncpg.connect(admin)
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


def write_workspace_settings(folder: Path, url: str, port: int) -> Path:
    from ntro_server.settings import write_settings  # noqa: PLC0415 - heavy
    from ntro_workspace.settings import WorkspaceSettings  # noqa: PLC0415 - heavy

    signing = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings = WorkspaceSettings(
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        database_url=SecretStr(url),
        temporal_address="127.0.0.1:9",
        pepper=SecretStr("ab" * 32),
        signing_key=SecretStr(signing),
        admin_key=SecretStr(KEY),
        requests_per_second=1_000_000,
        requests_burst=1_000_000,
    )
    path = folder / "settings.json"
    write_settings(settings, path)
    return path


@contextmanager
def served(command: list[str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            asyncio.run(until_healthy(port))
            yield process
        finally:
            process.terminate()


async def until_healthy(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def own_pages(port: int) -> list[str]:
    """The addresses of successive pages, one for each connection."""
    pages = [PATH]
    while len(pages) < CONNECTIONS:
        request = Request(f"http://127.0.0.1:{port}{pages[-1]}", headers={"Authorization": f"Bearer {KEY}"})
        with urlopen(request) as answer:
            pages.append(f"{PATH}&cursor={json.load(answer)['nextCursor']}")
    return pages


def measured(pid: int, port: int, paths: list[str]) -> str:
    """What a load of some seconds showed."""
    asyncio.run(load(port, paths, 1.0))
    used = processor_seconds(pid)
    times = asyncio.run(load(port, paths, SECONDS))
    used = processor_seconds(pid) - used
    times.sort()
    return (
        f"{len(times) / SECONDS:8.0f} requests/s  median {times[len(times) // 2] * 1000:6.1f} ms  "
        f"p99 {times[int(len(times) * 0.99)] * 1000:6.1f} ms  {used / len(times) * 1e6:6.0f} us of the processor each"
    )


async def load(port: int, paths: list[str], seconds: float) -> list[float]:
    """The seconds that each request took, with a connection for each path."""
    end = time.perf_counter() + seconds
    found = await asyncio.gather(*(ask(port, path, end) for path in paths))
    return [item for times in found for item in times]


async def ask(port: int, path: str, end: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()
    times = []
    while (began := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(size)
        times.append(time.perf_counter() - began)
    if not head.startswith(b"HTTP/1.1 200") or len(json.loads(body)["items"]) != 20:
        raise SystemExit(f"unexpected answer: {head.decode()[:200]}")
    writer.close()
    return times


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
