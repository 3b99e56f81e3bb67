"""Opening the project's pages as a person would, in a browser without a screen or a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as PlaywrightBrowser
from playwright.sync_api import Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium looks up hosts of its maker at every start; as root it needs to be told to start at all.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = (1280, 900)
PHONE = (390, 844)
# A laptop whose page is zoomed to 200 %.
ZOOMED = (640, 400)


def find_chromium() -> str | None:
    """Return the path of the browser, from the variable CHROMIUM or the usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Visit:
    """An open page and what went on in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)

    @property
    def outside_requests(self) -> list[str]:
        """What the page asked of anything but this machine's disk."""
        local = ("file:", "data:", "blob:", "about:")
        return [address for address in self.requests if not address.startswith(local)]

    def accessibility_findings(self, minor: bool = False) -> list[str]:
        """What axe-core finds that keeps people out; the moderate and minor, too, where asked."""
        violations = Axe().run(self.page).response["violations"]
        return [
            f"{one['impact']}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
            for one in violations
            if minor or one["impact"] in ("serious", "critical")
        ]

    def screenshot(self, path: Path, whole_page: bool = True) -> None:
        """Take a picture of the page."""
        self.page.screenshot(path=str(path), full_page=whole_page)


class Browser:
    """Chromium, started once."""

    def __init__(self, playwright: Playwright, executable: str) -> None:
        self.chromium: PlaywrightBrowser = playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS
        )

    @contextmanager
    def visit(
        self,
        path: Path,
        *,
        fragment: str = "",
        size: tuple[int, int] = DESKTOP,
        dark: bool = False,
        print_out: bool = False,
        javascript: bool = True,
    ) -> Iterator[Visit]:
        """Open a file from disk, with no network."""
        width, height = size
        context = self.chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=javascript,
            offline=True,
        )
        try:
            page = context.new_page()
            visit = Visit(page)
            page.on("request", lambda request: visit.requests.append(request.url))
            page.on("pageerror", lambda error: visit.console_errors.append(str(error)))
            page.on(
                "console",
                lambda message: (
                    visit.console_errors.append(message.text) if message.type == "error" else None
                ),
            )
            if print_out:
                page.emulate_media(media="print")
            page.goto(path.resolve().as_uri() + fragment)
            page.wait_for_load_state("load")
            yield visit
        finally:
            context.close()

    def close(self) -> None:
        """End the browser."""
        self.chromium.close()
