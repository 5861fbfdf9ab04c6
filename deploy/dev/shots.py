"""Photographs the demo's main pages at a phone's and a desk's width, light and dark, into var/shots/.

Starts a demo of its own on a free port with a scratch database, and signs in as the demo's people do.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from demo import server_commands, wait_until_ready
from environment import ROOT, demo_environment
from playwright.sync_api import Browser, Page, sync_playwright


class Shot(NamedTuple):
    """One picture: `path` is opened by `who` (None: not signed in), then the first link matching each pattern."""

    name: str
    who: str | None
    path: str
    follow: tuple[str, ...] = ()


PATIENT = r"/patients/[0-9a-f-]{36}/"
REPORT = PATIENT + r"results/reports/[0-9a-f-]{36}/$"
RESULT = PATIENT + r"results/[0-9a-f-]{36}/$"
SHOTS = [
    Shot("welcome", None, "/"),
    Shot("sign-in", None, "/accounts/login/"),
    Shot("activate", None, "/activate/"),
    Shot("guest-look-up", None, "/pay/"),
    Shot("faqs", None, "/faqs/"),
    Shot("home", "maya@example.org", "/home/"),
    Shot("summary", "maya@example.org", "/home/", (PATIENT + "$",)),
    Shot("results", "maya@example.org", "/home/", (PATIENT + "$", PATIENT + "results/$")),
    Shot("result", "maya@example.org", "/home/", (PATIENT + "$", PATIENT + "results/$", REPORT, RESULT)),
    Shot("medications", "maya@example.org", "/home/", (PATIENT + "$", PATIENT + "medications/$")),
    Shot("billing", "maya@example.org", "/billing/"),
    Shot("account", "maya@example.org", "/billing/", (r"/billing/[0-9a-f-]{36}/$",)),
    Shot("pay", "maya@example.org", "/billing/", (r"/billing/[0-9a-f-]{36}/pay/$",)),
    Shot("settings", "maya@example.org", "/settings/"),
    Shot("admin", "admin@example.org", "/admin/"),
]
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def main() -> int:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("Pictures need Chromium: apt-get install chromium, or CHROMIUM=/path/to/it.")
        return 1
    folder = ROOT / "var" / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    with demo_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        missing = [name for scheme in SCHEMES for name in photograph(browser, url, scheme, folder)]
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder.relative_to(ROOT)}/")
    if missing:
        print(f"Not found: {', '.join(sorted(set(missing)))}")
    return 1 if missing else 0


@contextmanager
def demo_server() -> Iterator[str]:
    """A loaded demo on a free port, with everything it writes in a folder that goes away."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as scratch:
        env = demo_environment(Path(scratch), port)
        env.pop("DATABASE_URL", None)
        subprocess.run(
            [sys.executable, "deploy/dev/prepare.py"], env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        server = subprocess.Popen(server_commands(port)["web"], env=env, cwd=ROOT)
        try:
            wait_until_ready(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def photograph(browser: Browser, url: str, scheme: str, folder: Path) -> list[str]:
    """Takes every picture in one colour scheme; returns the names of pages that could not be reached."""
    missing = []
    for who in dict.fromkeys(shot.who for shot in SHOTS):
        context = browser.new_context(base_url=url, color_scheme=scheme, reduced_motion="reduce", device_scale_factor=2)  # type: ignore[arg-type]
        page = context.new_page()
        if who is not None:
            sign_in(page, who)
        for shot in (shot for shot in SHOTS if shot.who == who):
            if not open_page(page, shot):
                missing.append(shot.name)
                continue
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=folder / f"{shot.name}-{width}-{scheme}.png", full_page=True)
        context.close()
    return missing


def sign_in(page: Page, who: str) -> None:
    """Presses the demo's "Sign in as…" button of this person."""
    page.goto("/accounts/login/")
    page.locator(f'button[value="{who}"]').click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def open_page(page: Page, shot: Shot) -> bool:
    response = page.goto(shot.path)
    for pattern in shot.follow:
        hrefs = page.eval_on_selector_all("a[href]", "links => links.map(link => link.pathname)")
        target = next((href for href in hrefs if re.match(pattern, href)), None)
        if target is None:
            return False
        response = page.goto(target)
    return response is not None and response.ok


if __name__ == "__main__":
    sys.exit(main())
