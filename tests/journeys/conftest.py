"""Browser journeys: Chromium against the live server, and what must hold of every page it visits."""

import os
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

# Playwright keeps an event loop in this thread, which Django's ORM would refuse to run beside.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WIDTHS = (360, 1280)
# A page of a busy machine may take as long to show what is expected as to load at all.
expect.set_options(timeout=30_000)
NARROWEST = 320


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))  # One browser, in one worker.
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="needs Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": FLAGS, "headless": True}


@pytest.fixture(scope="session")
def base_url(live_server: Any) -> str:
    """Lets journeys say `page.goto("/pay/")`."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "reduced_motion": "reduce",
        "locale": "en-US",
        "timezone_id": "America/New_York",
    }


@dataclass
class Watch:
    """What the browser did that no page of ours may do."""

    origin: str
    # Origins that a journey means to visit, such as a payment provider's.
    others: set[str] = field(default_factory=set)
    console_errors: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        page = message.page
        # A journey may mean to see a 404 or 403 page, which Chromium reports as a console error.
        is_page_itself = page is not None and message.location.get("url") == page.url
        if message.type == "error" and not (is_page_itself and message.text.startswith("Failed to load resource")):
            self.console_errors.append(message.text)

    def on_request(self, request: Request) -> None:
        parts = urllib.parse.urlsplit(request.url)
        is_inline = parts.scheme in {"data", "blob", "about"}
        if not is_inline and f"{parts.scheme}://{parts.netloc}" not in {self.origin, *self.others}:
            self.foreign_requests.append(request.url)

    def assert_quiet(self) -> None:
        assert not self.console_errors, f"Console errors: {self.console_errors}"
        assert not self.foreign_requests, f"Requests to other origins: {self.foreign_requests}"


@pytest.fixture
def watch(context: BrowserContext, base_url: str) -> Iterator[Watch]:
    watch = Watch(origin=base_url)
    context.on("console", watch.on_console)
    context.on("weberror", lambda error: watch.console_errors.append(str(error.error)))
    context.on("request", watch.on_request)
    yield watch
    watch.assert_quiet()


@pytest.fixture
def page(watch: Watch, context: BrowserContext) -> Page:
    """A watched page."""
    return context.new_page()


@pytest.fixture
def check_page(watch: Watch) -> Callable[[Page], None]:
    """Asserts, at a phone's and a desk's width: axe finds nothing, nothing scrolls sideways, the browser is content."""

    def check(page: Page) -> None:
        before = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            results = Axe().run(page)
            assert results.violations_count == 0, f"axe on {page.url} at {width} px:\n{results.generate_report()}"
        page.set_viewport_size({"width": NARROWEST, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px wider than {NARROWEST} px"
        watch.assert_quiet()
        if before:
            page.set_viewport_size(before)

    return check
