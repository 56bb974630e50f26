"""A real browser for tests: Debian's Chromium, driven by Playwright."""

import contextlib
import shutil
from collections.abc import AsyncGenerator

from playwright.async_api import Page, async_playwright

_ARGUMENTS = (
    "--no-sandbox",  # tests run as root in CI
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)


@contextlib.asynccontextmanager
async def browser_page(width: int = 390, height: int = 780) -> AsyncGenerator[Page]:
    """A page of its own; what goes wrong in its scripts is raised at the end."""
    path = shutil.which("chromium")
    assert path is not None, "install Debian's package chromium"
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            page = await browser.new_page(viewport={"width": width, "height": height})
            page.on("pageerror", lambda error: faults.append(str(error)))
            yield page
        finally:
            await browser.close()
    assert not faults
