"""A web page that runs a game, and the browser that looks at it."""

import functools
import http.server
import shutil
import threading
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from tests.tui.command import WAIT_S

_OPTIONS = (
    "--no-sandbox",  # CI is root
    "--use-gl=angle",  # the graphics of a machine without a card
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--autoplay-policy=no-user-gesture-required",  # nobody clicks before there is sound
)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


class Site:
    """Serves a folder on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Browser:
    """A headless Chromium with one page."""

    def __init__(self, program: Path) -> None:
        self.told: list[str] = []
        """What the page wrote to its console."""
        self.errors: list[str] = []
        self._playwright = sync_playwright().start()
        chromium = self._playwright.chromium
        self._browser = chromium.launch(executable_path=program, args=_OPTIONS)
        self.page: Page = self._browser.new_page()
        self.page.set_default_timeout(WAIT_S * 1000)
        self.page.on("console", self._take)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()

    def _take(self, message: ConsoleMessage) -> None:
        (self.errors if message.type == "error" else self.told).append(message.text)


def page_of(site: Site, *arguments: str) -> str:
    """The address at which the game starts with these arguments."""
    query = urlencode([("argument", argument) for argument in ("--", *arguments)])
    return f"{site.origin}/page.html?{query}"


def lay_out(folder: Path, runtime: Path, page: Path) -> None:
    """Put the web runtime and the page beside the game."""
    for path in (*runtime.iterdir(), page):
        shutil.copy(path, folder)
