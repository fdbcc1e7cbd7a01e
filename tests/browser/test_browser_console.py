"""The console in a real browser on the running stack: an administrator at work, and an auditor who only reads."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from ntro.workspace.client import Client
from ntro.workspace.errors import AuthenticationError
from ntro_cli.demo.setting_up import CLOSING_RUNBOOK

pytestmark = [pytest.mark.browser, pytest.mark.stack]

PLACES = ("Overview", "Runs", "Workflows", "Runbooks", "Tenants", "Agents", "API keys", "People", "Audit trail")


@pytest.fixture(scope="module")
def workflow(office: Any) -> str:
    """The name of a workflow with a schedule."""
    name = f"console-{uuid4().hex[:8]}"
    tenant = office.client.tenants.get_sync("demo")
    entity = office.client.entities.create_sync(tenant.id, f"Harbour {name} Limited", name, currency="GBP")
    made = office.client.workflows.create_sync(
        CLOSING_RUNBOOK, entity.id, tenant=tenant.id, name=name, schedule="0 8 5 * *", timezone="Europe/Jersey"
    )
    return str(made.name)


def at_the_console(desk: Any, office: Any, user: str | None = None) -> Page:
    """The page of somebody who followed a link to the console."""
    page: Page = desk.anonymous()
    link = office.client.users.console_link_sync(user).url
    page.goto(link)
    page.wait_for_url(f"{urlsplit(link).scheme}://{urlsplit(link).netloc}/")
    return page


def test_every_place_is_reached_fits_and_is_accessible(
    desk: Any, office: Any, workflow: str, accessible: Any, fits: Any
):
    page = at_the_console(desk, office)
    for place in PLACES:
        page.get_by_role("navigation", name="Console").get_by_role("link", name=place).click()
        expect(page.get_by_role("heading", name=place, level=1)).to_be_visible()
        accessible(page)
        fits(page)
    page.get_by_role("link", name="Tenants").click()
    page.get_by_role("cell").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Entities")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Runbooks").first.click()
    page.get_by_role("link", name=CLOSING_RUNBOOK, exact=True).click()
    expect(page.get_by_role("cell", name=workflow, exact=True)).to_be_visible()
    accessible(page)
    fits(page)


def test_a_key_is_minted_used_and_revoked_by_keyboard_alone(desk: Any, office: Any, accessible: Any):
    page = at_the_console(desk, office)
    page.get_by_role("link", name="API keys").press("Enter")
    page.locator("summary", has_text="Mint a key").press("Enter")
    name = f"pipeline {uuid4().hex[:6]}"
    page.get_by_label("Name").fill(name)
    page.locator("select[name=tenant]").select_option("demo")
    page.get_by_role("button", name="Mint").press("Enter")
    key = page.locator("#minted").inner_text()
    accessible(page)
    with Client(host=str(office.client.host), api_key=key) as client:
        assert client.identity.whoami_sync().tenantId
        page.get_by_role("link", name="API keys").press("Enter")
        row = page.get_by_role("row", name=name)
        expect(row).to_be_visible()
        assert key not in page.content()
        row.locator("summary").press("Enter")
        row.get_by_role("button", name="Revoke for good").press("Enter")
        expect(page.get_by_text("has ended")).to_be_visible()
        expect(page.get_by_role("row", name=name)).to_have_count(0)
        with pytest.raises(AuthenticationError):
            client.identity.whoami_sync()


def test_a_schedule_is_paused_and_resumed(desk: Any, office: Any, workflow: str):
    page = at_the_console(desk, office)
    page.get_by_role("link", name="Workflows").click()
    row = page.get_by_role("row", name=workflow)
    expect(row.locator(".times li")).to_have_count(3)
    row.get_by_role("button", name="Pause").click()
    expect(row.get_by_text("Paused")).to_be_visible()
    expect(row.locator(".times li")).to_have_count(0)
    assert office.client.workflows.get_sync(workflow).paused
    row.get_by_role("button", name="Resume").click()
    expect(row.get_by_text("Scheduled")).to_be_visible()
    assert not office.client.workflows.get_sync(workflow).paused


def test_a_run_that_waits_appears_by_itself_and_leads_to_its_page(desk: Any, office: Any):
    page = at_the_console(desk, office)
    page.get_by_role("link", name="Waits for a person").click()
    task = office.new_close()
    row = page.locator(f"#run-{task}")
    expect(row).to_contain_text("Documents", timeout=60_000)  # the run has to get there, the page looks every 5 s
    expect(row.get_by_role("link", name="Open")).to_have_attribute("href", f"{office.ui}/tasks/{task}")


def test_a_tenants_pages_open_without_another_sign_in(desk: Any, office: Any):
    page = at_the_console(desk, office)
    page.get_by_role("link", name="Tenants").click()
    page.get_by_role("cell").get_by_role("link").first.click()
    page.get_by_role("button", name="Open its pages").click()
    page.wait_for_url(f"{office.ui}/")
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()


def test_an_auditor_reads_without_scripts_and_has_nothing_to_press(desk: Any, office: Any, workflow: str):
    email = f"{uuid4().hex[:8]}@example.com"
    office.client.users.create_sync(email, "Aude Auditor", roles=["auditor"])
    context = desk.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(office.client.users.console_link_sync(email).url)
    page.wait_for_url("**/")
    page.get_by_role("link", name="Workflows").click()
    expect(page.get_by_text(workflow, exact=True)).to_be_visible()
    expect(page.locator("main button")).to_have_count(0)
    expect(page.get_by_role("link", name="API keys")).to_have_count(0)
    page.get_by_role("link", name="Audit trail").click()
    expect(page.get_by_role("heading", name="Audit trail", level=1)).to_be_visible()
    expect(page.get_by_role("row", name="created user").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Workspace")).to_be_visible()
    context.close()


def test_who_never_signed_in_is_shown_the_way(desk: Any, office: Any, accessible: Any, fits: Any):
    desk.tolerated.add("status of 401")
    page = desk.anonymous()
    page.goto(str(office.client.host).removesuffix("/v1") + "/runs")
    expect(page.get_by_role("alert")).to_have_count(0)
    accessible(page)
    fits(page)
    page.get_by_label("Sign-in code or API key").fill("nonsense")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
