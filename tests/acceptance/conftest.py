"""What acceptance tests stand on: the doors of the running stack, its people, entities of their own, bounded waits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest

from ntro.workspace.cell import CellClient, Gate
from ntro.workspace.client import Client
from ntro.workspace.errors import NotFoundError
from ntro.workspace.models import Entity, Workflow

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
TENANT = "demo"
SECONDS = 60
PAUSE = 0.15
UNEXPECTED = "unexpected error"
CLOSED = frozenset({"COMPLETED", "FAILED"})


async def eventually(attempt: Callable[[], Awaitable[T | None]], *, seconds: float = SECONDS) -> T:
    """The first true answer of `attempt`."""
    async with asyncio.timeout(seconds):
        while not (answer := await attempt()):  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(PAUSE)
    return answer


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the stack is, and the key of its operator."""

    workspace: str
    key: str
    cell: str
    home: Path

    def client(self, key: str | None = None) -> Client:
        return Client(host=self.workspace, api_key=key or self.key)


@pytest.fixture(scope="session")
def doors(stack: Any) -> Iterator[Doors]:
    """The doors; when all tests are over, no server may have said that something unexpected happened."""
    said = stack.up("--demo")
    cell = next(tenant["url"] for tenant in said["tenants"] if tenant["slug"] == TENANT)
    yield Doors(said["workspace"]["url"], said["workspace"]["api_key"], cell, Path(said["home"]))
    erred = {
        path.name: found
        for path in sorted((stack.home / "stack" / "logs").glob("*.log"))
        if (found := [line for line in path.read_text(errors="replace").splitlines() if UNEXPECTED in line])
    }
    assert erred == {}


@pytest.fixture(scope="session")
def deployed(stack: Any, doors: Doors) -> Callable[[Path], str]:
    """Deploys the runbook in a folder to the demo tenant, once; answers its slug."""
    slugs: dict[Path, str] = {}

    def deploy(folder: Path) -> str:
        if folder not in slugs:
            said = stack.json("workflow", "create", "--path", str(folder), "--tenant", TENANT)
            slugs[folder] = said["deployment"]["runbook"]
        return slugs[folder]

    return deploy


@dataclass(frozen=True, slots=True)
class Books:
    """An entity of one test, bound to one runbook, and the ways to its cell."""

    client: Client
    cell: CellClient
    entity: Entity
    workflow: Workflow
    database_url: str

    async def start(self, **context: Any) -> "Run":
        """A run that its cell knows of."""
        task = await self.client.tasks.create(
            TENANT, self.workflow.id, context={"period": "2026-03", "source": "document"} | context
        )
        run = Run(self, task.id)
        await eventually(run.known)
        return run

    async def committed(self, task: str) -> list[dict[str, Any]]:
        """What the run left in the tenant's database."""
        connection = await asyncpg.connect(self.database_url)
        try:
            rows = await connection.fetch(
                "select payload::text, corrections::text, period, source, schema_slug, document_ref"
                " from ingest.extracted_payloads where task_id = $1 and entity_slug = $2",
                task,
                self.entity.slug,
            )
        finally:
            await connection.close()
        return [dict(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Run:
    """One run, driven as a person would drive it."""

    books: Books
    id: str

    async def known(self) -> bool:
        try:
            await self.books.cell.tasks.get(self.id)
        except NotFoundError:
            return False
        return True

    async def gate(self, kind: str | None = None, *, after: str | None = None) -> Gate | None:
        """The open gate of `kind` (none: any) that is not `after`; none where the run has ended.

        Raises:
            TimeoutError: neither came within a minute.
        """

        async def look() -> tuple[Gate | None] | None:
            for gate in (await self.books.cell.tasks.ui(self.id)).gates:
                if gate.id != after and kind in (None, gate.kind):
                    return (gate,)
            ended = (await self.books.cell.tasks.get(self.id)).status in CLOSED
            return (None,) if ended else None

        return (await eventually(look))[0]

    async def until(self, attempt: Callable[[], Awaitable[T | None]]) -> T:
        """The first true answer of `attempt`, within a minute."""
        return await eventually(attempt)

    async def wait_for(self, kind: str, *, after: str | None = None) -> Gate:
        """The open gate of `kind`; the run must not have ended."""
        gate = await self.gate(kind, after=after)
        assert gate is not None, (await self.books.cell.tasks.get(self.id)).failure
        return gate

    async def hand_in(self, path: Path, *, source: str = "document") -> str:
        return (await self.books.cell.files.add(self.id, path, source=source)).id

    async def decide(self, gate: Gate, action: str, **said: Any) -> None:
        await self.books.cell.tasks.action(
            self.id, action, gate_id=gate.id, payload_hash=gate.payloadHash, **({"comments": "Seen"} | said)
        )

    async def ended(self) -> Any:
        """The task once it is closed."""

        async def look() -> Any:
            task = await self.books.cell.tasks.get(self.id)
            return task if task.status in CLOSED else None

        return await eventually(look)


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def books_of() -> Callable[..., Any]:
    """Makes an entity that no other test uses, bound to a runbook."""
    return new_books


@asynccontextmanager
async def new_books(doors: Doors, stack: Any, runbook: str) -> AsyncIterator[Books]:
    """An entity that no other test uses, bound to `runbook`."""
    slug = f"spv-{uuid4().hex[:10]}"
    async with doors.client() as client:
        entity = await client.entities.create(TENANT, f"SPV {slug}", slug, currency="EUR")
        workflow = await client.workflows.create(runbook, entity.id, tenant=TENANT, name=f"{runbook} {slug}")
        url = stack.cell_settings(TENANT)["database_url"]
        yield Books(client, client.cell(TENANT), entity, workflow, url)


@pytest.fixture
async def books(doors: Doors, stack: Any, deployed: Callable[[Path], str]) -> AsyncIterator[Books]:
    """An entity that takes documents in."""
    async with new_books(doors, stack, deployed(ROOT / "runbooks/document-ingest")) as made:
        yield made


@pytest.fixture
async def drills(doors: Doors, stack: Any, deployed: Callable[[Path], str]) -> AsyncIterator[Books]:
    """An entity whose runs open two gates after each other."""
    async with new_books(doors, stack, deployed(Path(__file__).with_name("gate-drill"))) as made:
        yield made
