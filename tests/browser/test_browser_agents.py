"""An agent that another platform hosts drafts the auditor handover of a close: from its registration to the download.

The host is the local server of the SDK's own tests, which speaks the host's protocol; the worker learns where it is,
and its key, from the environment of the stack.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_httpserver import HTTPServer

from ntro.workspace.cell import CellClient, Gate
from ntro.workspace.client import Client
from ntro.workspace.errors import ConflictError, NotFoundError
from ntro_cli.demo.material import RUNBOOKS, Material, generate
from ntro_cli.demo.setting_up import CLOSING_RUNBOOK, deploy

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
TENANT = "byng"
NATIVE = "agent_01SxpziMunFrUbnAYkGB5Hu3"
STEP = "draft_auditor_handover"
LARGE = bytes(range(256)) * (30 * 1024 * 4)
"""30 MB."""

CLOSE_SECONDS = 300


@pytest.fixture
def claude(agent_hosts: ModuleType, httpserver: HTTPServer) -> Any:
    """The host: a session leaves a large file, one with a path for a name, and one that appears 2 s late."""
    host = agent_hosts.ClaudeHost(httpserver)
    host.plan = agent_hosts.Plan(
        working=1,
        files=[
            agent_hosts.LeftFile("handover.pdf", LARGE, "application/pdf"),
            agent_hosts.LeftFile("../../x.docx", b"PK-letter"),
            agent_hosts.LeftFile("late.txt", b"came late", late_s=2.0),
        ],
    )
    return host


@dataclass(frozen=True, slots=True)
class Office:
    """The seed's tenant on a stack whose workers know the host."""

    stack: Any
    client: Client
    ui: str
    material: Material

    def new_close(self, agent: str) -> str:
        """The id of a close whose handover the agent drafts."""
        given = self.material.entity
        entity = self.client.entities.create_sync(
            TENANT, given["name"], f"spv-{uuid4().hex[:8]}", currency=given["currency"], config=given["config"]
        )
        bound = self.client.workflows.create_sync(CLOSING_RUNBOOK, entity.id, tenant=TENANT, name=entity.slug)
        context = {"period": self.material.truth["period"], "audit_agent_id": agent}
        return self.client.tasks.create_sync(TENANT, bound.id, context=context).id


@pytest.fixture
def office(
    own_stack: Any, agent_hosts: ModuleType, claude: Any, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any
) -> Iterator[Office]:
    monkeypatch.setenv("ANTHROPIC_API_KEY", agent_hosts.HOST_KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
    doors = own_stack.up()
    own_stack.ntro("tenant", "create", "--name", "Byng", "--slug", TENANT)
    with Client(host=doors["workspace"]["url"], api_key=doors["workspace"]["api_key"]) as client:
        tenant = patiently(lambda: active(client))
        for slug in RUNBOOKS:
            deploy(client, tenant, slug)
        yield Office(own_stack, client, str(tenant.uiUrl).rstrip("/"), generate(tmp_path_factory.mktemp("month")))


def test_an_agent_that_was_registered_as_printed_hands_three_files_over(office: Office, claude: Any, browser: Browser):
    made = register(office)
    task = office.new_close(made["id"])
    gate = close_up_to_the_handover(office, task)

    (session,) = claude.sessions.values()
    asked = json.dumps(session.body)
    assert NATIVE in asked
    assert "period_summary" in asked
    assert made["apiKey"] not in asked
    shown = {file["filename"]: file["size_bytes"] for file in gate.payload["files"]}
    assert shown == {"handover.pdf": len(LARGE), "x.docx": len(b"PK-letter"), "late.txt": len(b"came late")}

    page = signed_in(browser, office)
    page.goto(f"{office.ui}/tasks/{task}")
    for name, content in (("handover.pdf", LARGE), ("x.docx", b"PK-letter"), ("late.txt", b"came late")):
        assert downloaded(page, name) == hashlib.sha256(content).hexdigest()
    expect(page.get_by_text("Review the auditor handover").first).to_be_visible()
    rows = office.client.cell(TENANT).files.list_sync(task, source=f"agent_output:{made['id']}")
    assert sorted(row.filename for row in rows) == sorted(shown)
    sees_that_a_file_came_before(page, office, made["id"])
    page.context.close()


def sees_that_a_file_came_before(page: Page, office: Office, agent: str) -> None:
    """The observer of the running cell tells in another close that its bank statement was handed in before."""
    task = office.new_close(agent)
    cell = office.client.cell(TENANT)
    patiently(lambda: known(cell, task))
    (statement,) = office.material.documents("bank-statement")
    cell.files.add_sync(task, statement, source="bank-statement")
    page.goto(f"{office.ui}/tasks/{task}")
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("The same file was submitted before")


def register(office: Office) -> dict[str, Any]:
    """`ntro agent create` as the guide prints it; the key is in its answer and in no later one."""
    printed = office.stack.ntro(
        *("agent", "create", "--path", f"anthropic://agents/{NATIVE}"),
        *("--tenant", TENANT, "--name", "audit-handover"),
    ).stdout
    made: dict[str, Any] = json.loads(printed)
    assert NATIVE in made["externalRef"]
    assert made["apiKey"].startswith("ntro_")
    for words in (("agent", "get", made["id"]), ("agent", "list", "--tenant", TENANT)):
        assert made["apiKey"] not in office.stack.ntro(*words, "-o", "json").stdout
    return made


def close_up_to_the_handover(office: Office, task: str) -> Gate:
    """Hands in the month's documents and approves what is reviewed, until the handover waits for its review."""
    cell = office.client.cell(TENANT)
    patiently(lambda: known(cell, task))

    def work() -> Gate | None:
        assert cell.tasks.get_sync(task).status != "FAILED", cell.tasks.get_sync(task).failure
        gates = cell.tasks.ui_sync(task).gates
        for gate in gates:
            if gate.stepId == STEP:
                return gate
            answer(office, cell, task, gate)
        return None

    return patiently(work)


def answer(office: Office, cell: CellClient, task: str, gate: Gate) -> None:
    if gate.kind == "submit_files":
        for folder in sorted((office.material.folder / "documents").iterdir()):
            for path in sorted(folder.iterdir()):
                cell.files.add_sync(task, path, source=folder.name)
    elif gate.kind == "interactive_review":
        try:
            cell.tasks.action_sync(task, "approved", gate_id=gate.id, payload_hash=gate.payloadHash)
        except ConflictError:
            return  # It closed, or shows something else by now: the next look says which.


def signed_in(browser: Browser, office: Office) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    link = office.client.tenants.sign_in_link_sync(
        TENANT, subject="person:ada", name="Ada Accountant", roles=["accountant"]
    )
    page.goto(link.url)
    page.wait_for_url("**/")
    return page


def downloaded(page: Page, name: str) -> str:
    """The SHA-256 of what the browser gets for the link of that name among the files."""
    with page.expect_download() as download:
        page.locator("section", has=page.locator("#files-title")).get_by_role("link", name=name).click()
    assert download.value.suggested_filename == name
    return hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest()


def active(client: Client) -> Any:
    tenant = client.tenants.get_sync(TENANT)
    return tenant if tenant.status == "ACTIVE" else None


def known(cell: CellClient, task: str) -> bool:
    try:
        cell.tasks.get_sync(task)
    except NotFoundError:
        return False
    return True


def patiently(attempt: Callable[[], Any]) -> Any:
    """The first true answer of `attempt`, within five minutes."""
    deadline = time.monotonic() + CLOSE_SECONDS
    while time.monotonic() < deadline:
        if found := attempt():
            return found
        time.sleep(0.2)
    raise TimeoutError("it did not happen within five minutes")
