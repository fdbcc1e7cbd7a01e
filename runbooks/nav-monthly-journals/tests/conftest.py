"""The demo month as committed documents of a task, in a real database."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from ntro import data
from ntro.capabilities.documents import read_document
from ntro.ingest import insert_extracted_document
from ntro.testing import load_runbook

BUNDLE = Path(__file__).parents[1]
GENERATE = BUNDLE.parents[1] / "examples" / "demo" / "generate.py"


@pytest.fixture(scope="session")
def journals_bundle() -> tuple[type, list[Callable[..., Any]]]:
    """The workflow class and the activities."""
    return load_runbook(BUNDLE)


@pytest.fixture(scope="session")
def demo_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated documents, the entity and the known truth."""
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run([sys.executable, str(GENERATE), str(folder)], check=True, timeout=120)
    return folder


@pytest.fixture(scope="session")
def demo_truth(demo_month: Path) -> dict[str, Any]:
    """What the month comes to."""
    return dict(json.loads((demo_month / "truth.json").read_text()))


@pytest.fixture
def journals_db(data_plane: data.DataPlane) -> data.DataPlane:
    """The tenant's database, empty."""
    return data_plane


@pytest.fixture
def journals_context(demo_month: Path, demo_truth: dict[str, Any]) -> dict[str, Any]:
    """The entity's configuration as a run is given it; its documents are those of another task."""
    entity = json.loads((demo_month / "entity.json").read_text())
    return entity["config"] | {
        "tenant_slug": "acme",
        "entity_id": str(uuid4()),
        "entity_slug": entity["slug"],
        "period": demo_truth["period"],
        "documents_task_id": str(uuid4()),
    }


@pytest.fixture
def commit_documents(
    journals_db: data.DataPlane, demo_month: Path, journals_context: dict[str, Any]
) -> Callable[..., Awaitable[None]]:
    """Reads the month's documents and commits them, but for the slots that are left out."""

    async def commit(*, but: tuple[str, ...] = ()) -> None:
        for slot in journals_context["documents"]:
            (path,) = (demo_month / "documents" / slot["source"]).glob("*")
            if slot["source"] in but:
                continue
            reading = read_document(path.read_bytes(), filename=path.name, schema_slug=slot["schema_slug"])
            await insert_extracted_document(
                journals_db,
                entity_slug=journals_context["entity_slug"],
                period=journals_context["period"],
                source=slot["source"],
                document_ref=str(UUID(int=len(path.name))),
                schema_slug=slot["schema_slug"],
                payload=reading.as_extraction(),
                corrections=[],
                task_id=journals_context["documents_task_id"],
            )

    return commit
