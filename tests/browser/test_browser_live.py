"""Pages that live: two people see the same, typing is never disturbed, an interruption heals by itself."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.fixture(scope="module")
def task(office: Any) -> str:
    """A close that both people of these tests look at."""
    made: str = office.new_close()
    return made


@pytest.fixture
def ada(desk: Any, office: Any, task: str) -> Page:
    return opened(desk.person("Ada Accountant", "accountant"), office, task)


def opened(page: Page, office: Any, task: str) -> Page:
    page.goto(f"{office.ui}/tasks/{task}")
    expect(page.locator("body")).to_have_attribute("data-live", "yes")
    expect(page.locator(".slot")).to_have_count(7)
    return page


def api_process(home: Path) -> int:
    """The process of the cell's API, made sure of by its command line: numbers of processes come again."""
    services = json.loads((home / "stack" / "status.json").read_text())["services"]
    pid = int(services["cell-demo-api"]["pid"])
    assert str(home) in Path(f"/proc/{pid}/cmdline").read_text()
    return pid


def hand_in(page: Page, office: Any, source: str) -> None:
    page.locator(f"form[data-source={source}] input[type=file]").set_input_files(office.documents()[source])


def test_what_one_person_does_the_other_sees_without_reloading(desk: Any, office: Any, ada: Page, task: str):
    ruth = opened(desk.person("Ruth Reviewer", "reviewer"), office, task)
    watching = desk.person("Mia Manager", "auditor")
    hand_in(ada, office, "invoice-1")
    for page in (ada, ruth):
        expect(page.locator(".slot.done", has_text="Supplier invoice 1")).to_be_visible()
    expect(ruth.get_by_role("region", name="Files")).to_contain_text("Ada Accountant")
    expect(watching.locator(f"#task-{task}")).to_be_visible()


def test_what_is_typed_into_a_review_survives_what_happens_meanwhile(desk: Any, office: Any, ada: Page, task: str):
    hand_in(ada, office, "rent-roll")
    review = ada.locator("[data-gate]", has_text="Review rent-roll")
    typed = review.locator("td.amount input").nth(2)
    typed.fill("12,345.67")
    review.get_by_label("Comment").fill("Agent confirmed by")
    typed.focus()

    ruth = opened(desk.person("Ruth Reviewer", "accountant"), office, task)
    hand_in(ruth, office, "invoice-2")
    hand_in(ruth, office, "loan-agreement")

    expect(ada.locator(".slot.done", has_text="Supplier invoice 2")).to_be_visible()
    expect(ada.get_by_role("heading", name="Review facility-agreement")).to_be_visible()
    expect(typed).to_have_value("12,345.67")
    expect(typed).to_be_focused()
    expect(review.get_by_label("Comment")).to_have_value("Agent confirmed by")
    expect(review.get_by_role("button", name="Save 1 correction")).to_be_enabled()


def test_a_page_heals_by_itself_when_the_server_was_killed(desk: Any, office: Any, ada: Page, task: str):
    desk.tolerated |= {"status of 503", "net::ERR_", "Failed to fetch"}
    os.kill(api_process(office.home), signal.SIGKILL)
    expect(ada.locator("body")).to_have_attribute("data-live", "no")
    expect(ada.locator("body")).to_have_attribute("data-live", "yes", timeout=60_000)
    expect(ada.locator("#notices .waiting")).to_have_count(0)
    hand_in(ada, office, "invoice-3")
    expect(ada.locator(".slot.done", has_text="Supplier invoice 3")).to_be_visible()


def test_the_keyboard_leads_from_the_list_to_a_decision(desk: Any, office: Any, task: str):
    page = desk.person("Ada Accountant", "accountant")
    page.on("filechooser", lambda _chooser: None)  # Choosers are caught from now on; later it could be too late.
    row = page.locator(f"#task-{task} a")
    expect(row).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    for _ in range(page.locator("[data-stop]").count()):
        page.keyboard.press("j")
        if row.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tasks/{task}")
    review = page.locator("[data-gate]", has_text="Review facility-agreement")
    heading = review.get_by_role("heading").first
    expect(heading).to_be_visible()
    for _ in range(page.locator("[data-stop]").count()):
        page.keyboard.press("j")
        if heading.evaluate("title => title === document.activeElement"):
            break
    page.keyboard.press("r")
    expect(review.get_by_label("Comment")).to_be_focused()
    page.keyboard.press("Escape")
    expect(heading).to_be_focused()
    page.keyboard.press("e")
    expect(review.locator("dd input").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(heading).to_be_focused()
    with page.expect_file_chooser():
        page.keyboard.press("u")
    heading.focus()
    page.keyboard.press("a")
    expect(review).to_have_count(0)
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("approved by Ada Accountant")


def test_a_rejection_needs_its_reason(ada: Page):
    review = ada.locator("[data-gate]", has_text="Review rent-roll")
    review.get_by_role("button", name="Reject").click()
    assert review.get_by_label("Comment").evaluate("field => field.validity.customError")
    review.get_by_label("Comment").fill("The agent sent last month's")
    review.get_by_role("button", name="Reject").click()
    decisions = ada.get_by_role("region", name="Decisions")
    expect(decisions).to_contain_text("rejected by Ada Accountant")
    expect(ada.locator(".slot.refused", has_text="Rent roll")).to_be_visible()
