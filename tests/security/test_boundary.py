"""The boundary: nothing of a tenant's data is in anything that Workspace stores, logs or answers, nor in Temporal."""

import asyncio
import json
import random
import re
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.conftest import Stack
from tests.security import places
from tests.security.canaries import Canaries, Search
from tests.security.places import Place, unwrapped
from tests.security.planting import ENTITY, TENANT

from ntro.workspace.client import Client
from ntro.workspace.errors import AuthenticationError
from ntro.workspace.wire import StatusBatch

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
Say = Callable[[str], None]
LEAST_CANARIES = 10_000
LEAST_FIGURES = 100
SECRETS = 1000
FEEDS = 15
LEAST_REFUSALS = 25
DISTINCTIVE = re.compile(r"[0-9]{4,}\.[0-9]{2}")
LIBRARIES = re.compile(r"pdfium|calamine|rl_accel|_rl_|lxml|xlsxwriter|pdfplumber", re.IGNORECASE)
FORBIDDEN = (
    *("pdfplumber", "pdfminer", "pypdfium2", "python_calamine", "xlsxwriter", "reportlab", "mt940", "ntro_tenant"),
    *("ntro.accounting", "ntro.capabilities", "ntro.data", "ntro.ingest", "ntro.money", "ntro.subledger"),
    "ntro.workflow",
)


@pytest.fixture(scope="module")
def figures(stack: Stack, planted: Canaries) -> set[str]:
    """The closed month's own figures and names, as its cell has them, but for what its configuration holds anyway."""
    assert planted
    return asyncio.run(_figures(stack))


@pytest.fixture(scope="module")
def workspace(stack: Stack, planted: Canaries, figures: set[str]) -> list[Place]:
    """All that Workspace has, after everything was planted."""
    assert planted
    assert figures
    return places.of_workspace(stack)


def test_no_canary_is_in_anything_of_workspace(
    workspace: list[Place], planted: Canaries, figures: set[str], say: Say
) -> None:
    assert len(planted.planted) >= LEAST_CANARIES
    assert len(figures) >= LEAST_FIGURES
    search = Search(planted.planted, figures)
    assert hits(search, workspace) == {}
    size = sum(len(place.content) for place in workspace) / 2**20
    kinds = Counter(place.name.split()[0] for place in workspace)
    say(f"{len(planted.planted)} canaries and {len(figures)} figures of the month in none of {len(workspace)} places")
    say(f"  of Workspace ({size:.0f} MiB): {dict(kinds)}; planted: {dict(Counter(planted.planted.values()))}")


def test_no_canary_is_in_clear_in_temporal(stack: Stack, planted: Canaries, figures: set[str], say: Say) -> None:
    found = places.of_temporal(stack, TENANT)
    assert hits(Search(planted.planted, figures), found) == {}
    # The same search finds what may be there: the codes by which runs are addressed.
    assert hits(Search((), {"document-ingest"}), [place for place in found if "temporal.db" in place.name])
    say(f"nor in {len(found)} histories and files of Temporal")


def test_the_search_finds_every_canary_where_it_belongs(stack: Stack, planted: Canaries, figures: set[str]) -> None:
    cell = asyncio.run(places.tables(stack.cell_settings(TENANT)["database_url"]))
    search = Search(planted.planted, figures)
    found = {text for place in cell for part in unwrapped(place) for text in search(part.content)}
    assert found == planted.planted.keys() | figures


def test_no_secret_is_in_any_log_nor_in_clear_in_workspace_or_temporal(
    stack: Stack, operator: Client, workspace: list[Place], say: Say
) -> None:
    assert workspace
    hidden = [*planted_secrets(operator), *own_secrets(stack)]
    assert len(hidden) >= SECRETS
    search = Search((), hidden)
    everywhere = [*places.of_workspace(stack), *places.of_temporal(stack, TENANT), *places.logs(stack)]
    assert hits(search, everywhere) == {}
    say(f"{len(hidden)} secrets in none of {len(everywhere)} places")


def test_what_workspace_refuses_it_neither_repeats_nor_keeps(stack: Stack, say: Say) -> None:
    refused = Canaries(random.SystemRandom())
    answers = places.answers_of(stack).refusals(lambda: refused.word("refused"))
    assert len(answers) >= LEAST_REFUSALS
    assert hits(Search(refused.planted), [*answers, *places.of_workspace(stack)]) == {}
    say(f"{len(refused.planted)} words of {len(answers)} refused requests in no answer, table or log")


def test_the_running_workspace_has_loaded_no_data_library(stack: Stack) -> None:
    pid = json.loads((stack.home / "stack" / "run" / "workspace.json").read_text())["pid"]
    maps = Path(f"/proc/{pid}/maps")
    if not maps.exists():
        pytest.skip("this system does not show what a process has loaded")
    loaded = {line.split()[-1] for line in maps.read_text().splitlines() if line.endswith(".so") or ".so." in line}
    assert any("asyncpg" in path for path in loaded), "the map shows what the process has loaded"
    assert [path for path in loaded if LIBRARIES.search(path)] == []


def test_what_workspace_imports_to_serve_has_no_data_library(stack: Stack) -> None:
    settings = stack.home / "workspace" / "settings.json"
    code = (
        "import sys; from pathlib import Path; from ntro_server.settings import load_settings;"
        "from ntro_workspace.settings import WorkspaceSettings; from ntro_workspace.app import create_app;"
        f"create_app(load_settings(WorkspaceSettings, Path({str(settings)!r}))).openapi();"
        "print('\\n'.join(sys.modules))"
    )
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "ntro_workspace.tasks.service" in modules
    assert [name for name in modules if any(name == bad or name.startswith(f"{bad}.") for bad in FORBIDDEN)] == []


def test_no_text_of_a_person_fits_the_wire() -> None:
    free = ["Qzx Limited", "3,847.61", "a/b.pdf", "please look again", "£12", "naïve", "x" * 65, "line\nbreak", ""]
    for place, schema in strings(StatusBatch.model_json_schema()):
        if "pattern" not in schema:
            assert schema.keys() & {"enum", "const"} or schema.get("format") in {"uuid", "date-time"}, place
            continue
        assert [text for text in free if re.search(schema["pattern"], text)] == [], place


def hits(search: Search, found: Iterable[Place]) -> dict[str, list[str]]:
    """By place what was found there that may not be there."""
    return {
        part.name: sorted(texts)[:5] for place in found for part in unwrapped(place) if (texts := search(part.content))
    }


def planted_secrets(operator: Client) -> Iterator[str]:
    """API keys, access tokens, links, secrets of an entity's configuration, and a key that is refused."""
    minted = [operator.keys.create_sync(f"planted {number}", tenant=TENANT) for number in range(120)]
    yield from (key.apiKey for key in minted)
    yield from (operator.tenants.access_token_sync(TENANT).token for _ in range(30))
    yield from (operator.tenants.sign_in_link_sync(TENANT).url.partition("token=")[2] for _ in range(20))
    names = [f"{kind}_{number}" for kind in ("password", "api_key", "bank_token") for number in range(20)]
    feeds = [{name: secrets.token_urlsafe(24) for name in names} for _ in range(FEEDS)]
    operator.entities.update_sync(TENANT, ENTITY, config={"feeds": feeds})
    yield from (secret for feed in feeds for secret in feed.values())
    refused = f"{minted[0].apiKey[:-8]}{secrets.token_hex(4)}"
    with Client(host=operator.host, api_key=refused) as stranger, pytest.raises(AuthenticationError):
        stranger.identity.whoami_sync()
    yield refused


def own_secrets(stack: Stack) -> Iterator[str]:
    """What the stack itself keeps secret."""
    kept = json.loads((stack.home / "stack" / "secrets.json").read_text())
    cell = kept["cells"].popitem()[1]
    yield from (kept["pepper"], kept["admin_key"], kept["workspace_password"])
    yield from (cell["database_password"], cell["cell_key"], cell["session_secret"], cell["sealing_private_key"])
    yield from cell["payload_keys"].values()
    yield from kept["signing_key"].splitlines()[1:-1]
    yield (stack.home / "postgres" / "password").read_text()


async def _figures(stack: Stack) -> set[str]:
    connection = await asyncpg.connect(stack.cell_settings(TENANT)["database_url"])
    try:
        rows = await connection.fetch(
            """select payload::text as text from ingest.extracted_payloads where entity_slug <> $1
               union all select calculation::text from ledgers.nav
               union all select lines::text from ledgers.trial_balances""",
            ENTITY,
        )
        configured = await connection.fetchval("select string_agg(concat(name, config), ' ') from system.entities")
    finally:
        await connection.close()
    texts = [text for row in rows for text in leaves(json.loads(row["text"]))]
    distinctive = {text for text in texts if DISTINCTIVE.fullmatch(text) or (" " in text and len(text) > 12)}
    return {text for text in distinctive if text not in configured and '"' not in text and "\\" not in text}


def leaves(value: Any) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value


def strings(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of a text."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from strings(item, f"{place}/{number}")
    if isinstance(node, dict):
        if node.get("type") == "string":
            yield place, node
        for name, item in node.items():
            yield from strings(item, f"{place}/{name}")
