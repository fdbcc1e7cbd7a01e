"""A month closed in the browser alone: an accountant prepares, a reviewer signs."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(600)]


Check = Callable[[], None]


def test_an_accountant_and_a_reviewer_close_a_month_in_the_browser(desk: Any, office: Any, accessible: Any, fits: Any):
    desk.tolerated.add("status of 415")
    task = office.new_close()
    ada = desk.person("Ada Accountant", "accountant")
    seen = [ada]

    def looks_right() -> None:
        accessible(seen[-1])
        fits(seen[-1])

    hand_in_all(ada, office, task, looks_right)
    review_documents(ada)
    correct_journals(ada, looks_right)
    expect(gate(ada, "Sign off the NAV").get_by_role("button", name="Sign")).to_be_disabled()

    ruth = desk.person("Ruth Reviewer", "reviewer")
    seen.append(ruth)
    ruth.goto(f"{office.ui}/tasks/{task}")
    sign(ruth, looks_right)
    for page in (ruth, ada):
        shows_result(page)
    looks_right()
    expect(ruth.get_by_role("region", name="Timeline")).to_contain_text("Sign off: approved — Agreed to the statement")
    with ruth.expect_download() as download:
        ruth.get_by_role("region", name="Signed off").get_by_role("link", name=".xlsx").click()
    assert download.value.path().read_bytes()[:2] == b"PK"
    keeps_what_was_signed(ruth, looks_right)


def hand_in_all(page: Page, office: Any, task: str, looks_right: Check) -> None:
    """From the list to the close; what cannot be used is refused beside its line, the rest is taken at once."""
    row = page.locator(f"#task-{task}")
    expect(row).to_contain_text("Documents")
    looks_right()
    row.get_by_role("link").click()
    expect(page.locator(".slot.waiting")).to_have_count(7)
    looks_right()
    program = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(600)}
    slot(page, "trial-balance").set_input_files(program)
    expect(page.locator(".slot", has_text="Opening trial balance").locator(".problem")).to_contain_text("invoice.pdf")
    documents = office.documents()
    slot(page, "bank-statement").set_input_files(documents["rent-roll"])
    expect(page.locator(".slot.refused", has_text="Bank statement").locator(".problem")).to_contain_text("rent-roll")
    for source, path in documents.items():
        slot(page, source).set_input_files(path)


def review_documents(page: Page) -> None:
    """Each document that must be looked at, beside its file."""
    for document in ("rent-roll", "facility-agreement"):
        review = gate(page, f"Review {document}")
        expect(review.get_by_role("link", name=document).first).to_be_visible()
        review.get_by_role("button", name="Approve").click()
        expect(review).to_have_count(0)


def correct_journals(page: Page, looks_right: Check) -> None:
    """What is typed is marked and saved before an approval; what does not balance is refused and offered again."""
    journals = gate(page, "Review 9 journals")
    expect(journals).to_be_visible()
    looks_right()
    debit = journals.locator("td.amount input").first
    shown = debit.input_value()
    debit.fill("999,999.99")
    expect(journals.locator("[data-was]")).to_have_attribute("data-was", shown)
    expect(journals.get_by_role("button", name="Approve")).to_be_disabled()
    journals.get_by_role("button", name="Save 1 correction").click()
    expect(journals.get_by_role("alert")).to_be_visible()
    expect(debit).to_have_value("999999.99")
    debit.fill(shown)
    expect(journals.locator("[data-was]")).to_have_count(0)
    debit.press("Escape")
    page.keyboard.press("a")
    expect(gate(page, "Sign off the NAV")).to_be_visible()


def sign(page: Page, looks_right: Check) -> None:
    """The second person sees the figures and signs them."""
    sign_off = gate(page, "Sign off the NAV")
    expect(sign_off.locator(".headline")).to_contain_text(["2,364,551.46", "1.1823"])
    looks_right()
    sign_off.get_by_label("Comment").fill("Agreed to the statement")
    sign_off.get_by_role("button", name="Sign").click()


def shows_result(page: Page) -> None:
    result = page.get_by_role("region", name="Signed off")
    expect(result.locator(".headline")).to_contain_text(["2,364,551.46", "1.1823"])
    expect(result.get_by_title("person:ruth")).to_have_text("Ruth Reviewer")


def keeps_what_was_signed(page: Page, looks_right: Check) -> None:
    """What was decided on stays to be seen, and only seen."""
    page.get_by_role("region", name="Decisions").get_by_role("link", name="Sign off the NAV").click()
    expect(page.locator(".banner")).to_contain_text("Approved by Ruth Reviewer")
    expect(page.locator(".headline")).to_contain_text(["2,364,551.46", "1.1823"])
    expect(page.locator("main input, main textarea")).to_have_count(0)
    looks_right()
    page.emulate_media(media="print")
    expect(page.locator("header.bar")).to_be_hidden()


def gate(page: Page, title: str) -> Locator:
    return page.locator("[data-gate]").filter(has=page.get_by_role("heading", name=title))


def slot(page: Page, source: str) -> Locator:
    return page.locator(f"form[data-source={source}] input[type=file]")
