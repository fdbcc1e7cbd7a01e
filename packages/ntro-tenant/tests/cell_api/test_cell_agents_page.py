"""An agent's requests in a real browser: with and without scripts, live, and for everybody."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright, expect

from ntro.workspace.tokens import Purpose
from ntro_tenant.settings import CellSettings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WAIT_MS = 30_000
SESSION = """
insert into system.agent_sessions
    (agent_id, kind, external_ref, task_id, run_id, call_id, input, input_sha256, session_id, state, deadline)
values ($1, 'claude_managed', 'a', $2, $2, 'c', 'x', $3, 's', 'running', now() + interval '1 hour')
"""
APPROVAL = {
    "kind": "interactive_review",
    "payload": {"nav": "2364551.46", "letter": {"to": "the auditor"}, "lines": [{"item": "Rent", "amount": "12.50"}]},
    "display_hint": {"component": "APPROVAL_FORM", "config": {"title": "Send the handover"}},
}
FILE = {
    "kind": "submit_file",
    "args": {"source": "bank", "schema_slug": "bank_statement"},
    "display_hint": {"component": "FILE_UPLOAD", "config": {"instructions": "March alone", "accept": [".csv"]}},
}


@pytest.fixture
def settings(settings: CellSettings, workspace: Any) -> CellSettings:
    beside: CellSettings = workspace.beside(settings)
    return beside


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium; without one the test is skipped, but not in continuous integration."""
    found = os.environ.get("NTRO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("there is no Chromium on this machine; install it or name it in NTRO_CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def site(app: FastAPI, serve_app: Callable[..., Any]) -> AsyncIterator[str]:
    async with serve_app(app, lifespan="off") as url:
        yield url.removesuffix("/v1")


@pytest.fixture
async def task(books: Any) -> UUID:
    found: UUID = await books.task()
    return found


@pytest.fixture
async def agent(site: str, workspace: Any, books: Any, task: UUID) -> AsyncIterator[httpx2.AsyncClient]:
    """An agent that works on the task, at the doors of the cell."""
    made = await workspace.agent(name="audit-handover")
    await books.connection.execute(SESSION, UUID(made["id"]), str(task), "a" * 64)
    headers = {"Authorization": f"Bearer {await workspace.token(made['apiKey'], task)}"}
    async with httpx2.AsyncClient(base_url=f"{site}/v1/tasks/{task}", headers=headers) as client:
        yield client


async def ask(agent: httpx2.AsyncClient, pending: dict[str, Any]) -> None:
    said = {"request_id": str(uuid4()), "pending_action": pending}
    answer = await agent.post("/events", json={"type": "requires_input", "payload": said})
    assert answer.status_code == 201, answer.text


async def answers(agent: httpx2.AsyncClient) -> list[dict[str, Any]]:
    rows = (await agent.get("/events")).json()
    return [row["payload"]["payload"]["result"] for row in rows if row["type"] == "input_resolved"]


@pytest.fixture
def open_task(chromium: Browser, site: str, task: UUID, token: Callable[..., str]) -> Callable[..., Any]:
    async def opened(*, scripts: bool) -> Page:
        context = await chromium.new_context(java_script_enabled=scripts, reduced_motion="reduce")
        context.set_default_timeout(WAIT_MS)
        page = await context.new_page()
        await page.goto(f"{site}/sign-in?token={token('accountant', purpose=Purpose.SIGN_IN)}")
        await page.wait_for_url(f"{site}/")  # signing in leads on to the list by itself
        await page.goto(f"{site}/tasks/{task}")
        return page

    return opened


async def test_a_person_answers_in_a_browser_that_runs_no_scripts(
    agent: httpx2.AsyncClient, open_task: Callable[..., Any], tmp_path: Path
):
    await ask(agent, APPROVAL)
    await ask(agent, FILE)
    march = tmp_path / "march.csv"
    march.write_text("a,b\n1,2\n")
    page = await open_task(scripts=False)
    await page.get_by_label("Comment, or the reason of a rejection").fill("page 3 is missing")
    await page.get_by_role("button", name="Reject").click()
    await expect(page.get_by_role("heading", name="Answers to agents")).to_be_visible(timeout=WAIT_MS)
    await page.locator("input[type=file]").set_input_files(march)
    await page.get_by_role("button", name="Send to the agent").click()
    await expect(page.get_by_role("button", name="Send to the agent")).to_have_count(0, timeout=WAIT_MS)
    rejected, handed_in = await answers(agent)
    assert (rejected["action"], rejected["reason"]) == ("rejected", "page 3 is missing")
    assert handed_in["filename"] == "march.csv"


async def test_a_request_appears_by_itself_and_hinders_nobody(agent: httpx2.AsyncClient, open_task: Callable[..., Any]):
    page = await open_task(scripts=True)
    await page.locator("body[data-live=yes]").wait_for()
    await ask(agent, APPROVAL)
    await expect(page.get_by_role("heading", name="Send the handover")).to_be_visible(timeout=WAIT_MS)
    await page.get_by_label("Comment, or the reason of a rejection").fill("half a sent")
    await ask(agent, FILE)
    await expect(page.get_by_text("March alone")).to_be_visible(timeout=WAIT_MS)
    assert await page.get_by_label("Comment, or the reason of a rejection").input_value() == "half a sent"
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found = (await Axe().run(page)).response["violations"]
        assert [(item["id"], [node["target"] for node in item["nodes"]]) for item in found] == [], scheme
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("heading", name="Answers to agents")).to_be_visible(timeout=WAIT_MS)
    assert [answer["reason"] for answer in await answers(agent)] == ["half a sent"]


async def test_the_page_needs_no_sideways_scrolling_at_four_times_the_size(
    agent: httpx2.AsyncClient, open_task: Callable[..., Any]
):
    await ask(agent, APPROVAL | {"payload": {"text": "x" * 400, "nested": {"y" * 80: "z" * 300}}})
    await ask(agent, FILE)
    page = await open_task(scripts=True)
    await page.set_viewport_size({"width": 320, "height": 256})
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
