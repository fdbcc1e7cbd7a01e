"""Who may do what in the pages, and what those see who may not."""

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@pytest.fixture(scope="module")
def task(office: Any) -> str:
    """A close that nobody works on."""
    made: str = office.new_close()
    return made


def test_an_auditor_reads_and_has_nothing_to_press(desk: Any, office: Any, task: str):
    page = desk.person("Aude Auditor", "auditor")
    page.goto(f"{office.ui}/tasks/{task}")
    expect(page.locator(".slot")).to_have_count(7)
    expect(page.locator("main input, main textarea, main button")).to_have_count(0)


def test_a_form_of_another_site_decides_nothing(desk: Any, office: Any, task: str):
    page = desk.person("Ada Accountant", "accountant")
    form = {"gate_id": "x", "action": "approved"}
    refused = page.request.post(f"{office.ui}/tasks/{task}/decide", form=form)
    assert refused.status == 403
    elsewhere = page.request.post(
        f"{office.ui}/tasks/{task}/decide", form=form, headers={"Origin": "https://elsewhere.example"}
    )
    assert elsewhere.status == 403


def test_pages_may_run_nothing_but_our_scripts_and_stay_out_of_frames(desk: Any, office: Any):
    page = desk.person("Ada Accountant", "accountant")
    answer = page.request.get(office.ui + "/", headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    addresses = page.locator("script[src], link[rel=stylesheet]").evaluate_all(
        "all => all.map(one => one.src || one.href)"
    )
    assert addresses
    for address in addresses:
        kept = page.request.get(address)
        assert "immutable" in kept.headers["cache-control"]


def test_a_session_that_ended_says_so_and_keeps_what_is_on_the_page(desk: Any, office: Any, task: str):
    desk.tolerated.add("status of 401")
    page = desk.person("Ada Accountant", "accountant")
    page.goto(f"{office.ui}/tasks/{task}")
    expect(page.locator("body")).to_have_attribute("data-live", "yes")
    page.context.clear_cookies()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ntro-changed'))")
    expect(page.locator("#notices .error")).to_be_visible()
    expect(page.locator(".slot")).to_have_count(7)


def test_who_signs_out_meets_a_page_that_says_how_to_come_back(desk: Any, office: Any):
    desk.tolerated.add("status of 401")
    page = desk.person("Ada Accountant", "accountant")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Please sign in")).to_be_visible()


def test_a_sign_in_link_that_was_used_is_answered_with_a_page(desk: Any, office: Any):
    desk.tolerated.add("status of 401")
    link = office.sign_in_link("Ada Accountant", "accountant")
    first = desk.anonymous()
    first.goto(link)
    first.wait_for_url("**/")
    second = desk.anonymous()
    second.goto(link)
    expect(second.get_by_role("heading", name="Please sign in")).to_be_visible()


@pytest.mark.parametrize(
    "address", ["/nonsense", "/tasks/nonsense", "/tasks/00000000-0000-0000-0000-000000000000", "/tasks/a/b", "/gates/x"]
)
def test_an_address_that_leads_nowhere_is_a_page_that_leads_back(desk: Any, office: Any, address: str):
    desk.tolerated.add("status of 404")
    page = desk.person("Ada Accountant", "accountant")
    page.goto(office.ui + address)
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    page.get_by_role("link", name="All tasks").click()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()


def test_the_list_shows_what_is_chosen(desk: Any, office: Any, task: str):
    page = desk.person("Ada Accountant", "accountant")
    row = page.locator(f"#task-{task}")
    expect(row).to_be_visible()
    entity = row.locator("a").inner_text()
    page.get_by_label("Entity").select_option(label=entity)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("No task fits")).to_be_visible()
    page.goto(f"{office.ui}/?period=1999-01")
    expect(page.locator("tbody tr")).to_have_count(0)
