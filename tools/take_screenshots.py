"""Take the screenshots of the README, of the report page and of the lineage in the dbt docs.

Run by `make picture`, after `make build` and `make docs`, where Chromium is installed.
"""

import sys
from pathlib import Path

from browser import PHONE, Browser, find_chromium
from playwright.sync_api import sync_playwright

ASSETS = Path("docs/assets")
REPORT = Path("published/report.html")
DOCS = Path("target/docs/index.html")
LINEAGE = (
    "#!/model/model.card_segments.customer_income_utilisation"
    "?g_v=1&g_i=%2Bcustomer_income_utilisation"
)
# What readers see first: on a laptop, in the dark as credit does, on a phone, and on paper (A4).
VIEWS = {
    "report": {"size": (1440, 900)},
    "report_dark": {"size": (1440, 900), "dark": True, "fragment": "#reader=credit"},
    "report_phone": {"size": PHONE},
    "report_print": {"size": (1123, 794), "print_out": True},
}


def main() -> None:
    """Write one PNG each."""
    executable = find_chromium()
    if executable is None:
        sys.exit("There is no Chromium: apt-get install chromium, or set CHROMIUM to its path.")
    missing = [str(page) for page in (REPORT, DOCS) if not page.is_file()]
    if missing:
        sys.exit(f"There is no {' and no '.join(missing)}: run make build and make docs first.")
    with sync_playwright() as playwright:
        browser = Browser(playwright, executable)
        for name, view in VIEWS.items():
            with browser.visit(REPORT, **view) as visit:
                visit.screenshot(ASSETS / f"{name}.png", whole_page=False)
        with browser.visit(DOCS, fragment=LINEAGE, size=(1200, 460)) as visit:
            # the graph is laid out after the page has loaded
            visit.page.wait_for_timeout(5000)
            visit.screenshot(ASSETS / "lineage.png", whole_page=False)
        browser.close()


if __name__ == "__main__":
    main()
