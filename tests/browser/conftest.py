"""A real browser on the running stack: people who sign in, and closes of their own to work on."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ntro.workspace.client import Client
from ntro_cli.demo.material import RUNBOOKS, Material, generate
from ntro_cli.demo.setting_up import CLOSING_RUNBOOK, deploy

TENANT = "demo"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without a sandbox: tests run as root in containers. Without the network that a browser uses for itself.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WAIT_MS = 20_000
# What a page is made of is the same in the dark; only its colours differ.
SCHEMES: dict[str, dict[str, object]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
HARD = frozenset({"serious", "critical"})
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; without one the test is skipped, but not in continuous integration."""
    found = os.environ.get("NTRO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("there is no Chromium on this machine; install it or name it in NTRO_CHROMIUM")
    return str(found)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for the tests of a file; each person has a context of their own in it."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@dataclass(frozen=True, slots=True)
class Office:
    """The demo tenant of the running stack and the demo month's documents."""

    client: Client
    ui: str
    home: Path
    material: Material

    def documents(self) -> dict[str, Path]:
        """The month's documents by the slot that they are for."""
        return {folder.name: next(folder.iterdir()) for folder in (self.material.folder / "documents").iterdir()}

    def new_close(self) -> str:
        """The id of a fresh close of the month for an entity of its own."""
        name = f"harbour-{uuid4().hex[:8]}"
        given = self.material.entity
        tenant = self.client.tenants.get_sync(TENANT)
        entity = self.client.entities.create_sync(
            tenant.id, f"Harbour House {name[-4:]} Limited", name, currency=given["currency"], config=given["config"]
        )
        workflow = self.client.workflows.create_sync(
            CLOSING_RUNBOOK, entity.id, tenant=tenant.id, name=f"NAV of {name}"
        )
        context = {"period": self.material.truth["period"]}
        return self.client.tasks.create_sync(tenant.id, workflow.id, context=context).id

    def sign_in_link(self, name: str, *roles: str) -> str:
        """A link for a person of that name."""
        subject = f"person:{name.split(maxsplit=1)[0].lower()}"
        return self.client.tenants.sign_in_link_sync(TENANT, subject=subject, name=name, roles=roles).url


@pytest.fixture(scope="session")
def office(stack: Any, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The tenant with both runbooks deployed."""
    doors = stack.up("--demo")
    ui = next(tenant["ui_url"] for tenant in doors["tenants"] if tenant["slug"] == TENANT)
    material = generate(tmp_path_factory.mktemp("month"))
    with Client(host=doors["workspace"]["url"], api_key=doors["workspace"]["api_key"]) as client:
        for slug in RUNBOOKS:
            deploy(client, client.tenants.get_sync(TENANT), slug)
        yield Office(client, ui.rstrip("/"), stack.home, material)


@dataclass(slots=True)
class Desk:
    """Opens pages for people and notices what goes wrong in them; a text of `tolerated` tells what is on purpose."""

    browser: Browser
    office: Office
    tolerated: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    _contexts: list[Any] = field(default_factory=list)

    def person(self, name: str, *roles: str) -> Page:
        """The page of a person who signed in."""
        page = self.anonymous()
        page.goto(self.office.sign_in_link(name, *roles))
        page.wait_for_url("**/")
        return page

    def anonymous(self) -> Page:
        """A page in a fresh browser context."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _note(self, text: str) -> None:
        if not any(part in text for part in self.tolerated):
            self.problems.append(text)


@pytest.fixture
def desk(browser: Browser, office: Office) -> Iterator[Desk]:
    """People's browsers; in the end nothing unexpected may stand in their consoles."""
    made = Desk(browser, office)
    yield made
    made.close()
    assert made.problems == []


Check = Callable[[Page], None]


@pytest.fixture
def accessible() -> Check:
    """Asserts that a page has no serious accessibility finding, light and dark."""

    def check(page: Page) -> None:
        for scheme, options in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            violations = Axe().run(page, options=options).response["violations"]
            found = [(item["id"], [node["target"] for node in item["nodes"]]) for item in violations]
            hard = [entry for entry, item in zip(found, violations, strict=True) if item["impact"] in HARD]
            assert hard == [], scheme
        page.emulate_media(color_scheme="light")

    return check


@pytest.fixture
def fits() -> Check:
    """Asserts that a page needs no sideways scrolling at 400 % zoom of a 1280 pixel wide window."""

    def check(page: Page) -> None:
        page.set_viewport_size({"width": 320, "height": 256})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.set_viewport_size({"width": 1280, "height": 900})
        assert wide <= 0

    return check
