"""How is a page looked at in a real browser? Chromium without a network, through Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
    "<body style='margin: 0; font: 16px/1.5 sans-serif'><main style='padding: 12px'>{}</main></body></html>"
)


@contextmanager
def started() -> Iterator:
    """Yield a browser; the test is skipped where there is none, or nothing that drives it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pages are looked at through playwright")
    if not CHROMIUM:
        pytest.skip("only a browser runs a page's script: install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def opened(browser, path: Path, *, width: int = 1280, script: bool = True) -> Iterator[tuple]:
    """Yield a page opened from a file and what went wrong on it: errors of the console, and what it asked for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if request.is_navigation_request() else wrong.append(request.url))
    page.goto(path.as_uri())
    yield page, wrong
    context.close()


def overflow(page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
